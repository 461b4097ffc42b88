"""The life of a letter: drafted, edited in Word, approved, issued, sent, brought back; own wording; runs."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from pypdf import PdfReader

from casework.actions import (
    cases,
    letter_runs,
    letters,
    referrals,
    safeguarding,
    schools,
    support_meetings,
    sweeping,
    triage,
    wording,
)
from casework.actions.installation import Installation
from casework.actions.letters import EditRefused, NotReady
from casework.actions.recording import Unclear
from casework.actions.wording import WordingRefused
from casework.documents import CATALOGUE, MissingFields, Origin
from casework.documents.edited import words_of
from casework.documents.errors import TemplateFault
from casework.domain import NotAllowed, NotFound, Officer, Role
from casework.stages import STEPS
from casework.storage import files
from casework.storage.files import NotThatState
from casework.storage.letterheads import KeptLetterhead
from tests.actions.ladder import accepted, helped
from tests.actions.world import AYLA, DSL, FIRST_SWEEP, HEAD, ON, PASTORAL, ROBIN, URN, WREN, by, officer

pytestmark = pytest.mark.xdist_group("letters of a small school")
SAID = {"review_on": "2026-12-14"}
EWO = Officer("ewo", "Ewo", frozenset({Role.EWO}), la_codes=frozenset({"926"}))


@pytest.fixture
def school(inst: Installation) -> Installation:
    """The school, its letterhead entered and its first list made."""
    kept = KeptLetterhead(("Mill Lane", "Nowhere", "ZZ1 2ZZ"), "01632 960 100", "School days, 8am to 4pm")
    schools.set_letterhead(inst, HEAD, URN, replace(kept, headteacher="Mr Tom Ellery"))
    return inst


def opened(inst: Installation, upn: str = ROBIN) -> str:
    """A pupil's case, opened from the first list."""
    if upn == ROBIN:
        return helped(inst, accepted(inst)).ref
    sweeping.sweep(inst, URN, FIRST_SWEEP)
    return triage.accept(inst, by(PASTORAL, FIRST_SWEEP), URN, upn).ref


def drafted(inst: Installation, template: str = "concern_letter", **said: str) -> str:
    """A draft on Robin's case, with all it must say; gives its id."""
    ref = opened(inst)
    letters.draft(inst, by(PASTORAL), ref, template, "c1", {**SAID, **said})
    return letters.letters_of(inst, PASTORAL, ref)[-1].document.document_id


def edited(content: bytes, was: str, now: str) -> bytes:
    """A Word file as somebody saved it with some words changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(out, "w") as saved:
        for name in archive.namelist():
            part = archive.read(name)
            if name == "word/document.xml":
                assert was.encode() in part
                part = part.replace(was.encode(), now.encode())
            saved.writestr(name, part)
    return out.getvalue()


def events_of(inst: Installation, document_id: str) -> list[str]:
    """What was recorded of one letter, in order."""
    case = cases.load(inst, HEAD, document_id.rpartition("-")[0])
    return [i.event.kind for i in case.recorded if getattr(i.event, "document_id", "") == document_id]


# -- edited in Word ------------------------------------------------------------------------------------------


def test_a_draft_edited_in_word_is_what_is_issued(school: Installation) -> None:
    id_ = drafted(school)
    _, ours = letters.content(school, PASTORAL, id_)
    theirs = edited(ours, "You know your child best.", "We know that mornings are hard.")

    letters.put_back(school, by(PASTORAL), id_, theirs)
    letters.approve(school, by(HEAD), id_)
    letters.issue(school, by(PASTORAL), id_)

    document, content = letters.content(school, PASTORAL, id_)
    assert content == theirs
    assert document.approved_by == "head"
    assert document.snapshot["fields"]["parent_name"] == "Ms Mara Fennimore"
    assert len(document.template_sha256) == 64
    assert events_of(school, id_) == [
        "document_drafted",
        "document_edited",
        "document_approved",
        "document_issued",
    ]
    with pytest.raises(NotThatState, match="is issued, so it cannot be draft"):
        letters.put_back(school, by(PASTORAL), id_, ours)


def test_a_draft_edited_in_word_is_never_made_anew_over_the_edit(school: Installation) -> None:
    id_ = drafted(school)
    _, ours = letters.content(school, PASTORAL, id_)
    letters.put_back(school, by(PASTORAL), id_, edited(ours, "You know your child best.", "Hello."))

    with pytest.raises(NotReady, match="edited in Word"):
        letters.complete(school, by(PASTORAL), id_, {"noticed": "Mondays are hard."})


@pytest.mark.parametrize(
    ("was", "now", "says"),
    [
        pytest.param(
            "1 Invented Lane", "2 Other Lane", "The address is not whole any more", id="the address"
        ),
        pytest.param("Ms Mara Fennimore", "A parent", "does not say the parent name", id="whom it is to"),
        pytest.param(
            "<w:body>",
            '<w:body><w:p><w:del w:id="1"><w:r><w:delText>x</w:delText></w:r></w:del></w:p>',
            "tracked changes",
            id="tracked changes",
        ),
        pytest.param(
            "<w:body>",
            "<w:body><w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>x</w:t></w:r></w:p>",
            "hidden text",
            id="hidden text",
        ),
    ],
)
def test_an_edit_that_loses_or_hides_something_is_refused(
    school: Installation, was: str, now: str, says: str
) -> None:
    id_ = drafted(school)
    _, ours = letters.content(school, PASTORAL, id_)

    with pytest.raises(EditRefused, match=says):
        letters.put_back(school, by(PASTORAL), id_, edited(ours, was, now))
    assert letters.content(school, PASTORAL, id_)[1] == ours


def test_what_must_be_said_in_fixed_words_stays(school: Installation) -> None:
    said = {
        "requested_on": "2026-11-02",
        "leave_from": "2026-12-07",
        "leave_to": "2026-12-11",
        "leave_days": "5",
        "reason_refused": "A holiday is no rare and special reason.",
        "more_by": "2026-11-30",
    }
    id_ = drafted(school, "leave_warning", **said)
    _, ours = letters.content(school, PASTORAL, id_)

    with pytest.raises(EditRefused, match="does not say 'recorded as unauthorised"):
        letters.put_back(school, by(PASTORAL), id_, edited(ours, "recorded as unauthorised", "noted"))
    with pytest.raises(TemplateFault, match="not a Word document"):
        letters.put_back(school, by(PASTORAL), id_, b"%PDF-1.7")


# -- sent, and brought back ----------------------------------------------------------------------------------


def test_a_letter_the_post_brings_back_waits_to_be_sent_again(school: Installation) -> None:
    id_ = drafted(school)
    letters.approve(school, by(HEAD), id_)
    letters.issue(school, by(PASTORAL), id_)
    letters.serve(school, by(PASTORAL), id_, method="first_class_post", posted_on=ON)

    case = letters.returned(school, by(PASTORAL), id_, "Gone away")

    document, _ = letters.content(school, PASTORAL, id_)
    assert (document.state, document.served_on) == ("issued", None)
    assert "came back: check the address" in case.open_tasks[0].title
    later = ON + timedelta(days=3)
    letters.serve(school, by(PASTORAL, later), id_, method="by_hand", posted_on=later)
    assert letters.content(school, PASTORAL, id_)[0].served_on == later


# -- what a person types -------------------------------------------------------------------------------------


def test_a_table_is_typed_a_row_on_each_line(school: Installation) -> None:
    ref = opened(school)
    rows = (
        "2026-11-30 | A quiet way in | Mrs Nair | Four days of five\n2026-12-04 | Bus pass | Office | It came"
    )
    said = {
        "present": "Ms Fennimore\nRobin",
        "barriers": "The bus",
        "measured_actions": rows,
        "target": "No more than 2 sessions missed.",
        "review_on": "2026-12-14",
    }

    letters.draft(school, by(PASTORAL), ref, "attendance_action_plan", "", {**said, "parent_signing": "Ms F"})

    letter = letters.letters_of(school, PASTORAL, ref)[-1]
    assert letter.lacking == ()
    shown = words_of(letters.content(school, PASTORAL, letter.document.document_id)[1])
    assert "Fri 4 Dec 2026" in shown
    assert "Four days of five" in shown


def test_what_cannot_be_read_is_named_all_at_once(school: Installation) -> None:
    ref = opened(school)
    wrong = {"review_on": "next week", "measured_actions": "2026-11-30 | A quiet way in"}
    with pytest.raises(Unclear) as refused:
        letters.draft(school, by(PASTORAL), ref, "attendance_action_plan", "", wrong)
    assert "Review on: 'next week' is not a date" in str(refused.value)
    assert "row 1 has 2 of 4 parts (By when | What | Who | Measure)" in str(refused.value)


def test_another_parent_is_never_named_by_hand_either(school: Installation) -> None:
    id_ = drafted(school)
    with school.act(HEAD) as tx:
        assert files.document(tx, id_).parent_id == "c1"
    _, ours = letters.content(school, PASTORAL, id_)
    from_bring = "Mr Iwan Brandt, 77 Quay Road"
    assert letters.put_back(school, by(PASTORAL), id_, edited(ours, "You know your child best.", from_bring))


# -- every document from a case ------------------------------------------------------------------------------


OF_A_SCHOOL = ("targeting_support_agenda", "targeting_support_list", "run_cover_list")
OF_A_STEP = {stage.document for stage in STEPS.values()} - {"concern_letter"} | {"penalty_notice_withdrawal"}
"""Papers that a decided step, or the withdrawal of a notice, drafts."""
NOT_IN_THIS_REGISTER = {
    "Sessions",
    "Unexplained",
    "Illness",
    "Recent",
    "Changes",
    "Ill from",
    "Pupil sex",
    "School number",
}
"""What Robin's register has nothing of: no N, no illness, no amendment; nor his sex, nor the DfE number."""


def test_every_document_of_a_case_can_be_drafted_and_the_register_fills_what_is_its_own(
    school: Installation,
) -> None:
    ref = opened(school)
    referrals.list_for_la(
        school,
        by(HEAD),
        ref,
        listed_for="the_authority_to_act",
        meeting_on=None,
        why="Every paper.",
    )
    unfilled = {}
    for name, template in CATALOGUE.items():
        if name in OF_A_SCHOOL or name in OF_A_STEP:
            continue
        letters.draft(school, by(EWO if template.by_authority else DSL), ref, name, "c1")
        letter = letters.letters_of(school, DSL, ref)[-1]
        assert letter.document.template == name
        lacking = {gap.partition(":")[0] for gap in letter.lacking}
        own = {f.title for f in template.fields if f.origin is Origin.REGISTER and f.required}
        if left := lacking & own - NOT_IN_THIS_REGISTER:
            unfilled[name] = left
    assert unfilled == {}


# -- sealed, and an authority's own --------------------------------------------------------------------------


def test_what_is_sealed_the_dsl_alone_reads_and_sends(school: Installation) -> None:
    ref = opened(school)
    asked = [
        f for f in CATALOGUE["dsl_review"].fields if f.origin.value == "person" and f.kind.value == "text"
    ]
    said = {f.name: "Said." for f in asked} | {"review_trigger": "Severe absence"}
    letters.draft(school, by(DSL), ref, "dsl_review", "", {**said, "review_on": "2026-12-14"})
    (letter,) = [x for x in letters.letters_of(school, DSL, ref) if x.document.template == "dsl_review"]
    id_ = letter.document.document_id

    assert "dsl_review" not in {x.document.template for x in letters.letters_of(school, HEAD, ref)}
    with pytest.raises(NotAllowed, match="read sealed notes"):
        letters.content(school, HEAD, id_)
    with pytest.raises(NotAllowed, match="safeguarding"):
        letters.issue(school, by(HEAD), id_)
    letters.issue(school, by(DSL), id_)
    assert letters.content(school, DSL, id_)[0].state == "issued"


def test_a_form_about_a_child_in_danger_goes_with_what_is_known(school: Installation) -> None:
    ref = opened(school)
    letters.draft(school, by(DSL), ref, "social_worker_notice", "", {"phone_call": "Duty desk, 8:20am."})
    letter = letters.letters_of(school, DSL, ref)[-1]
    id_ = letter.document.document_id

    assert letter.lacking == ()
    shown = words_of(letters.content(school, PASTORAL, id_)[1])
    assert re.search(r"Not known at 0?8:\d\d", shown)
    letters.issue(school, by(PASTORAL), id_)
    letters.draft(school, by(DSL), ref, "police_welfare_request", "", {})
    assert "Phone call" in letters.letters_of(school, DSL, ref)[-1].lacking[0]


def test_a_penalty_notice_is_the_authoritys_to_write(school: Installation) -> None:
    ref = opened(school)
    with pytest.raises(NotAllowed, match="write a penalty notice"):
        letters.draft(school, by(officer("p", Role.PASTORAL_LEAD)), ref, "penalty_notice", "c1")


# -- a school's own wording ----------------------------------------------------------------------------------


def test_a_schools_own_wording_is_used_from_now_on_and_every_version_kept(school: Installation) -> None:
    first = drafted(school)
    theirs = edited(
        wording.in_use(school, HEAD, URN, "concern_letter"), "You know your child best.", "Good to see you."
    )

    assert wording.put(school, by(HEAD), URN, "concern_letter", theirs) == 1
    ref = first.rpartition("-")[0]
    letters.draft(school, by(PASTORAL), ref, "concern_letter", "c1", SAID)

    old, new = [x.document for x in letters.letters_of(school, PASTORAL, ref)][-2:]
    assert old.template_sha256 != new.template_sha256
    assert "Good to see you." in words_of(letters.content(school, PASTORAL, new.document_id)[1])
    wording.back_to_ours(school, by(HEAD), URN, "concern_letter")
    kept = wording.versions(school, HEAD, URN)
    assert [(v.version, v.content == theirs) for v in kept] == [(1, True), (2, False)]
    assert kept[0].sha256 == new.template_sha256
    assert wording.in_use(school, HEAD, URN, "concern_letter") != theirs


def test_a_wording_that_leaves_out_what_must_be_said_is_refused(school: Installation) -> None:
    ours = wording.in_use(school, HEAD, URN, "attendance_contract")
    with pytest.raises(WordingRefused) as refused:
        wording.put(school, by(HEAD), URN, "attendance_contract", edited(ours, "{{ target }}", "{{ taget }}"))
    assert refused.value.faults == (
        "It prints 'taget', which this document does not know.",
        "It does not print 'target'.",
    )
    with pytest.raises(NotAllowed):
        wording.put(school, by(PASTORAL), URN, "attendance_contract", ours)


def test_a_letter_in_large_print_says_the_same(school: Installation) -> None:
    plain = drafted(school)
    ref = plain.rpartition("-")[0]
    letters.draft(school, by(PASTORAL), ref, "concern_letter", "c1", {**SAID, "large_print": "yes"})

    large = letters.letters_of(school, PASTORAL, ref)[-1].document.document_id

    both = [letters.content(school, PASTORAL, id_)[1] for id_ in (plain, large)]
    assert words_of(both[0]) == words_of(both[1])
    with zipfile.ZipFile(io.BytesIO(both[1])) as archive:
        sizes = re.findall(rb'<w:sz w:val="(\d+)"/>', archive.read("word/styles.xml"))
    assert min(map(int, sizes)) >= 32


# -- runs ----------------------------------------------------------------------------------------------------


def prepared(inst: Installation, **said: str) -> tuple[str, list[str]]:
    """A run of concern letters to the parents of Robin, Wren and Ayla."""
    refs = [opened(inst)]
    refs += [triage.accept(inst, by(PASTORAL, FIRST_SWEEP), URN, upn).ref for upn in (WREN, AYLA)]
    given = {**SAID, "offers": "A talk with us", **said}
    return letter_runs.prepare(inst, by(HEAD), URN, "concern_letter", refs, given), refs


def test_a_run_is_looked_at_first_and_nothing_goes_without_a_tick(school: Installation) -> None:
    run_id, (robin, wren, ayla) = prepared(school)

    look = {item.case_ref: item.look_first for item in letter_runs.run_of(school, HEAD, run_id)[1]}
    stands = letter_runs.go(school, by(HEAD), run_id)

    assert (
        look[robin] == look[wren] == ("the parent gets another letter in this run, for a brother or sister",)
    )
    assert "has a social worker" in look[ayla]
    assert "was ill in the last school weeks" in look[ayla]
    assert stands == {"waiting": 3}
    letter_runs.tick(school, by(HEAD), run_id, robin, "c1")
    assert letter_runs.go(school, by(HEAD), run_id) == {"waiting": 2, "issued": 1}
    assert letter_runs.run_of(school, HEAD, run_id)[0].state == "stopped"


def test_a_run_stops_goes_on_and_makes_no_letter_twice(school: Installation) -> None:
    run_id, refs = prepared(school)
    for ref in refs:
        letter_runs.tick(school, by(HEAD), run_id, ref, "c1")
    told: list[tuple[int, int]] = []

    letter_runs.go(school, by(HEAD), run_id, most=1, tell=lambda done, of: told.append((done, of)))
    letter_runs.stop(school, by(HEAD), run_id)
    halfway = letter_runs.run_of(school, HEAD, run_id)
    letter_runs.go(school, by(HEAD), run_id)
    again = letter_runs.go(school, by(HEAD), run_id)

    assert told == [(1, 3)]
    assert halfway[0].state == "stopped"
    assert [item.state for item in halfway[1]].count("issued") == 1
    assert again == {"issued": 3}
    assert letter_runs.run_of(school, HEAD, run_id)[0].state == "done"
    made = [id_ for id_, _ in letter_runs.letters_of_run(school, HEAD, run_id)]
    assert len(set(made)) == 3
    for ref in refs:
        assert [x.document.template for x in letters.letters_of(school, HEAD, ref)] == ["concern_letter"]


def test_a_run_leaves_out_a_family_under_a_hold_and_one_already_written_to_is_looked_at(
    school: Installation,
) -> None:
    run_id, refs = prepared(school)
    safeguarding.hold(
        school, by(DSL), refs[1], scope="letters", review_on=ON + timedelta(days=7), words="A disclosure."
    )
    for ref in refs:
        letter_runs.tick(school, by(HEAD), run_id, ref, "c1")

    stands = letter_runs.go(school, by(HEAD), run_id)

    items = {item.case_ref: item for item in letter_runs.run_of(school, HEAD, run_id)[1]}
    assert stands == {"issued": 2, "stopped": 1}
    assert "cannot go yet" in items[refs[1]].why
    later = letter_runs.prepare(school, by(HEAD), URN, "concern_letter", [refs[0]], SAID)
    (item,) = letter_runs.run_of(school, HEAD, later)[1]
    assert "the parent was written to in the last school weeks" in item.look_first


def test_a_run_waits_for_whoever_approves_and_for_what_is_missing(school: Installation) -> None:
    ref = opened(school)
    run_id = letter_runs.prepare(school, by(HEAD), URN, "improvement_letter", [ref])
    stands = letter_runs.go(school, by(HEAD), run_id)
    (item,) = letter_runs.run_of(school, HEAD, run_id)[1]

    assert stands == {"drafted": 1}
    assert "It lacks something" in item.why
    with pytest.raises(MissingFields):
        letters.complete(school, by(PASTORAL), item.document_id, {})
    with pytest.raises(Unclear, match="no letter of the school to parents"):
        letter_runs.prepare(school, by(HEAD), URN, "chronology", [ref])
    with pytest.raises(NotFound):
        letter_runs.run_of(school, officer("far", Role.HEADTEACHER, urn="100009"), run_id)


@pytest.mark.soffice
def test_a_run_is_one_pdf_to_print_with_a_list_before_it(school: Installation) -> None:
    run_id, refs = prepared(school)
    letter_runs.tick(school, by(HEAD), run_id, refs[0], "c1")
    letter_runs.go(school, by(HEAD), run_id)

    pages = PdfReader(io.BytesIO(letter_runs.print_ready(school, HEAD, run_id, date(2026, 11, 20)))).pages

    assert "Ms Mara Fennimore" in pages[0].extract_text()
    assert pages[1].extract_text() == ""
    assert "how can we help?" in pages[2].extract_text()
    assert len(pages) % 2 == 0


# -- a school's own papers -----------------------------------------------------------------------------------


def test_the_papers_of_a_support_meeting_list_those_to_be_talked_about(school: Installation) -> None:
    opened(school)
    made = support_meetings.papers(
        school,
        HEAD,
        URN,
        ON,
        at=datetime(2026, 12, 7, 13, 30, tzinfo=UTC),
        place="The school",
        who_comes=["Ms Kelso, EWO"],
    )

    agenda = words_of(made[support_meetings.AGENDA])
    listed = words_of(made[support_meetings.LIST])
    assert "Nothing is open from an earlier meeting." in agenda
    assert "Ayla Kestrel" in listed
    assert "social worker" in listed
    assert "Orla Linnet" not in listed, "never away"
