"""What people do, page by page, without a script: triage, calls, acts, steps, letters, the DSL's lane."""

import re
from collections.abc import Mapping

import pytest

from casework.actions import cases, letters, support
from casework.domain import events as e
from tests.web.browser import Browser, Seen, words
from tests.web.conftest import SignIn
from tests.web.world import NORTH, World


def day(name: str, text: str) -> dict[str, str]:
    """A day as three boxes."""
    year, month, number = text.split("-")
    return {f"{name}-day": number, f"{name}-month": month, f"{name}-year": year}


def faults(page: Seen) -> list[str]:
    """The faults that a page names."""
    assert page.tree is not None
    return [words(link) for link in page.tree.xpath("//*[@class='govuk-error-summary__body']//a")]


def events_of(world: World, kind: type[e.Event], ref: str = "") -> tuple[e.Event, ...]:
    return cases.load(world.inst, world.officer("pastoral"), ref or world.case_ref).of(kind)


# -- a school's lists ----------------------------------------------------------------------------------------


def test_triage_accepts_those_ticked(world: World, browse: SignIn) -> None:
    browser = browse(world, "pastoral")
    page = browser.get(f"/schools/{NORTH}/triage")
    assert page.tree is not None
    pupil = page.tree.xpath("//input[@name='pupil']/@value")

    sent = browser.send(page, {"pupil": pupil, "answer": "accept"})

    after = browser.follow(sent)
    assert "1 case opened." in after.main
    assert "Everybody on the list has been looked at." in after.main
    assert "Ayla Kestrel" in browser.get("/caseload").main


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        pytest.param({"answer": "accept", "pupil": []}, "Tick at least one pupil", id="nobody ticked"),
        pytest.param({"answer": "aside"}, "Say why they are set aside", id="no reason"),
        pytest.param(
            {"answer": "aside", "reason": "In hospital", **day("until", "2026-11-01")},
            "1 November 2026 is not a day to come",
            id="a day gone",
        ),
    ],
)
def test_triage_names_what_is_wrong(
    world: World, browse: SignIn, answers: Mapping[str, str], says: str
) -> None:
    browser = browse(world, "pastoral")
    page = browser.get(f"/schools/{NORTH}/triage")
    assert page.tree is not None
    ticked = {"pupil": page.tree.xpath("//input[@name='pupil']/@value")}

    after = browser.send(page, {**ticked, **answers})

    assert after.status == 422
    assert any(says in fault for fault in faults(after))


def test_triage_sets_aside_with_reason_and_day(world: World, browse: SignIn) -> None:
    browser = browse(world, "pastoral")
    page = browser.get(f"/schools/{NORTH}/triage")
    assert page.tree is not None
    answers = {
        "pupil": page.tree.xpath("//input[@name='pupil']/@value"),
        "answer": "aside",
        "reason": "In hospital",
        **day("until", "2027-01-11"),
    }

    after = browser.follow(browser.send(page, answers))

    assert "1 pupil set aside." in after.main
    assert "Ayla" not in browser.get("/caseload").main


def test_triage_adds_to_a_case_only_where_there_is_one(world: World, browse: SignIn) -> None:
    browser = browse(world, "pastoral")
    page = browser.get(f"/schools/{NORTH}/triage")
    assert page.tree is not None
    pupil = page.tree.xpath("//input[@name='pupil']/@value")

    after = browser.follow(browser.send(page, {"pupil": pupil, "answer": "merge"}))

    assert "0 pupils added to a case." in after.main
    assert "Open a case for them instead." in after.main
    assert "Ayla Kestrel" in after.main


def test_a_call_is_recorded_from_the_days_list(world: World, browse: SignIn) -> None:
    browser = browse(world, "attendance")
    page = browser.get(f"/schools/{NORTH}/calls")
    path = next(link for link in page.links() if "/calls/" in link)
    form = browser.get(path)
    answers = {
        "contact_id": "c1",
        "method": "call",
        "outcome": "spoken",
        "state": "explained",
        "says": "Dentist",
    }

    after = browser.follow(browser.send(form, {**answers, "says": "Dentist"}))

    assert "The call is recorded." in after.main
    assert "Explained" in after.main
    assert "Tried: call, spoken. Dentist" in after.main


# -- acts on a case ------------------------------------------------------------------------------------------

ACTS = [
    pytest.param(
        "call", {"parent_id": "c1", "method": "call", "outcome": "no_answer"}, e.ContactRecorded, id="call"
    ),
    pytest.param(
        "visit",
        {
            "risk_note_read": "yes",
            "officer": "head",
            "parent_id": "pupil",
            "outcome": "seen",
            "child_seen": "yes",
        },
        e.ContactRecorded,
        id="visit",
    ),
    pytest.param(
        "meeting",
        {
            "meeting": "panel",
            "place": "Hall",
            "invited": ["c1", "pupil"],
            "at-time": "9:30am",
            **day("at", "2026-12-01"),
        },
        e.MeetingArranged,
        id="meeting",
    ),
    pytest.param(
        "meeting-held",
        {"meeting_id": "M13", "attended": ["c1"], "absent": ["c2"], "says": "A plan."},
        e.MeetingHeld,
        id="held",
    ),
    pytest.param("barrier", {"barrier": "housing or money"}, e.BarrierFound, id="barrier"),
    pytest.param(
        "offer",
        {"barrier": "transport", "offer": "a taxi", "parent_id": "c2", "given_by": "the school"},
        e.SupportOffered,
        id="offer",
    ),
    pytest.param("offer-outcome", {"offer_id": "S12", "outcome": "engaged"}, e.SupportOutcome, id="outcome"),
    pytest.param("agency", {"agency": "early help", "consent": "yes"}, e.AgencyInvolved, id="agency"),
    pytest.param(
        "review",
        {"outcome": "Better", "pupil_view": "I like it", **day("next_review_on", "2026-12-04")},
        e.ReviewHeld,
        id="review",
    ),
    pytest.param("note", {"text": "A note"}, e.NoteAdded, id="note"),
    pytest.param("task", {"title": "Ring", **day("due_on", "2026-11-24")}, e.TaskAdded, id="task"),
    pytest.param("task-done", {"task": "T14", "outcome": "Done"}, e.TaskDone, id="task done"),
    pytest.param("review-date", day("review_on", "2026-12-01"), e.ReviewScheduled, id="review date"),
    pytest.param("owner", {"officer": "head"}, e.OwnerAssigned, id="owner"),
    pytest.param("pause", {"reason": "A funeral", **day("until", "2026-12-01")}, e.CasePaused, id="pause"),
    pytest.param("close", {"outcome": "improved", "reason": "All well"}, e.CaseClosed, id="close"),
    pytest.param("flag", {"flag": "not_seen", "words": "Sealed words"}, e.SafeguardingFlagged, id="flag"),
    pytest.param(
        "told",
        {"professional": "social_worker", "method": "call", "why": "Absent"},
        e.ProfessionalTold,
        id="told",
    ),
]


@pytest.mark.parametrize(("act", "answers", "kind"), ACTS)
def test_an_act_is_recorded_once_and_shown(
    world: World, browse: SignIn, act: str, answers: dict[str, str], kind: type[e.Event]
) -> None:
    browser = browse(world, "pastoral")
    before = len(events_of(world, kind))
    page = browser.get(f"/cases/{world.case_ref}/record/{act}")

    sent = browser.send(page, answers)
    again = browser.send(page, answers)

    assert (sent.status, sent.location) == (303, f"/cases/{world.case_ref}"), faults(sent) or sent.main
    assert again.status in (303, 409, 422)
    assert len(events_of(world, kind)) == before + 1
    assert browser.get(f"/cases/{world.case_ref}").status == 200


@pytest.mark.parametrize("act", [param.values[0] for param in ACTS])
def test_an_empty_form_names_every_gap_and_records_nothing(world: World, browse: SignIn, act: str) -> None:
    browser = browse(world, "pastoral")
    before = cases.load(world.inst, world.officer("pastoral"), world.case_ref).sequence

    page = browser.send(browser.get(f"/cases/{world.case_ref}/record/{act}"), {})

    assert page.status == 422
    assert faults(page)
    assert cases.load(world.inst, world.officer("pastoral"), world.case_ref).sequence == before


def test_a_second_writer_is_told_and_keeps_their_words(world: World, browse: SignIn) -> None:
    browser = browse(world, "pastoral")
    page = browser.get(f"/cases/{world.case_ref}/record/note")
    cases.note(world.inst, world.by("attendance"), world.case_ref, "I was quicker.")

    held = browser.send(page, {"text": "My own words"})

    assert held.status == 409
    assert "This case has changed" in held.main
    assert "Note added (attendance, 20 November 2026)" in held.main
    assert "My own words" in held.main
    assert browser.send(held, {"text": "My own words"}).status == 303


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        pytest.param("reply.pdf", b"%PDF-1.7 yes", "", id="a PDF"),
        pytest.param("reply.pdf", b"MZ\x90 not a PDF", "The file must be a PDF", id="a program called PDF"),
        pytest.param("page.html", b"<script>alert(1)</script>", "The file must be a PDF", id="a page"),
        pytest.param("../../etc/x.png", b"\x89PNG\r\n\x1a\n..", "", id="a path for a name"),
    ],
)
def test_uploads_are_known_by_their_content(
    world: World, browse: SignIn, name: str, content: bytes, says: str
) -> None:
    browser = browse(world, "pastoral")
    page = browser.get(f"/cases/{world.case_ref}/record/received")
    answers = {"item": "medical evidence", "from_whom": "GP"}

    sent = browser.send(page, answers, files={"file": (name, content, "application/pdf")})

    if says:
        assert any(says in fault for fault in faults(sent))
        return
    last = events_of(world, e.ItemReceived)[-1]
    assert isinstance(last, e.ItemReceived)
    assert re.fullmatch(r"[A-Za-z0-9 _-]+\.(pdf|png)", last.filename)
    got = browser.client.get(f"/cases/{world.case_ref}/received/{last.item_id}")
    assert got.content == content
    assert got.headers["content-disposition"].startswith("attachment;")


# -- steps ---------------------------------------------------------------------------------------------------


def answered(page: Seen) -> dict[str, str]:
    """Answers that let a step go on, each with a reason and an entry of the case that shows it."""
    assert page.tree is not None
    found: dict[str, str] = {}
    for name in page.tree.xpath("//textarea/@name"):
        if name.endswith(":because"):
            question = name.removesuffix(":because")
            no = question.rsplit(".", 1)[-1] in ("send", "medical", "section_19")
            found |= {question: "no" if no else "yes", name: "It was looked at."}
    for select in page.tree.xpath("//select"):
        found[select.get("name")] = select.xpath("./option/@value")[1]
    return found


def test_a_step_is_checked_then_recorded_and_drafts_its_letter(world: World, browse: SignIn) -> None:
    browser = browse(world, "pastoral")
    page = browser.get(f"/cases/{world.case_ref}/steps/supportive_actions")
    answers = {"answer": "take", "plan": "A lift each day", "reasons": "He wants to come.", "go": "check"}

    check = browser.send(page, answers)
    assert check.heading == "Check your answers before you record them"
    assert "A lift each day" in check.main
    changed = browser.send(check, {"go": "change"})
    assert "A lift each day" in changed.main
    done = browser.send(browser.send(changed, answers), {"go": "record"})

    after = browser.follow(done)
    assert "Supportive actions: recorded." in after.main
    assert len(events_of(world, e.SupportiveActionsStarted)) == 1


def test_a_serious_step_asks_to_stop_first_and_is_decided_with_every_answer(
    world: World, browse: SignIn
) -> None:
    browser = browse(world, "head")
    path = f"/cases/{world.case_ref}/steps/notice_to_improve?parent=c1"
    card = browser.get(path)
    assert "last chance to take up support" in card.heading
    page = browser.get(f"{path}&go=on")
    answers = {
        **answered(page),
        "answer": "take",
        **day("period_from", "2026-11-23"),
        "improvement_test": "no further unauthorised absence",
        "early_grounds": "any further absence without a reason",
        "further_support": "a bus pass",
        "reasons": "Support was not taken up.",
        "go": "check",
    }

    check = browser.send(page, answers)
    done = browser.send(check, {"go": "record"})

    assert done.status == 303, done.main
    assert len(events_of(world, e.NoticeToImproveIssued)) == 1
    case = browser.follow(done)
    assert "Notice to improve" in case.main
    waiting = letters.letters_of(world.inst, world.officer("head"), world.case_ref)[-1]
    assert waiting.document.template == "notice_to_improve"


def test_a_step_not_taken_needs_only_its_reasons(world: World, browse: SignIn) -> None:
    browser = browse(world, "head")
    page = browser.get(f"/cases/{world.case_ref}/steps/notice_to_improve?parent=c1&go=on")

    check = browser.send(page, {"answer": "leave", "reasons": "A lift is being tried.", "go": "check"})
    done = browser.follow(browser.send(check, {"go": "record"}))

    assert "you decided not to take it now" in done.main
    assert len(events_of(world, e.StepDeclined)) == 1


def test_a_step_that_cannot_be_taken_says_what_is_missing(world: World, browse: SignIn) -> None:
    page = browse(world, "head").get(f"/cases/{world.case_ref}/steps/penalty_notice?parent=c1&go=on")

    assert "What is missing" in page.main
    assert "Needs:" in page.main
    assert page.tree is not None
    assert page.tree.xpath("//input[@name='answer']/@value") == ["leave"]


def test_guidance_is_set_aside_from_the_page_of_its_step(world: World, browse: SignIn) -> None:
    browser = browse(world, "head")
    page = browser.get(f"/cases/{world.case_ref}/steps/penalty_notice?parent=c1&go=on")
    link = next(link for link in page.links() if "/record/override?" in link)
    form = browser.get(link)

    browser.follow(browser.send(form, {"reason": "The head knows why.", **day("expires_on", "2026-12-01")}))

    (made,) = events_of(world, e.GateOverridden)
    assert isinstance(made, e.GateOverridden)
    assert (made.stage, made.parent_id) == ("penalty_notice", "c1")
    assert "Rules set aside" in browser.get("/").main
    assert "The head knows why." in browser.get("/").main
    assert "Rules set aside" not in browse(world, "pastoral").get("/").main
    assert browse(world, "pastoral").get(link).status == 403


def test_guidance_is_not_set_aside_for_longer_than_the_policy_lets_it(world: World, browse: SignIn) -> None:
    browser = browse(world, "head")
    page = browser.get(f"/cases/{world.case_ref}/steps/penalty_notice?parent=c1&go=on")
    form = browser.get(next(link for link in page.links() if "/record/override?" in link))

    sent = browser.send(form, {"reason": "The head knows why.", **day("expires_on", "2027-03-01")})

    assert sent.status == 422
    assert "for 20 at the most" in sent.main
    assert not events_of(world, e.GateOverridden)


def test_a_stop_is_noted_and_cleared(world: World, browse: SignIn) -> None:
    browser = browse(world, "pastoral")
    form = browser.get(f"/cases/{world.case_ref}/record/stop")
    said = {"condition": "bereavement", "parent_id": "pupil", "says": "A grandfather."}
    browser.follow(browser.send(form, said))
    (noted,) = events_of(world, e.StopNoted)
    assert isinstance(noted, e.StopNoted)
    assert (noted.condition, noted.parent_id) == ("bereavement", "")

    form = browser.get(f"/cases/{world.case_ref}/record/clear-stop")
    browser.follow(browser.send(form, {"stop": noted.stop_id, "reason": "They asked us to go on."}))

    assert len(events_of(world, e.StopCleared)) == 1


def test_a_forged_answer_cannot_pass_a_gate(world: World, browse: SignIn) -> None:
    browser = browse(world, "head")
    page = browser.get(f"/cases/{world.case_ref}/steps/penalty_notice?parent=c1&go=on")

    sent = browser.send(page, {"answer": "take", "reasons": "Because.", "go": "record"})

    assert sent.status == 422
    assert not events_of(world, e.PenaltyNoticeRequested)


def test_who_may_not_decide_sees_the_step_without_a_form(world: World, browse: SignIn) -> None:
    page = browse(world, "pastoral").get(f"/cases/{world.case_ref}/steps/notice_to_improve?parent=c1")

    assert "decides it." in page.main
    assert page.tree is not None
    assert not page.tree.xpath("//main//form")


# -- letters -------------------------------------------------------------------------------------------------


def letter_path(world: World, number: int = 1) -> str:
    return f"/letters/{world.case_ref}-L{number}"


def test_a_letter_is_approved_issued_and_served(world: World, browse: SignIn) -> None:
    browser = browse(world, "head")
    path = letter_path(world)
    page = browser.get(path)
    assert "Dear Ms Fennimore" in page.main

    approved = browser.follow(browser.send(page, {}, action=f"{path}/approve"))
    issued = browser.follow(browser.send(approved, {}, action=f"{path}/issue"))
    served = browser.follow(
        browser.send(
            issued, {"method": "first_class_post", **day("posted_on", "2026-11-20")}, action=f"{path}/serve"
        )
    )

    assert "The letter is approved." in approved.main
    assert "The letter is issued." in issued.main
    assert "served on 24 November 2026" in served.main
    file = browser.client.get(f"{path}/file")
    assert file.content.startswith(b"PK")
    assert file.headers["content-disposition"] == (
        f'attachment; filename="{world.case_ref}-L1-concern_letter.docx"'
    )


def test_no_parent_reads_the_others_address(world: World, browse: SignIn) -> None:
    browser = browse(world, "head")
    by_parent = {n: browser.get(letter_path(world, n)).main for n in (1, 2)}

    assert "77 Elsewhere Row" not in by_parent[1]
    assert "1 Invented Lane" not in by_parent[2]
    assert "77 Elsewhere Row" not in browser.get(f"/cases/{world.case_ref}").main


def test_letters_ticked_together_are_each_asked_again(world: World, browse: SignIn) -> None:
    browser = browse(world, "head")
    support.contact(world.inst, world.by("pastoral"), world.case_ref, method="call", outcome="spoken")
    page = browser.get("/letters?state=draft")
    assert page.tree is not None
    boxes = page.tree.xpath("//input[@name='letter']/@value")

    after = browser.follow(browser.send(page, {"letter": boxes}))
    issue = browser.get("/letters?state=approved")
    issued = browser.send(issue, {"letter": [*boxes, "C-2026-100002-0001-L1"]})

    assert f"{len(boxes)} letters approved." in after.main
    assert issued.status == 422
    assert f"{len(boxes)} letters went through. These did not" in issued.main


def test_a_hold_of_the_dsl_stops_a_letter_and_tells_only_until_when(world: World, browse: SignIn) -> None:
    dsl, head = browse(world, "dsl"), browse(world, "head")
    form = dsl.get(f"/cases/{world.case_ref}/record/hold")
    answers = {
        "scope": "letters",
        "parent_id": "pupil",
        "words": "Sealed reasons",
        **day("review_on", "2026-11-27"),
    }
    assert dsl.send(form, answers).status == 303

    case = head.get(f"/cases/{world.case_ref}")
    page = head.get(letter_path(world))
    refused = head.send(page, {}, action=f"{letter_path(world)}/approve")

    assert "Held by the DSL until 27 November 2026: letters" in case.main
    assert "Sealed reasons" not in case.text
    assert refused.status == 422
    assert "That was not recorded" in refused.main
    assert head.get(f"/cases/{world.case_ref}/sealed").status == 403


# -- the DSL -------------------------------------------------------------------------------------------------


def test_sealed_notes_are_read_by_the_dsl_alone_and_each_reading_is_shown(
    world: World, browse: SignIn
) -> None:
    path = f"/cases/{world.sibling_ref}/sealed"
    dsl = browse(world, "dsl")

    first = dsl.get(path)
    second = dsl.get(path)

    assert "Something only the DSL may read." in first.main
    assert second.main.count("Dermot Kyle, ") == first.main.count("Dermot Kyle, ") + 1
    for who in ("pastoral", "head"):
        other = browse(world, who)
        assert "Something only" not in other.get(f"/cases/{world.sibling_ref}").text


def script_in(browser: Browser, world: World) -> Seen:
    page = browser.get(f"/cases/{world.case_ref}/record/note")
    browser.send(page, {"text": "<script>alert(1)</script><img src=x>"})
    return browser.get(f"/cases/{world.case_ref}")


def test_what_people_write_is_shown_and_never_run(world: World, browse: SignIn) -> None:
    page = script_in(browse(world, "pastoral"), world)

    assert "<script>alert(1)</script>" in page.main
    assert page.tree is not None
    assert not page.tree.xpath("//script[not(@src)] | //img")


def test_the_post_brings_a_letter_back(world: World, browse: SignIn) -> None:
    browser = browse(world, "head")
    path = letter_path(world)
    page = browser.follow(browser.send(browser.get(path), {}, action=f"{path}/approve"))
    page = browser.follow(browser.send(page, {}, action=f"{path}/issue"))
    sent = {"method": "first_class_post", **day("posted_on", "2026-11-20")}
    page = browser.follow(browser.send(page, sent, action=f"{path}/serve"))

    back = browser.follow(browser.send(page, {"post_says": "Gone away."}, action=f"{path}/returned"))

    assert "Check the address, then send the letter again." in back.main
    assert "Record how it went" in back.main
