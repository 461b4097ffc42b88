"""How a test writes a replay: registers as weekly strings, one school under one pack, no database."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np

from casework.actions.policies import code_classes, limits
from casework.domain import Parent, Pupil, School, SchoolCalendar
from casework.facts import Facts
from casework.lab.assumed import Assumed
from casework.lab.replay import Replayed, replay
from casework.lab.seen import Background, Known, Night
from casework.policy.load import load
from casework.rules import triggers
from tests.law_calendar import BANK_HOLIDAYS, law_calendar
from tests.registers.book import upn
from tests.registers_text import URN, register
from tests.situations import OF_AGE, a_parent

HERE = r"/\ /\ /\ /\ /\ "
ILL = r"II II II II II "
AWAY = r"OO OO OO OO OO "
HOLIDAY = r"GG GG GG GG GG "
NORFOLK = "926"


def facts_of(monday: str, weeks: list[str], calendar: SchoolCalendar) -> Facts:
    """One pupil's facts from weekly strings; before and after, nothing is marked."""
    return register(monday, *weeks, calendar=calendar)


def replayed(
    pack: str,
    monday: str,
    pupils: Mapping[int, list[str]],
    last: date,
    *,
    acts: bool = True,
    parents_come: bool = True,
    first: date | None = None,
) -> Replayed:
    """A replay of a school whose pupils, by number, have these weeks from a Monday on."""
    policy, calendar = load(pack, NORFOLK), law_calendar()
    held = {upn(number): facts_of(monday, weeks, calendar) for number, weeks in pupils.items()}

    def known(of: str) -> Known:
        parents: tuple[Parent, ...] = (a_parent("A", upn=of),)
        pupil = Pupil(of, "Invented", "Pupil", dob=OF_AGE, looked_after=False, social_worker=False)

        def facts(under, on: date) -> Facts:
            return replace(
                held[of],
                upn=of,
                codes=code_classes(under, on),
                limits=limits(under, on),
                responsible=("A",),
            )

        return Known(pupil, parents, (), facts)

    school = School(URN, "Invented High School", NORFOLK, policy=pack)
    background = Background(school, policy, {}, calendar, BANK_HOLIDAYS, known)
    days = calendar.days_between(first or date.fromisoformat(monday), last)
    nights = (night(policy, held, known, day) for day in days)
    return replay(background, nights, Assumed(acts, parents_come))


def night(policy, held: Mapping[str, Facts], known, on: date) -> Night:
    """A night from the readable evaluator, pupil by pupil."""
    summaries = [known(of).facts(policy, on).summary(on, URN) for of in held]
    masks = [triggers.mask(policy, summary, on) for summary in summaries]

    def began(run: str) -> np.ndarray:
        days = [getattr(summary, run).started_on for summary in summaries]
        return np.array([day.toordinal() if day else 0 for day in days], np.int64)

    return Night(
        on=on,
        upns=tuple(held),
        masks=np.array(masks, np.uint64),
        periods=np.array([summary.period or (-1, -1) for summary in summaries]),
        started_on={run: began(run) for run in ("unauthorised_run", "return_run", "illness_run")},
        counted=np.array([summary.threshold.sessions for summary in summaries]),
        unauthorised=np.array([summary.year.unauthorised for summary in summaries]),
    )


def told(found: Replayed, what: str, number: int | None = None) -> list[date]:
    """The days on which something happened, to one pupil or to any."""
    return [
        item.on
        for item in found.happened
        if item.what == what and (number is None or item.upn == upn(number))
    ]
