"""Who is in a report and what it counts: conditions at their edges, small groups kept back."""

from dataclasses import replace
from datetime import date

import pytest

from casework.domain import Pupil
from casework.facts import Counts, Summary
from casework.policy import Policy
from casework.policy.load import load
from casework.rules.reporting import Member, Whole, chosen, compared, lines

ON = date(2026, 11, 20)
BANKS_LANE, ST_CHADS, MUSIC = load("banks-lane", "356"), load("st-chads", "332"), load("music-stuff", "352")


def member(
    number: int, half_term: Counts = Counts(), before: Counts | None = None, **pupil: object
) -> Member:
    upn = f"A{number:012}"
    now = Summary("900001", upn, ON, period=(2026, 1), half_term=half_term, year=half_term)
    was = replace(now, half_term=before) if before else None
    return Member(Pupil(upn, "Surname", "Forename", year_group="1", **pupil), now, was)  # type: ignore[arg-type]


def counted(possible: int, authorised: int = 0, unauthorised: int = 0) -> Counts:
    return Counts(possible, possible - authorised - unauthorised, authorised, unauthorised)


@pytest.mark.parametrize(
    ("policy", "report", "found", "is_in"),
    [
        pytest.param(BANKS_LANE, "welfare_review", member(1, counted(100, 10)), True, id="BLI-63 at 90"),
        pytest.param(BANKS_LANE, "welfare_review", member(1, counted(100, 9)), False, id="BLI-63 at 91"),
        pytest.param(
            BANKS_LANE,
            "welfare_review",
            member(1, counted(100), looked_after=True),
            True,
            id="BLI-64 in care",
        ),
        pytest.param(
            BANKS_LANE, "concerns", member(1, counted(380, 38)), True, id="BLI-43 exactly 10 per cent"
        ),
        pytest.param(BANKS_LANE, "concerns", member(1, counted(381, 38)), False, id="BLI-43 just below"),
        pytest.param(BANKS_LANE, "concerns", member(1, counted(0)), False, id="BLI-43 no session yet"),
        pytest.param(MUSIC, "recognition", member(1, counted(50)), True, id="MSE-97 missed nothing"),
        pytest.param(MUSIC, "recognition", member(1, counted(1)), True, id="MSE-97 a session is enough"),
        pytest.param(MUSIC, "recognition", member(1, counted(0)), False, id="MSE-97 no session yet"),
        pytest.param(MUSIC, "recognition", member(1, counted(50, 6)), True, id="MSE-97 ill is left out"),
        pytest.param(MUSIC, "recognition", member(1, counted(50, 0, 1)), False, id="MSE-97 unauthorised"),
        pytest.param(
            MUSIC,
            "recognition",
            member(1, counted(50, 20), part_time_timetable=True),
            True,
            id="MSE-98 every agreed session of a part-time timetable",
        ),
        pytest.param(
            ST_CHADS,
            "recognition",
            member(1, counted(50, 0, 4), counted(50, 0, 5)),
            True,
            id="SJB-69 improved",
        ),
        pytest.param(
            ST_CHADS,
            "recognition",
            member(1, counted(50, 0, 5), counted(50, 0, 5)),
            False,
            id="SJB-69 the same",
        ),
        pytest.param(
            ST_CHADS,
            "part_time",
            member(1, counted(50), part_time_timetable=True),
            True,
            id="SJB-98 part-time",
        ),
        pytest.param(ST_CHADS, "part_time", member(1, counted(50)), False, id="SJB-98 full-time"),
    ],
)
def test_who_is_in(policy, report, found, is_in):
    asked = policy.value(f"reports.{report}", ON)

    assert bool(chosen(policy, asked, [found], ON)) is is_in


def shown(
    members: list[Member], policy: Policy = BANKS_LANE, report: str = "groups"
) -> dict[tuple[str, str], int | None]:
    asked = policy.value(f"reports.{report}", ON)
    return {(line.cut, line.value): line.pupils for line in lines(policy, asked, members, ON)}


@pytest.mark.parametrize(
    ("with_need", "yes", "no"),
    [
        pytest.param(4, None, None, id="four: the rest would give them away"),
        pytest.param(5, 5, 20, id="five"),
        pytest.param(0, None, 20, id="none"),
    ],
)
def test_a_small_group_is_kept_back_and_so_is_what_would_give_it_away(with_need, yes, no):
    few = [member(n, counted(50, 5), sen="K") for n in range(with_need)]
    rest = [member(n, counted(50)) for n in range(10, 30)]

    found = shown([*few, *rest])

    assert (found.get(("sen", "yes")), found["sen", "no"]) == (yes, no)


@pytest.mark.parametrize(
    ("severe", "persistent", "seen"),
    [
        pytest.param(5, 5, (10, 5), id="both may be seen"),
        pytest.param(4, 6, (10, None), id="four severely absent"),
        pytest.param(6, 4, (10, None), id="four persistently and not severely absent, by difference"),
        pytest.param(0, 4, (None, 0), id="four persistently absent"),
        pytest.param(20, 6, (None, 20), id="four of the school are neither"),
    ],
)
def test_no_share_gives_another_away(severe, persistent, seen):
    absent = [member(n, counted(50, 30)) for n in range(severe)]
    absent += [member(100 + n, counted(50, 6)) for n in range(persistent)]
    rest = [member(200 + n, counted(50)) for n in range(4 if severe == 20 else 20)]

    found = shown([*absent, *rest], ST_CHADS, "local_governors")

    assert (found["persistent", "yes"], found["severe", "yes"]) == seen
    assert found["school", "900001"] == len(absent) + len(rest)


def test_a_weekday_is_counted_as_the_pattern_is():
    asked = ST_CHADS.value("reports.newsletter", ON)
    members = [replace(member(n, counted(50, 9)), by_weekday=(2, 0, 0, 0, 1)) for n in range(6)]

    weekdays = [line.counts for line in lines(ST_CHADS, asked, members, ON) if line.cut == "weekday"]

    assert [counts.absent for counts in weekdays if counts] == [12, 0, 0, 0, 6]


@pytest.mark.parametrize(
    ("whole", "says"),
    [
        pytest.param(
            Whole(3, 300, Counts(9000, 8000, 600, 400), 45, 7),
            "Persistently absent: 15.00% of pupils. Severely: 2.33% of pupils.",
            id="the trust's schools",
        ),
        pytest.param(
            Whole(2, 300, Counts(9000, 8000, 600, 400), 45, 4),
            "Persistently absent: 15.00% of pupils. Severely: kept back.",
            id="four severely absent in all of them",
        ),
        pytest.param(
            Whole(2, 300, Counts(9000, 8000, 600, 400), 9, 0),
            "Persistently absent: kept back. Severely: 0.00% of pupils.",
            id="three in the other school, by difference",
        ),
        pytest.param(None, "Not known: no other school of the trust is here to compare with.", id="alone"),
    ],
)
def test_beside_the_trust_the_authority_the_region_and_the_nation(whole, says):
    members = [member(n, counted(50, 6)) for n in range(6)]
    asked = ST_CHADS.value("reports.board", ON)

    trust, authority, region, nation = compared(ST_CHADS, asked, "primary", whole, members, ON)

    assert trust.says == says
    assert authority.says.startswith("Not known. Look the authority up")
    assert region.says.startswith("Not known. Look the region up")
    assert nation.says.startswith("5.28% of sessions missed. Persistently absent: 13.77% of pupils.")
    assert not any(line.kept_back for line in (trust, authority, region, nation))


def test_a_report_counts_sessions():
    asked = BANKS_LANE.value("reports.safeguarding_governors", ON)
    members = [member(n, counted(40, 3, 1)) for n in range(6)]

    school = next(line for line in lines(BANKS_LANE, asked, members, ON) if line.cut == "school")

    assert (school.pupils, school.counts) == (6, Counts(240, 216, 18, 6))
