"""Who is in a report and what it counts: conditions at their edges, small groups kept back."""

from dataclasses import replace
from datetime import date

import pytest

from casework.domain import Pupil
from casework.facts import Counts, Summary
from casework.policy.load import load
from casework.rules.reporting import Member, chosen, lines

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


def test_a_group_of_four_is_kept_back_and_one_of_five_is_not():
    asked = BANKS_LANE.value("reports.groups", ON)
    few = [member(n, counted(50, 5), sen="K") for n in range(4)]
    rest = [member(n, counted(50)) for n in range(10, 30)]

    def pupils(members: list[Member]) -> dict[tuple[str, str], int | None]:
        return {(line.cut, line.value): line.pupils for line in lines(BANKS_LANE, asked, members, ON)}

    assert pupils([*few, *rest])["sen", "yes"] is None
    assert pupils([*few, member(9, counted(50), sen="E"), *rest])["sen", "yes"] == 5


def test_a_report_counts_sessions():
    asked = BANKS_LANE.value("reports.safeguarding_governors", ON)
    members = [member(n, counted(40, 3, 1)) for n in range(6)]

    school = next(line for line in lines(BANKS_LANE, asked, members, ON) if line.cut == "school")

    assert (school.pupils, school.counts) == (6, Counts(240, 216, 18, 6))
