"""What the law asks to be recorded, from the command line alone: earlier notices, clocks, returns."""

import json
from datetime import date

import pytest

from casework.actions import timing
from casework.domain import events as e
from casework.rules import notices, proceedings, register
from casework.storage.database import Database
from tests.journeys.world import EWO, HEAD, NORTH, PASTORAL, PUPILS, Child, World, command
from tests.registers.book import upn

CHILD = Child(upn(91), NORTH, "Wilmot", "Arden", on_roll_from="2025-09-01", social_worker="true")
ON = date(2026, 10, 16)
HOLIDAY = "2026-10-05..2026-10-09 G"


@pytest.fixture
def world(database: Database) -> World:
    """A pupil with a social worker, a week on holiday."""
    world = World.of(database, ON)
    world.schools(CHILD)
    world.register(CHILD, "2026-09-02", "2026-10-16", HOLIDAY)
    return world


class Line:
    """A command line on the story's day that must say what is expected of it."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world, self.monkeypatch = world, monkeypatch

    def __call__(self, *words: str, code: int = 0) -> str:
        found, said = command(self.world, self.monkeypatch, *words)
        assert found == code, said
        return said


@pytest.fixture
def line(world: World, monkeypatch: pytest.MonkeyPatch) -> Line:
    return Line(world, monkeypatch)


def opened(world: World) -> str:
    return world.open_case(CHILD, PASTORAL, "A week's holiday.").ref


def before_the_la(world: World, line: Line) -> str:
    """A case that the authority's officers know of."""
    ref = opened(world)
    assert "No case is known" in line("case", "show", ref, "--as", "ewo", code=1)
    line("case", "before-la", ref, "--for", "advice", "--reason", "A holiday at two schools.", "--as", "head")
    return ref


@pytest.mark.parametrize(
    ("answer", "named", "known", "earlier"),
    [
        pytest.param("none", (), "holds", 0, id="there were none"),
        pytest.param("We keep no record.", (), "unknown", 0, id="an answer that leaves it unknown"),
        pytest.param(
            "one",
            ("--notice", "352,2026-03-02,2026-02-02,2026-02-06,paid"),
            "holds",
            1,
            id="one that counts from then on",
        ),
        pytest.param(
            "two",
            (
                *("--notice", "352,2025-03-03,2025-02-03,2025-02-07,paid"),
                *("--notice", "352,2026-03-02,2026-02-02,2026-02-06,"),
            ),
            "holds",
            2,
            id="two, of one of which the end is not known",
        ),
    ],
)
def test_another_authority_is_asked_chased_and_answers(
    world: World, line: Line, answer: str, named: tuple[str, ...], known: str, earlier: int
) -> None:
    ref = before_the_la(world, line)
    whom = ("--parent", "A", "--of", "LA 352", "--as", "ewo")
    line("case", "earlier", ref, "--reply-by", "2026-11-13", *whom)
    before = notices.earlier_notices_known(world.about(PASTORAL, ref, "A"))
    assert (before.answer.value, "not answered yet" in before.says) == ("unknown", True)

    line("case", "earlier", ref, "--answer", answer, *named, *whom)

    now = world.about(PASTORAL, ref, "A")
    assert notices.earlier_notices_known(now).answer.value == known
    assert notices.counted_towards_limit(now).most == earlier
    chased = [t for t in now.case.open_tasks if t.title.startswith("Chase")]
    assert bool(chased) is (known == "unknown"), "who left it unknown is chased on"


@pytest.mark.parametrize(
    ("ground", "is_spent"),
    [
        pytest.param("", True, id="not named"),
        pytest.param(",ought_not", True, id="one that keeps them"),
        pytest.param(",material_error", False, id="one that frees them"),
    ],
)
def test_a_withdrawn_notice_elsewhere_frees_its_sessions_on_a_named_ground_alone(
    world: World, line: Line, ground: str, is_spent: bool
) -> None:
    world.register(CHILD, "2026-10-05", "2026-10-09", "2026-10-05..2026-10-09 G")
    ref = before_the_la(world, line)
    whom = ("--parent", "A", "--of", "LA 352", "--as", "ewo")
    line("case", "earlier", ref, "--reply-by", "2026-11-13", *whom)

    named = f"352,2026-10-14,2026-10-05,2026-10-09,withdrawn{ground}"
    line("case", "earlier", ref, "--answer", "one", "--notice", named, *whom)

    relied = register.relied_on(world.about(PASTORAL, ref, "A"))
    assert len(relied) == (0 if is_spent else 10)
    refused = line(
        *("case", "earlier", ref, "--answer", "one"),
        *("--notice", "352,2026-10-14,,,paid,material_error", *whom),
        code=2,
    )
    assert "with the status withdrawn" in refused


def test_two_authorities_asked_and_one_answered_is_not_known(world: World, line: Line) -> None:
    ref = before_the_la(world, line)
    for whom in ("LA 352", "LA 356"):
        line("case", "earlier", ref, "--reply-by", "2026-11-13", "--parent", "A", "--of", whom, "--as", "ewo")
    line("case", "earlier", ref, "--answer", "none", "--parent", "A", "--of", "LA 352", "--as", "ewo")

    found = notices.earlier_notices_known(world.about(PASTORAL, ref, "A"))

    assert (found.answer.value, "LA 356" in found.says) == ("unknown", True)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param("352,2026-03-02", "is not of the form", id="too few parts"),
        pytest.param("352,2026-02-30,,,paid", "2026-02-30 is not a date", id="an impossible date"),
        pytest.param("352,2026-03-02,,,lost", "is not one of", id="no such status"),
    ],
)
def test_a_notice_that_makes_no_sense_is_refused(world: World, line: Line, given: str, says: str) -> None:
    ref = before_the_la(world, line)
    whom = ("--parent", "A", "--of", "LA 352", "--as", "ewo")
    line("case", "earlier", ref, "--reply-by", "2026-11-13", *whom)

    assert says in line("case", "earlier", ref, "--answer", "one", "--notice", given, *whom, code=2)

    assert not [q for q in world.about(PASTORAL, ref).case.of(e.EnquiryMade) if q.answer]


def test_the_clocks_of_a_notice_run_from_its_receipt_and_end_with_it(world: World, line: Line) -> None:
    ref = opened(world)
    line("case", "told", ref, "social_worker", "--why", "Before a notice.", "--as", "pastoral")
    line("case", "not-appropriate", ref, "--reason", "A holiday.", "--as", "head")
    for step, who in (("penalty_notice", "head"), ("penalty_notice_issue", "ewo")):
        answers = world.answers({"head": HEAD, "ewo": EWO}[who], ref, step, "A")
        given = [f"{c.question}={c.answer}:Looked at:#1" for c in answers]
        if who == "ewo":
            ask = ("case", "earlier", ref, "--parent", "A", "--of", "LA 352", "--as", "ewo")
            line(*ask, "--reply-by", "2026-11-13")
            line(*ask, "--answer", "none")
        words = ("case", "decide", ref, step, "--parent", "A", "--reasons", "Right.", "--as", who)
        line(*words, *(word for item in given for word in ("--answer", item)))
    assert "K10" not in line("case", "clocks", ref, "--as", "ewo"), "issued is not received"

    line("case", "posted", ref, "PN1", "--method", "first_class_post", "--sent", "2026-10-16", "--as", "ewo")

    def shown() -> dict[str, tuple[str, str]]:
        told = json.loads(line("case", "clocks", ref, "--as", "ewo", "--json"))["clocks"]
        return {c["number"]: (c["last_day"], c["state"]) for c in told}

    assert shown() == {
        "K09": ("2026-11-09", "running"),
        "K10": ("2026-11-16", "running"),
        "K11": ("2026-11-17", "running"),
        "K12": ("2026-11-16", "running"),
    }
    fired = {}
    for day in ("2026-11-09", "2026-11-10", "2026-11-16", "2026-11-17"):
        world.day = date.fromisoformat(day)
        fired[day] = timing.fire(world.inst, world.day).fired
    assert fired == {"2026-11-09": 0, "2026-11-10": 1, "2026-11-16": 1, "2026-11-17": 2}
    reason = ("--ground", "not_contemplated", "--reason", "No proceedings are contemplated.")
    line("case", "withdraw", ref, "PN1", *reason, "--as", "ewo")
    bars = line("case", "decide", ref, "prosecution_referral", "--parent", "A", "--json", "--as", "ewo")
    court = next(f for f in json.loads(bars)["findings"] if f["rule"] == proceedings.NOTICE)
    assert (court["answer"], court["stops"]) == ("fails", True)


def test_returns_are_shown_made_once_and_the_months_list_signed(world: World, line: Line) -> None:
    world.day = date(2026, 11, 2)
    world.register(CHILD, "2026-10-19", "2026-11-02", "2026-10-19..2026-11-02 O")
    school = ("--school", NORTH)
    assert "attendance" not in line("returns", *school, "--as", "pastoral").lower().split("to be signed")[0]
    world.day = date(2026, 11, 6)
    world.register(CHILD, "2026-11-03", "2026-11-06", "2026-11-03..2026-11-06 O")

    due = line("returns", *school, "--as", "pastoral")
    assert all(word in due for word in ("attendance", "Wilmot Arden", "LA 926", "since 19 October 2026"))
    make = ("returns", *school, "--make", "attendance", "--pupil", CHILD.upn, "--as", "pastoral")
    assert "Your roles do not let you" in line("returns", *school, "--sign", "--as", "pastoral", code=1)
    assert "to LA 926" in line("returns", *school, "--sign", "--as", "head")
    assert "was signed by head" in line("returns", *school, "--as", "pastoral")
    assert "Attendance return about" in line(*make), "the run of ten days is a return of its own"
    assert "Made before" in line(*make)


def test_signing_a_list_on_which_nobody_stands_says_so(world: World, line: Line) -> None:
    world.register(CHILD, "2026-10-05", "2026-10-16")
    signed = line("returns", "--school", NORTH, "--sign", "--as", "head")

    assert "No pupil stands on this month's list" in signed


def test_a_missing_child_enquiries_report_and_whom_to_tell(world: World, line: Line) -> None:
    world.register(
        CHILD, "2026-10-05", "2026-10-16", "2026-10-05..2026-10-16 O", by="A Clerk", reason="Not seen"
    )
    ref = opened(world)
    assert "open" in line("case", "enquiries", ref, "--as", "pastoral")

    line("case", "enquiry", ref, "home_visit", "--answer", "no answer", "--with-la", "--as", "pastoral")
    line("case", "told", ref, "social_worker", "--why", "Not seen for ten days.", "--as", "pastoral")
    checked = json.loads(line("case", "enquiries", ref, "--json", "--as", "pastoral"))
    reported = line(
        "case", "decide", ref, "cme_report", "--reasons", "Nobody has seen the child.", "--as", "pastoral"
    )

    visit = next(item for item in checked if item["answer"])
    assert (visit["answer"], visit["with_la"]) == ("no answer", True)
    assert "missing" in reported.lower()
    refused = line(
        "case", "delete", ref, "I", "--deleted", "2026-10-16", "--reason", "Gone.", "--as", "head", code=1
    )
    assert "joint enquiries whose outcome is not found" in refused
    assert not world.about(PASTORAL, ref).case.of(e.DeletionDecided)


def test_a_deletion_return_is_due_for_who_left(world: World, line: Line) -> None:
    left = f"{CHILD.upn},{NORTH},Arden,Wilmot,{CHILD.dob},8,2025-09-01,2026-10-15,false,true,false"
    world.bring_in(("pupils.csv", [PUPILS, left]))

    due = line("returns", "--school", NORTH, "--as", "pastoral")

    assert "deletion" in due
    assert "Wilmot Arden" in due


def test_what_if_and_why_record_nothing(world: World, line: Line) -> None:
    world.register(CHILD, "2026-10-05", "2026-10-05", "2026-10-05 AM I", by="A Clerk", reason="Ill")
    ref = opened(world)
    before = world.about(PASTORAL, ref).case.sequence

    eight = line("whatif", ref, "--present-until", "2026-10-22", "--as", "pastoral")
    twelve = line("whatif", ref, "--absent", "2026-10-19", "--absent", "2026-10-20", "--as", "pastoral")
    later = line("whatif", ref, "--present-until", "2027-01-08", "--as", "pastoral")

    assert "Sessions towards the threshold then: 8." in eight
    assert "4 further sessions missed" in twelve
    assert "12; the threshold would be met at 2026-10-19 PM" in twelve
    assert "Sessions towards the threshold then: 0." in later, "the eleventh school week back holds none"
    assert "Sessions that count (8)" in line("why", ref, "--as", "pastoral")
    assert world.about(PASTORAL, ref).case.sequence == before
