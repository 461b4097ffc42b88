"""What a pack tells of a case: in order, from its events, of one parent, and nothing of the DSL's."""

from datetime import UTC, date, datetime

import pytest

from casework.documents.errors import DoesNotReconcile
from casework.documents.evidence import narrative, pages, statement
from casework.documents.evidence.narrative import Names
from casework.documents.evidence.pages import Marks
from casework.documents.evidence.statement import Charged, Witness
from casework.domain import Half, Session
from casework.domain import events as e
from tests.situations import a_case, came_of, head_of, nti, offer

MONDAY = date(2026, 9, 7)
NAMES = Names(
    pupil="Robin Fennimore",
    parent_id="A",
    parents={"A": "Ms Ann Fennimore", "B": "Mr Ben Fennimore"},
    officers={"head": "Ida Quill"},
    documents={"L1": "Letter about attendance"},
)
EVENTS = (
    e.ContactRecorded(
        **head_of("2026-09-09"), method="call", outcome="spoken", parent_id="A", says="We talked."
    ),
    e.ContactRecorded(
        **head_of("2026-09-10"), method="call", outcome="spoken", parent_id="B", says="Of B alone."
    ),
    offer("2026-09-11"),
    offer("2026-09-11", parent_id="B"),
    came_of("2026-09-20", "declined"),
    came_of("2026-09-21", "did_not_help", "transport-B"),
    e.SafeguardingFlagged(**head_of("2026-09-12"), flag="neglect", sealed_id="s1"),
    e.DslReviewed(**head_of("2026-09-13"), flag="neglect", outcome="monitor", sealed_id="s2"),
    e.HoldPlaced(**head_of("2026-09-14"), hold_id="h", scope="letters", review_on=MONDAY),
    e.MaterialReleased(**head_of("2026-09-15"), material="#9", pack="missing_child", reason="Sealed reason."),
    e.NoteAdded(**head_of("2026-09-16"), text="A private note."),
    e.MeetingHeld(**head_of("2026-09-08"), meeting_id="M", attended=("A",), absent=("B",), says="Agreed."),
    nti("2026-10-02", "2026-11-13"),
    nti("2026-10-02", "2026-11-13", parent_id="B"),
)
CASE = a_case(*EVENTS)


def test_the_chronology_is_in_order_and_each_row_names_its_event() -> None:
    rows = narrative.chronology(CASE.recorded, NAMES)

    assert [row.on for row in rows] == sorted(row.on for row in rows)
    assert {row.ref for row in rows} <= {item.ref for item in CASE.recorded}
    assert "Meeting held. Came: Ms Ann Fennimore. Did not come: another parent." in [row.what for row in rows]
    assert {row.by for row in rows} >= {"Ida Quill"}


@pytest.mark.parametrize(
    "secret",
    [
        "neglect",
        "safeguarding",
        "DSL",
        "Held",
        "Sealed",
        "private note",
        "Of B alone",
        "Ben",
        "parent B",
        "did not help",
    ],
)
def test_nothing_of_the_dsls_and_nothing_of_another_parent_is_told(secret: str) -> None:
    told = [
        *narrative.chronology(CASE.recorded, NAMES),
        *narrative.contact_log(CASE.recorded, NAMES),
        *narrative.support_list(CASE.recorded, NAMES),
        *narrative.posting(CASE.recorded, NAMES),
        *narrative.enquiries(CASE.recorded, NAMES),
    ]

    assert secret not in str(told)
    assert secret not in str(narrative.meetings(CASE.recorded, NAMES))


def test_a_pack_about_the_pupil_names_every_parent() -> None:
    everybody = Names("Robin", "", NAMES.parents, {}, {})

    assert "Mr Ben Fennimore" in str(narrative.contact_log(CASE.recorded, everybody))


CHARGED = Charged(MONDAY, date(2026, 9, 30), 30, 20, 4, 6, ("2026-09-08 AM",))
WITNESS = Witness("head", "Ida Quill", "the headteacher", "Invented School")


def drafted(**confirmed: str) -> tuple[statement.Paragraph, ...]:
    return statement.paragraphs(CASE.recorded, WITNESS, NAMES, CHARGED, [("IQ/1", "a letter")], confirmed)


def test_a_statement_tells_in_the_first_person_what_its_witness_did_alone() -> None:
    other = e.ContactRecorded(
        **head_of("2026-09-18", by="clerk"), method="visit", outcome="seen", parent_id="A"
    )
    made = statement.paragraphs(
        a_case(*EVENTS, other).recorded, WITNESS, NAMES, CHARGED, [("IQ/1", "a letter")], {}
    )

    said = " ".join(p.draft for p in made)
    assert "I telephoned Ms Ann Fennimore. We spoke." in said
    assert "I visited" not in said
    assert "Ben" not in said
    assert "30 possible sessions" in said
    assert made[-1].draft == "I produce: IQ/1, a letter."


def test_a_paragraph_is_confirmed_by_what_it_rests_on() -> None:
    keys = [p.key for p in drafted()]
    assert len(set(keys)) == len(keys)
    whole = drafted(**dict.fromkeys(keys, "In my own words."))
    assert statement.all_confirmed(whole)
    assert {p.text for p in whole} == {"In my own words."}

    changed = statement.paragraphs(
        CASE.recorded, WITNESS, NAMES, Charged(MONDAY, date(2026, 9, 30), 30, 19, 4, 7, ("2026-09-08 AM",)),
        [("IQ/1", "a letter")], dict.fromkeys(keys, "In my own words."),
    )  # fmt: skip
    assert [p.key for p in changed if not p.confirmed] == [p.key for p in changed if p.key not in keys]
    assert not statement.all_confirmed(())


def test_other_totals_are_another_paragraph() -> None:
    for possible, attended, authorised in ((32, 22, 4), (30, 21, 3)):
        other = Charged(MONDAY, date(2026, 9, 30), possible, attended, authorised, 6, ("2026-09-08 AM",))
        made = statement.paragraphs(CASE.recorded, WITNESS, NAMES, other, [], {})

        assert made[2].key != drafted()[2].key


def test_a_register_whose_rows_are_not_its_totals_is_not_drawn() -> None:
    session = Session(MONDAY, Half.AM)
    with pytest.raises(DoesNotReconcile, match="make 3, not 4"):
        Marks(MONDAY, MONDAY, {session: "O"}, (session,), 4, 2, 0, 0, datetime(2026, 9, 8, 9, tzinfo=UTC))


def test_the_register_lists_each_unauthorised_session_once() -> None:
    codes = {Session(MONDAY, half): code for half, code in zip(Half, ("O", "\\"), strict=True)}
    marks = Marks(
        MONDAY, MONDAY, codes, (Session(MONDAY, Half.AM),), 2, 1, 0, 0, datetime(2026, 9, 8, 9, tzinfo=UTC)
    )
    heading = pages.Heading("Robin", None, "Year 9", "U", "Invented School", "R")

    paper = pages.register(heading, marks, {"O": "absent", "\\": "present"}, "Register")

    (listed,) = [b for b in paper.blocks if b["kind"] == "table" and b["columns"][1] == "Session"]
    assert listed["rows"] == [["Mon 7 Sep 2026", "morning", "O", "absent"]]
