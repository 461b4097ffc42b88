"""Returns to the authority: found from the register, proposed to a person, each once for what it is about.

The addressee is the authority of the school (the maintaining one, or that of its area), never of the home.
"""

from dataclasses import dataclass
from datetime import date

from casework.domain import Source
from casework.domain import events as e
from casework.domain.calendar import academic_year_of
from casework.domain.words import number_of
from casework.rules import compulsory_age, deadlines, register
from casework.rules.situation import Situation


@dataclass(frozen=True, slots=True)
class ReturnDue:
    """One return that the law asks for: which, to whom, why, on what evidence, by when.

    `episode` names what it is about, so that it is made once. `due_on` None: as soon as it is known.
    """

    made: str
    la_code: str
    why: str
    evidence: tuple[str, ...]
    episode: str
    source: Source
    due_on: date | None = None


def due(situation: Situation, *, expected_sick_days: int = 0) -> tuple[ReturnDue, ...]:
    """The attendance and sickness returns of this pupil that nobody has made yet.

    Args:
        expected_sick_days: Further school days of illness that evidence foretells, from a doctor say.
    """
    found = (attendance(situation), sickness(situation, expected_days=expected_sick_days))
    made = {
        (event.made, event.episode) for event in situation.case.of(e.ReturnMade) if event.on <= situation.on
    }
    return tuple(item for item in found if item and (item.made, item.episode) not in made)


def addressee(situation: Situation) -> str:
    """Which authority a return goes to: that of the school."""
    return situation.school.la_code


def attendance(situation: Situation) -> ReturnDue | None:
    """Ten school days in a row of unauthorised absence, still going on; None below that or out of age."""
    rule = situation.value("returns.attendance")
    if not is_of_age(situation) or not register.is_on_roll(situation):
        return None
    urn = situation.school.urn
    run = situation.facts.run(rule.codes, situation.on, urn)
    length = situation.value("clocks.attendance_return").length
    if run.days < length or run.started_on is None:
        return None
    unmarked = f"; without a mark: {number_of(run.unmarked, 'session')}" if run.unmarked else ""
    return ReturnDue(
        made="attendance",
        la_code=addressee(situation),
        why=f"absent without authority for {run.days} school days since {run.started_on:%-d %B %Y}{unmarked}",
        evidence=situation.facts.run_sessions(rule.codes, situation.on, urn),
        episode=f"run from {run.started_on.isoformat()}",
        source=rule.source,
    )


def sickness(situation: Situation, *, expected_days: int = 0) -> ReturnDue | None:
    """The pupil has missed, or will miss, fifteen days through illness this school year."""
    rule = situation.value("returns.sickness")
    if not is_of_age(situation) or not register.is_on_roll(situation):
        return None
    urn = situation.school.urn
    length = situation.value("clocks.sickness_return").length
    sessions = situation.facts.summary(situation.on, urn).illness_sessions_year
    if sessions + 2 * expected_days < 2 * length:
        return None
    year = date(academic_year_of(situation.on), 9, 1)
    ill = tuple(
        str(entry.session)
        for entry in situation.facts.entries(situation.on, urn)
        if entry.code in rule.codes and entry.session.date >= year
    )
    more = f", and {expected_days} more school days are expected" if expected_days else ""
    return ReturnDue(
        made="sickness",
        la_code=addressee(situation),
        why=f"ill for {sessions / 2:g} school days this year{more}",
        evidence=ill,
        episode=f"school year from {year.isoformat()}",
        source=rule.source,
    )


def new_pupil(
    situation: Situation, entered_on: date, *, most_junior_on_first_day: bool = False
) -> ReturnDue | None:
    """The return about a name newly on the roll; none for the youngest class on the year's first day."""
    rule = situation.value("returns.new_pupil")
    if most_junior_on_first_day:
        return None
    return ReturnDue(
        made="new_pupil",
        la_code=addressee(situation),
        why=f"entered on the roll on {entered_on:%-d %B %Y}",
        evidence=(),
        episode=entered_on.isoformat(),
        source=rule.source,
        due_on=deadlines.due(situation.policy, "clocks.new_pupil_return", entered_on, situation.calendar),
    )


def deletion(situation: Situation, deleted_on: date, *, most_senior_class: bool = False) -> ReturnDue | None:
    """The return about a name taken off the roll; none for a leaver after the school year's last term."""
    rule = situation.value("returns.deletion")
    needed = deadlines.deletion_return_due(
        deleted_on, situation.calendar, most_senior_class=most_senior_class
    )
    if needed is False:
        return None
    return ReturnDue(
        made="deletion",
        la_code=addressee(situation),
        why=f"the name is deleted on {deleted_on:%-d %B %Y}",
        evidence=(),
        episode=deleted_on.isoformat(),
        source=rule.source,
        due_on=deleted_on,
    )


def is_of_age(situation: Situation) -> bool:
    """Whether the law of returns is about this pupil: of compulsory school age, or of an age not known."""
    span = compulsory_age.span(situation)
    return span is None or span[0] <= situation.on <= span[1]
