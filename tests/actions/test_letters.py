"""A letter from its draft to its service: each step refused out of its turn, and done once by two at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest

from casework.actions import cases, decide, letters, schools, stops, triage, views
from casework.actions.installation import Installation
from casework.actions.letters import NotReady
from casework.domain import Case, CaseworkError, NotAllowed, NotFound
from casework.domain import events as e
from casework.domain.errors import CaseChanged
from casework.storage.letterheads import KeptLetterhead
from tests.actions.ladder import given_notice, loaded, noticed, noticing
from tests.actions.world import ADMINISTRATOR, AYLA, FIRST_SWEEP, HEAD, PASTORAL, ROBIN, TOMAS, URN, WREN, by

TUESDAY, FRIDAY = date(2026, 11, 17), date(2026, 11, 20)
HEADING = KeptLetterhead(
    ("1 Invented Lane", "Nowhere", "ZZ1 1ZZ"), "01632 960 000", "School days, 8am to 4pm"
)


@pytest.fixture
def letter(inst: Installation) -> tuple[Case, str]:
    """Robin's first letter, a whole draft."""
    schools.set_letterhead(inst, HEAD, URN, HEADING)
    case = noticed(inst)
    return case, case.of(e.DocumentDrafted)[-1].document_id


def state(inst: Installation, document_id: str, case: Case) -> str:
    found = {item.document.document_id: item.document for item in letters.letters_of(inst, HEAD, case.ref)}
    return found[document_id].state


def approve(inst: Installation, document_id: str) -> Case:
    return letters.approve(inst, by(PASTORAL, TUESDAY), document_id)


def issue(inst: Installation, document_id: str) -> Case:
    return letters.issue(inst, by(PASTORAL, TUESDAY), document_id)


def serve(inst: Installation, document_id: str) -> Case:
    return letters.serve(
        inst, by(PASTORAL, FRIDAY), document_id, method="first_class_post", posted_on=TUESDAY
    )


def withdraw(inst: Installation, document_id: str) -> Case:
    return letters.withdraw(inst, by(PASTORAL, FRIDAY), document_id, "The family has moved.")


STEPS: dict[str, Callable[[Installation, str], Case]] = {
    "approve": approve,
    "issue": issue,
    "serve": serve,
    "withdraw": withdraw,
}


def test_a_letter_goes_from_its_draft_to_its_service(inst, letter):
    _, document_id = letter
    draft = letters.content(inst, PASTORAL, document_id)[1]

    changed = letters.complete(
        inst, by(PASTORAL, FIRST_SWEEP), document_id, {"noticed": "Thursdays are the hard days."}
    )
    edited = letters.content(inst, PASTORAL, document_id)[1]
    approve(inst, document_id)
    issue(inst, document_id)
    served = serve(inst, document_id)

    kept, sent = letters.content(inst, PASTORAL, document_id)
    assert edited != draft
    assert sent == edited, "what was sent is not what was approved"
    assert (kept.state, kept.served_on) == ("served", date(2026, 11, 19))
    assert [type(item.event).__name__ for item in served.recorded[-4:]] == [
        "DocumentDrafted",
        "DocumentApproved",
        "DocumentIssued",
        "DocumentServed",
    ]
    assert changed.last(e.DocumentDrafted).by == "pastoral"


@pytest.mark.parametrize(
    ("before", "then"),
    [
        pytest.param((), "issue", id="a draft that waits for approval is not issued"),
        pytest.param((), "serve", id="a draft is not served"),
        pytest.param(("approve",), "approve", id="what is approved is not approved again"),
        pytest.param(("approve",), "serve", id="what is only approved is not served"),
        pytest.param(("approve", "issue"), "approve", id="what is issued is not approved"),
        pytest.param(("withdraw",), "approve", id="what is withdrawn is not approved"),
        pytest.param(("withdraw",), "issue", id="what is withdrawn is not issued"),
        pytest.param(("withdraw",), "withdraw", id="what is withdrawn is not withdrawn again"),
    ],
)
def test_a_step_out_of_its_turn_is_refused_and_changes_nothing(inst, letter, before, then):
    case, document_id = letter
    for name in before:
        STEPS[name](inst, document_id)
    was, sequence = state(inst, document_id, case), loaded(inst, case).sequence

    with pytest.raises(CaseworkError) as refused:
        STEPS[then](inst, document_id)

    assert str(refused.value).endswith("."), "there is no plain sentence"
    assert (state(inst, document_id, case), loaded(inst, case).sequence) == (was, sequence)


def test_issued_or_served_again_changes_nothing(inst, letter):
    _, document_id = letter
    approve(inst, document_id)

    assert issue(inst, document_id).sequence == issue(inst, document_id).sequence
    assert serve(inst, document_id).sequence == serve(inst, document_id).sequence


def test_a_true_day_of_service_learnt_later_stands(inst, letter):
    case, document_id = letter
    for step in (approve, issue, serve):
        step(inst, document_id)

    letters.serve(
        inst,
        by(PASTORAL, FRIDAY),
        document_id,
        method="first_class_post",
        posted_on=TUESDAY,
        served_on=FRIDAY,
    )

    kept, _ = letters.content(inst, PASTORAL, document_id)
    assert kept.served_on == FRIDAY
    assert len(loaded(inst, case).of(e.DocumentServed)) == 2


@pytest.mark.parametrize(
    ("who", "act"),
    [
        pytest.param(ADMINISTRATOR, letters.approve, id="an administrator approves nothing"),
        pytest.param(ADMINISTRATOR, letters.issue, id="an administrator issues nothing"),
    ],
)
def test_a_role_that_may_not_is_refused(inst, letter, who, act):
    case, document_id = letter

    with pytest.raises((NotAllowed, NotFound)):
        act(inst, by(who, TUESDAY), document_id)

    assert state(inst, document_id, case) == "draft"


def test_a_notice_is_approved_by_whom_the_policy_names_alone(inst):
    schools.set_letterhead(inst, HEAD, URN, HEADING)
    case = given_notice(inst)
    document_id = case.of(e.DocumentDrafted)[-1].document_id

    with pytest.raises(NotAllowed, match="Ask "):
        letters.approve(inst, by(PASTORAL, FRIDAY), document_id)

    assert state(inst, document_id, case) == "draft"


@pytest.mark.parametrize("stopped", ["approve", "issue"])
def test_a_letter_to_a_bereaved_family_is_pulled_back_at_each_step(inst, letter, stopped):
    case, document_id = letter
    if stopped == "issue":
        approve(inst, document_id)
    stops.note(inst, by(PASTORAL, TUESDAY), case.ref, condition="bereavement", says="A grandfather.")
    was = state(inst, document_id, case)

    with pytest.raises(NotReady, match="bereaved"):
        STEPS[stopped](inst, document_id)
    counted = letters.issue_approved(inst, [document_id], TUESDAY, "documents-2026-11-17")

    assert state(inst, document_id, case) == was
    assert counted == {"issued": 0, "stopped": 1}


def test_a_draft_that_lacks_something_is_not_approved_and_says_what(inst):
    case = noticed(inst)  # nobody has entered the school's letterhead
    document_id = case.of(e.DocumentDrafted)[-1].document_id

    with pytest.raises(NotReady, match="School address: enter it in"):
        approve(inst, document_id)
    schools.set_letterhead(inst, HEAD, URN, HEADING)
    asked = loaded(inst, case).open_tasks
    done = letters.complete(inst, by(PASTORAL, FIRST_SWEEP), document_id, {})

    assert [task.title for task in asked if "letter about attendance" in task.title]
    assert not [task for task in done.open_tasks if "letter about attendance" in task.title], (
        "still asked for"
    )
    assert approve(inst, document_id).last(e.DocumentApproved).document_id == document_id


def test_a_writer_who_saw_an_older_case_is_told_what_changed(inst, letter):
    case, document_id = letter
    cases.note(inst, by(HEAD, TUESDAY), case.ref, "The grandmother rang.")

    with pytest.raises(CaseChanged, match="Note added") as told:
        letters.approve(inst, by(PASTORAL, TUESDAY, seen=case.sequence), document_id)

    assert told.value.since
    assert state(inst, document_id, case) == "draft"


@pytest.mark.parametrize(
    ("before", "act", "kind"),
    [
        pytest.param((), "approve", e.DocumentApproved, id="approved by two at once"),
        pytest.param(("approve",), "issue", e.DocumentIssued, id="issued by two at once"),
        pytest.param(("approve", "issue"), "serve", e.DocumentServed, id="served by two at once"),
    ],
)
def test_two_at_once_do_it_once(inst, letter, before, act, kind):
    case, document_id = letter
    for name in before:
        STEPS[name](inst, document_id)
    together = Barrier(2)

    def one(_: int) -> bool:
        together.wait()
        try:
            STEPS[act](inst, document_id)
        except CaseworkError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(one, range(2)))

    assert any(done)
    assert len(loaded(inst, case).of(kind)) == 1


def test_a_bereaved_family_and_brothers_and_sisters_are_looked_at_first(inst):
    schools.set_letterhead(inst, HEAD, URN, HEADING)
    refs = {ROBIN: noticed(inst).ref}
    refs[AYLA] = triage.accept(inst, by(PASTORAL, FIRST_SWEEP), URN, AYLA).ref
    for upn in (WREN, TOMAS):
        who = by(PASTORAL, FIRST_SWEEP)
        refs[upn] = triage.open_by_hand(inst, who, URN, upn, "Fewer mornings in school.").ref
    for upn in (AYLA, WREN, TOMAS):
        decide.decide(inst, refs[upn], "noticing", noticing())
    stops.note(inst, by(PASTORAL, TUESDAY), refs[AYLA], condition="bereavement", says="A grandfather.")

    lines = views.letters_waiting(inst, HEAD, "draft", TUESDAY)

    first = {line.case_ref: line.look_first for line in lines if line.look_first}
    assert first == {
        refs[AYLA]: "Stopped: the family is bereaved",
        refs[ROBIN]: "Brothers or sisters have letters too",
        refs[WREN]: "Brothers or sisters have letters too",
    }
    assert [bool(line.look_first) for line in lines] == [True, True, True, False]
