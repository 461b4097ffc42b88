"""The papers of a school's termly targeting support meeting: its agenda, and the pupils to be talked about.

They are of a school, so they belong to no case and are made anew when asked for. Only pupils who are severely
or persistently absent stand on the list, and of each no more than the meeting needs.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime

from sqlalchemy import Connection

from casework.actions import figures
from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.actions.policies import policy_of
from casework.documents import printing
from casework.documents.fields import year_in_words
from casework.domain import Officer, Pupil
from casework.domain.calendar import academic_year_of
from casework.domain.words import in_words
from casework.facts import Summary
from casework.policy import Policy
from casework.rules.flags import flags_of
from casework.storage import cases, people, schools

AGENDA, LIST = "targeting_support_agenda", "targeting_support_list"
_GROUPS: tuple[tuple[str, Callable[[Pupil], object]], ...] = (
    ("The whole school", lambda pupil: True),
    ("Free school meals", lambda pupil: pupil.fsm),
    ("Special needs support (K)", lambda pupil: pupil.sen == "K"),
    ("Education, health and care plan", lambda pupil: pupil.sen == "E"),
    ("Has a social worker", lambda pupil: pupil.social_worker),
)


def papers(
    inst: Installation,
    officer: Officer,
    urn: str,
    on: date,
    *,
    at: datetime,
    place: str,
    who_comes: Iterable[str],
    matters: Iterable[str] = (),
) -> Mapping[str, bytes]:
    """The agenda and the list of pupils, as Word files by the name of the document.

    Raises:
        NotFound: The school is not one of this officer's.
        MissingFields: Nobody was named to come, or the school has no pupil to talk about.
    """
    require(officer, Act.READ_CASES)
    year = [line for line in figures.facts(inst, officer, on, urn) if line.year.possible]
    with inst.act(officer) as tx:
        school = schools.school(tx, urn)
        policy = policy_of(school)
        code = policy.maybe("la.code_of_conduct", on)
        roll = {pupil.upn: pupil for pupil in people.pupils(tx, people.on_roll(tx, urn, on), urn)}
        here = [line for line in year if line.upn in roll]
        listed = [line for line in here if _missed(line, policy, "persistently_absent", on)]
        listed.sort(key=lambda line: line.year.attended / line.year.possible)
        rows = [_row(tx, roll[line.upn], line, on) for line in listed]
    shared: dict[str, object] = {
        "school_name": school.name,
        "la_name": str(code.authority) if code else "",
        "reference": f"{urn}-{on:%Y%m%d}",
        "support_meeting_at": at,
        "support_meeting_place": place,
        "period_from": date(academic_year_of(on), 9, 1),
        "period_to": on,
    }
    agenda = {
        **shared,
        "who_comes": tuple(who_comes),
        "matters": tuple(matters),
        "figures": [_group(name, belongs, here, roll, policy, on) for name, belongs in _GROUPS],
    }
    lists = {**shared, "prepared_by": officer.name, "pupils": rows}
    return {
        AGENDA: inst.letters.render(AGENDA, agenda).content,
        LIST: inst.letters.render(LIST, lists).content,
    }


def _missed(line: Summary, policy: Policy, band: str, on: date) -> bool:
    """Whether a pupil missed as much of the year as the band says, or more."""
    percent = int(policy.value(f"bands.{band}", on).missed_percent)
    return (line.year.possible - line.year.attended) * 100 >= percent * line.year.possible


def _group(
    name: str,
    belongs: Callable[[Pupil], object],
    lines: Iterable[Summary],
    roll: Mapping[str, Pupil],
    policy: Policy,
    on: date,
) -> dict[str, str]:
    mine = [line for line in lines if belongs(roll[line.upn])]
    attended = sum(line.year.attended for line in mine)
    possible = sum(line.year.possible for line in mine)
    return {
        "group": name,
        "pupils": str(len(mine)),
        "attended": printing.percent(attended, possible) if possible else "-",
        "persistent": str(sum(_missed(line, policy, "persistently_absent", on) for line in mine)),
        "severe": str(sum(_missed(line, policy, "severely_absent", on) for line in mine)),
    }


def _row(tx: Connection, pupil: Pupil, line: Summary, on: date) -> dict[str, str]:
    case = cases.open_case_of(tx, pupil.upn, line.urn)
    involved = [p for p in people.professionals(tx, pupil.upn) if p.involved(on)]
    flags = sorted(flags_of(pupil, involved) & {"social_worker", "looked_after", "youth_justice", "ehcp"})
    taken_up = [out for _, out in case.offers if out and out.outcome in ("engaged", "helped")] if case else []
    offers = printing.count(len(case.offers), "offer") if case else "No case"
    return {
        "pupil": pupil.name,
        "year": year_in_words(pupil.year_group) or "Not recorded",
        "attended": printing.percent(line.year.attended, line.year.possible),
        "missed": printing.count(line.year.possible - line.year.attended, "session"),
        "unauthorised": printing.count(line.year.unauthorised, "session"),
        "flags": ", ".join(in_words(flag) for flag in flags) or "-",
        "help": f"{offers}, {len(taken_up)} taken up" if case else offers,
        "stage": in_words(case.stage.value).capitalize() if case and case.stage else "Not begun",
        "agreed": "To be agreed",
    }
