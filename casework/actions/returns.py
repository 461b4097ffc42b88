"""Returns to the LA: found from the roll and the register, proposed to a person, made once, with addressee.

A return goes to the authority of the school, never of the home. A pupil needs no case for one; where there is
a case, the return stands on it too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.actions.letter_drafts import drafts, fields_for, rendered_for
from casework.actions.letter_fields import Given
from casework.actions.policies import policy_of
from casework.actions.recording import By, Unclear, given, one_of
from casework.actions.situations import situation_of
from casework.actions.sweeping import swept_facts
from casework.domain import Case, NotFound, Officer, School
from casework.domain import events as e
from casework.domain.calendar import academic_year_of, add_months
from casework.domain.events import Recorded
from casework.rules import returns, triggers
from casework.rules.returns import ReturnDue
from casework.rules.situation import Situation
from casework.storage import cases, people, schools
from casework.storage import returns as kept
from casework.storage.people import Enrolment
from casework.storage.returns import ReturnKept

KINDS = ("new_pupil", "deletion", "attendance", "sickness")
IRREGULAR = "persistently_absent"
"""The trigger by which pupils are proposed for the monthly list of those who fail to attend regularly."""


@dataclass(frozen=True, slots=True)
class ReturnProposed:
    """One return to make, with the pupil's name; `overdue` where its last day has gone."""

    urn: str
    upn: str
    pupil: str
    year_group: str
    due: ReturnDue
    case_ref: str = ""
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class MonthlyList:
    """Pupils who fail to attend regularly, proposed for a named person's signature; once a calendar month."""

    urn: str
    month: date
    due_on: date
    signed_by: str
    pupils: tuple[ReturnProposed, ...]


def due(inst: Installation, officer: Officer, urn: str, on: date) -> tuple[ReturnProposed, ...]:
    """The returns of a school that the law asks for and nobody has made, soonest due first.

    Raises:
        NotFound: The school is not known to this officer.
    """
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        school = schools.school(tx, urn)
        done = {(r.upn, r.made, r.episode) for r in kept.made_at(tx, urn, date.min, on)}
        found = [
            item
            for item in (*_from_register(inst, tx, school, on), *_from_roll(inst, tx, school, on))
            if (item.upn, item.due.made, item.due.episode) not in done
        ]
    return tuple(sorted(found, key=lambda item: (item.due.due_on or on, item.due.made, item.upn)))


def make(
    inst: Installation,
    by: By,
    urn: str,
    upn: str,
    kind: str,
    *,
    expected_sick_days: int = 0,
    because: str = "",
) -> tuple[ReturnKept, ...]:
    """Record the returns of one kind about one pupil that are due; made again, nothing more is recorded.

    Args:
        kind: One of `KINDS`.
        expected_sick_days: Further school days of illness that evidence foretells: a sickness return looks
            forward, and waits for no fifteenth day.
        because: What that is believed on; needed with `expected_sick_days`.

    Raises:
        Unclear: No such return is due, and why not.
        NotFound: The school or the pupil is not known to this officer.
    """
    require(by.officer, Act.OWN_CASES)
    word = one_of(kind, KINDS, "The return")
    if expected_sick_days:
        given(because, "What the expected days are believed on")
    with inst.act(by.officer, by.flow_run) as tx:
        school = schools.school(tx, urn)
        pupil = people.pupil(tx, upn, urn)
        done = {(r.made, r.episode) for r in kept.made_at(tx, urn, date.min, date.max) if r.upn == upn}
        owed = [item.due for item in _from_roll(inst, tx, school, by.on, only=upn) if item.due.made == word]
        if word in ("attendance", "sickness"):
            now = _situation(inst, tx, school, upn, by.on)
            owed = [d for d in returns.due(now, expected_sick_days=expected_sick_days) if d.made == word]
        if because:
            owed = [replace(d, why=f"{d.why} ({because.strip()})") for d in owed]
        if not owed:
            raise Unclear(
                f"No {word.replace('_', ' ')} return about {pupil.upn} is due on {by.on:%d %B %Y}.",
                "See which are: casework returns --school URN.",
            )
        fresh = [d for d in owed if (d.made, d.episode) not in done]
        made = tuple(_keep(inst, tx, by, school, upn, item) for item in fresh)
        for item in made:
            if item.case_ref:
                _draft_form(inst, tx, by, item)
        return made


def form(inst: Installation, by: By, urn: str, upn: str, kind: str, given_: Given) -> bytes:
    """The form of a return that was made, as a Word file, where the pupil has no case to keep it on.

    Raises:
        NotFound: No such return was made about this pupil.
        MissingFields: What only a person can say was not given; all of it is named.
        Unclear: The pupil has a case: the form is drafted there.
    """
    require(by.officer, Act.OWN_CASES)
    template = f"{one_of(kind, KINDS, 'The return')}_return"
    with inst.act(by.officer) as tx:
        school = schools.school(tx, urn)
        made = [r for r in kept.made_at(tx, urn, date.min, by.on) if (r.upn, r.made) == (upn, kind)]
        if not made:
            raise NotFound(f"{kind.replace('_', ' ')} return about pupil", upn, "Make it first.")
        if made[-1].case_ref:
            raise Unclear(f"Its form is drafted on case {made[-1].case_ref}.", "Complete it there.")
        now = situation_of(tx, _no_case(school, upn, by.on, inst.now()), by.on)
        reference = f"{urn}, {made[-1].made.replace('_', ' ')} return of {made[-1].made_on:%d %B %Y}"
        said = {"return_reason": made[-1].why, "reference": reference, **given_}
        fields = fields_for(inst, tx, now, template, None, by.officer, said)
        return rendered_for(inst, tx, now, template, fields, said).content


def _draft_form(inst: Installation, tx: Connection, by: By, made: ReturnKept) -> None:
    """The form that carries a return, as a draft of its case."""
    now = situation_of(tx, cases.load(tx, made.case_ref), by.on)
    key = f"form:{made.urn}:{made.upn}:{made.made}:{made.episode}"
    template = f"{made.made}_return"
    drafted = drafts(inst, tx, now, template, (None,), by, {"return_reason": made.why}, effect_key=key)
    cases.append(tx, made.case_ref, tuple(drafted), None, inst.now())


def monthly_list(inst: Installation, officer: Officer, urn: str, on: date) -> MonthlyList:
    """The month's list of pupils who fail to attend regularly, as proposed, or as it was signed.

    Proposed is who is persistently absent and has unauthorised absence this year, but for those about whom
    an attendance return was made this month already. A person decides who stands on it.
    """
    require(officer, Act.READ_CASES)
    month = on.replace(day=1)
    last = add_months(month, 1) - timedelta(days=1)
    with inst.act(officer) as tx:
        school = schools.school(tx, urn)
        made = [r for r in kept.made_at(tx, urn, month, last) if r.made == "attendance"]
        signed = [r for r in made if r.episode == _episode(month)]
        found = () if signed else tuple(_irregular(inst, tx, school, on, {r.upn for r in made}, last))
        return MonthlyList(urn, month, last, signed[0].by if signed else "", found)


def sign_monthly_list(
    inst: Installation,
    by: By,
    urn: str,
    *,
    left_out: Sequence[str] = (),
    added: Sequence[str] = (),
    reason: str = "",
) -> tuple[ReturnKept, ...]:
    """Sign the month's list as proposed, but for pupils left out or added, with the reason for either.

    Signing it again in the same month records nothing more.
    """
    require(by.officer, Act.APPROVE_LETTERS)
    if left_out or added:
        given(reason, "The reason for leaving out or adding pupils")
    proposed = monthly_list(inst, by.officer, urn, by.on)
    if proposed.signed_by:
        return ()
    with inst.act(by.officer, by.flow_run) as tx:
        school = schools.school(tx, urn)
        owed = {item.upn: item.due for item in proposed.pupils if item.upn not in left_out}
        for upn in added:
            now = _situation(inst, tx, school, people.pupil(tx, upn, urn).upn, by.on)
            owed[upn] = _regularly(now, proposed.month, proposed.due_on, f"added: {reason.strip()}")
        return tuple(_keep(inst, tx, by, school, upn, item) for upn, item in sorted(owed.items()))


# -- found ---------------------------------------------------------------------------------------------------


def _from_register(inst: Installation, tx: Connection, school: School, on: date) -> Iterator[ReturnProposed]:
    """Attendance and sickness returns: only pupils whose counts come near are looked at one by one."""
    policy = policy_of(school)
    result = swept_facts(tx, [school.urn], policy, on)
    days = policy.value("clocks.attendance_return", on).length
    ill = policy.value("clocks.sickness_return", on).length
    near = (result.measures["return_run.days"] >= days) | (
        result.measures["illness_sessions_year"] >= 2 * ill
    )
    for line in near.nonzero()[0]:
        now = _situation(inst, tx, school, result.lines[int(line)][1], on)
        for item in returns.due(now):
            yield _proposed(now, item)


def _from_roll(
    inst: Installation, tx: Connection, school: School, on: date, only: str = ""
) -> Iterator[ReturnProposed]:
    """New-pupil and deletion returns of this academic year."""
    began = date(academic_year_of(on), 9, 1)
    spells = [s for s in people.enrolments(tx, only or None, school.urn) if s.on_roll_from <= on]
    for spell in spells:
        left = spell.on_roll_to is not None and spell.on_roll_to < on
        if spell.on_roll_from < began and not (left and spell.on_roll_to and spell.on_roll_to >= began):
            continue
        now = _situation(inst, tx, school, spell.upn, on)
        if spell.on_roll_from >= began:
            junior = _starts_the_school(now, spell, spells)
            if item := returns.new_pupil(now, spell.on_roll_from, most_junior_on_first_day=junior):
                yield _proposed(now, item)
        if left and spell.on_roll_to is not None and not _is_back(spell, spells):
            senior = bool(spell.year_group) and spell.year_group == _years(spells)[-1]
            if item := returns.deletion(now, spell.on_roll_to, most_senior_class=senior):
                yield _proposed(now, item)


def _starts_the_school(now: Situation, spell: Enrolment, spells: Sequence[Enrolment]) -> bool:
    """Whether a pupil of the youngest class starts on the first school day of the year."""
    year = academic_year_of(spell.on_roll_from)
    days = now.calendar.days_between(date(year, 9, 1), date(year + 1, 8, 31))
    return bool(days) and spell.on_roll_from <= days[0] and spell.year_group == _years(spells)[0]


def _is_back(spell: Enrolment, spells: Sequence[Enrolment]) -> bool:
    return any(s.upn == spell.upn and s.on_roll_from > spell.on_roll_from for s in spells)


def _years(spells: Sequence[Enrolment]) -> list[str]:
    """The school's year groups, youngest first."""
    order = ("N1", "N2", "R", *map(str, range(1, 15)))
    known = {spell.year_group for spell in spells}
    return [year for year in order if year in known] or [""]


def _irregular(
    inst: Installation, tx: Connection, school: School, on: date, but: set[str], due_on: date
) -> Iterator[ReturnProposed]:
    policy = policy_of(school)
    result = swept_facts(tx, [school.urn], policy, on)
    bit = next((t.bit for t in triggers.definitions(policy, on) if t.name == IRREGULAR), None)
    if bit is None:
        return
    raised = triggers.masks(policy, result.measures, on) >> bit & 1
    here = set(people.on_roll(tx, school.urn, on))
    for line in (raised.astype(bool) & (result.measures["year.unauthorised"] > 0)).nonzero()[0]:
        upn = result.lines[int(line)][1]
        if upn in here and upn not in but:
            now = _situation(inst, tx, school, upn, on)
            summary = result.summary(int(line)).year
            why = (
                f"fails to attend regularly: {summary.attended} of {summary.possible} sessions this year, "
                f"{summary.unauthorised} missed without authority"
            )
            if returns.is_of_age(now):
                yield _proposed(now, _regularly(now, on.replace(day=1), due_on, why))


def _regularly(now: Situation, month: date, due_on: date, why: str) -> ReturnDue:
    return ReturnDue(
        made="attendance",
        la_code=returns.addressee(now),
        why=why,
        evidence=(),
        episode=_episode(month),
        source=now.value("returns.attendance").source,
        due_on=due_on,
    )


def _episode(month: date) -> str:
    return f"list of {month:%Y-%m}"


def _proposed(now: Situation, item: ReturnDue) -> ReturnProposed:
    return ReturnProposed(
        urn=now.school.urn,
        upn=now.pupil.upn,
        pupil=now.pupil.name,
        year_group=now.pupil.year_group,
        due=item,
        case_ref=now.case.ref,
        overdue=item.due_on is not None and item.due_on < now.on,
    )


def _situation(inst: Installation, tx: Connection, school: School, upn: str, on: date) -> Situation:
    """The pupil's case as it stands; without one, a case that says nothing and is kept nowhere."""
    case = cases.open_case_of(tx, upn, school.urn) or _no_case(school, upn, on, inst.now())
    return situation_of(tx, case, on)


def _no_case(school: School, upn: str, on: date, at: datetime) -> Case:
    opening = e.CaseOpened(
        case_ref="", on=on, by="engine", upn=upn, urn=school.urn, says="No case.", policy=school.policy
    )
    return Case("", (Recorded(1, at, opening),))


def _keep(
    inst: Installation, tx: Connection, by: By, school: School, upn: str, item: ReturnDue
) -> ReturnKept:
    case = cases.open_case_of(tx, upn, school.urn)
    header = by.header(case.ref if case else "")
    made = ReturnKept(
        urn=school.urn,
        upn=upn,
        made=item.made,
        episode=item.episode,
        la_code=item.la_code,
        why=item.why,
        made_on=by.on,
        by=header["by"],
        role=header["role"],
        case_ref=case.ref if case else "",
    )
    if kept.keep(tx, made, inst.now()) and case is not None:
        cases.lock(tx, case.ref)
        event = e.ReturnMade(
            **header, made=item.made, la_code=item.la_code, why=item.why, episode=item.episode
        )
        cases.append(tx, case.ref, (event,), None, inst.now())
    return made
