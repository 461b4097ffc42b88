"""Two schools of one authority and everybody who acts: registers come in as files, each day as it passes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any

import pytest
from typer.testing import CliRunner

from casework.actions import decide, triage
from casework.actions.importing import Imported, import_files
from casework.actions.installation import Installation
from casework.actions.recording import By
from casework.cli import command_line, options
from casework.documents import Letters
from casework.domain import ENGINE, Case, CaseworkError, Consideration, Decision, Half, Officer, Role
from casework.rules.situation import Situation
from casework.stages import STEPS
from casework.stages.force import blocking, passing_answers
from casework.storage import people
from casework.storage.database import Database
from casework.storage.people import OfficerRole
from tests.actions.world import TEMPLATES
from tests.situations import CALENDAR, days

NORTH, SOUTH = "100001", "100002"
NORFOLK, STOCKPORT = "926", "356"
NAMES = {NORTH: "Invented High School", SOUTH: "Another Primary School"}


def _officer(officer_id: str, name: str, *roles: Role, urn: str = "", la_code: str = "") -> Officer:
    return Officer(
        officer_id,
        name,
        frozenset(roles),
        frozenset({urn} if urn else ()),
        frozenset({la_code} if la_code else ()),
    )


HEAD = _officer("head", "Ida Quill", Role.HEADTEACHER, Role.AUTHORISED_OFFICER, urn=NORTH)
PASTORAL = _officer("pastoral", "Bea Thorn", Role.PASTORAL_LEAD, urn=NORTH)
DSL = _officer("dsl", "Dermot Kyle", Role.DSL, urn=NORTH)
OTHER_HEAD = _officer("other-head", "Winston Addo", Role.HEADTEACHER, Role.AUTHORISED_OFFICER, urn=SOUTH)
OTHER_PASTORAL = _officer("other-pastoral", "Lena Marsh", Role.PASTORAL_LEAD, urn=SOUTH)
EWO = _officer("ewo", "Olu Marsh", Role.EWO, la_code=NORFOLK)
OTHER_EWO = _officer("other-ewo", "Lionel Sharrow", Role.EWO, la_code=STOCKPORT)
EVERYBODY = (HEAD, PASTORAL, DSL, OTHER_HEAD, OTHER_PASTORAL, EWO, OTHER_EWO)


@dataclass(frozen=True)
class Child:
    """A pupil of the story, with the contacts each of their parents has."""

    upn: str
    urn: str
    forename: str
    surname: str
    dob: str = "2013-05-14"
    year_group: str = "8"
    on_roll_from: str = "2024-09-01"
    on_roll_to: str = ""
    social_worker: str = "false"
    parents: Mapping[str, str] = field(default_factory=lambda: {"A": "Ms Mara", "B": "Mr Piers"})


@dataclass
class World:
    """An installation whose clock is the story's: what is recorded on a day is recorded on that day."""

    inst: Installation
    day: date
    ticks: Any = field(default_factory=count)

    @classmethod
    def of(cls, database: Database, day: date) -> "World":
        """An empty installation on the story's first day."""
        world = cls(Installation(database, Letters(TEMPLATES), lambda: world.now()), day)
        return world

    def now(self) -> datetime:
        """Mid-morning of the day, a second later each time."""
        return datetime.combine(self.day, time(10), UTC) + timedelta(seconds=next(self.ticks))

    def by(self, officer: Officer, **more: Any) -> By:
        """Somebody who writes today."""
        return By(officer, self.day, **more)

    # -- what comes in ---------------------------------------------------------------------------------------

    def bring_in(self, *files: tuple[str, Sequence[str]], **more: Any) -> Imported:
        """Import some tables of lines, today, as the engine unless somebody else is named."""
        who = more.pop("officer", ENGINE)
        made = [(name, ("\n".join(lines) + "\n").encode()) for name, lines in files]
        return import_files(self.inst, who, made, now=self.now(), **more)

    def schools(self, *children: Child) -> None:
        """Both schools with their calendar, roll, contacts and officers."""
        sessions = [
            f"{urn},{s.date},{s.half.value},true,{half_term}"
            for urn in NAMES
            for s, half_term in zip(CALENDAR.sessions, CALENDAR.half_terms, strict=True)
        ]
        self.bring_in(
            (
                "schools.csv",
                [
                    "urn,name,la_code,phase,policy,setting",
                    *(f"{urn},{name},{NORFOLK},secondary,national,maintained" for urn, name in NAMES.items()),
                ],
            ),
            ("sessions.csv", ["urn,date,session,open,half_term", *sessions]),
            ("pupils.csv", [PUPILS, *map(_pupil, children)]),
            ("contacts.csv", [CONTACTS, *(line for child in children for line in _contacts(child))]),
        )
        with self.inst.act(ENGINE) as tx:
            for officer in EVERYBODY:
                people.save_officer(tx, officer.officer_id, officer.name)
                for role in officer.roles:
                    for given in (
                        *(OfficerRole(role, date(2025, 9, 1), urn=urn) for urn in officer.schools),
                        *(OfficerRole(role, date(2025, 9, 1), la_code=code) for code in officer.la_codes),
                    ):
                        people.give_role(tx, officer.officer_id, given)

    def register(self, child: Child, first: str, last: str, absences: str = "", **more: Any) -> Imported:
        """A child's register for some days: present but for the absences; `?` is a session without a mark."""
        codes = days(absences)
        rows = []
        for session in CALENDAR.sessions_between(date.fromisoformat(first), date.fromisoformat(last)):
            code = codes.get(session, "/" if session.half is Half.AM else "\\")
            if code != "?":
                rows.append(f"{child.upn},{child.urn},{session.date},{session.half.value},{code}")
        return self.bring_in(("marks.csv", ["upn,urn,date,session,code", *rows]), **more)

    # -- what people do --------------------------------------------------------------------------------------

    def open_case(self, child: Child, officer: Officer, reason: str) -> Case:
        """A case opened by hand."""
        return triage.open_by_hand(self.inst, self.by(officer), child.urn, child.upn, reason)

    def about(self, officer: Officer, ref: str, parent_id: str = "") -> Situation:
        """What the gates look at today."""
        now = decide.situation(self.inst, officer, ref, self.day)
        return now.about(next((p for p in now.parents if p.contact_id == parent_id), None))

    def answers(
        self, officer: Officer, ref: str, step: str, parent_id: str = ""
    ) -> tuple[Consideration, ...]:
        """Every question of a step answered so that it may go on, with a reason and evidence."""
        stage, now = STEPS[step], self.about(officer, ref, parent_id)
        asked = blocking(now, stage, stage.findings(now))
        return tuple(
            Consideration(f.rule, passing_answers(now, stage, f)[0], "It was looked at.", ("#1",))
            for f in asked
        )

    def decide(
        self,
        officer: Officer,
        ref: str,
        step: str,
        parent_id: str = "",
        *,
        yes: bool = True,
        reasons: str = "The step is right for this family.",
        **details: str,
    ) -> Case:
        """A named officer's decision on a step, its questions answered."""
        stage = STEPS[step]
        role = next((role.value for role in stage.decided_by if role in officer.roles), "")
        given = self.answers(officer, ref, step, parent_id) if yes else ()
        decision = Decision(stage.name, officer, role, self.day, yes, reasons, parent_id, given, details)
        return decide.decide(self.inst, ref, step, decision)


def command(world: World, monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str]:
    """What a command line, on the story's day unless it names one, exits with and prints.

    Words as `("why", ref, "--as", "head")`.
    """
    monkeypatch.setattr(options, "open_installation", lambda _: world.inst)
    monkeypatch.setattr(options.console, "width", 400)
    day = [] if "--on" in words else ["--on", world.day.isoformat()]
    done = CliRunner().invoke(command_line(words[0]), [*words, *day])
    if isinstance(done.exception, CaseworkError):
        return 1, str(done.exception)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


PUPILS = (
    "upn,urn,surname,forename,dob,year_group,on_roll_from,on_roll_to,looked_after,social_worker,youth_justice"
)
CONTACTS = (
    "upn,contact_id,title,forename,surname,relationship,parental_responsibility,lives_with_pupil,priority,"
    "address_1,town,postcode,contact_allowed"
)


def _pupil(child: Child) -> str:
    return (
        f"{child.upn},{child.urn},{child.surname},{child.forename},{child.dob},{child.year_group},"
        f"{child.on_roll_from},{child.on_roll_to},false,{child.social_worker},false"
    )


def _contacts(child: Child) -> list[str]:
    return [
        f"{child.upn},{contact_id},{name.split()[0]},{name.split()[1]},{child.surname},parent,true,true,"
        f"{place},{place} Invented Lane,Nowhere,ZZ1 1ZZ,true"
        for place, (contact_id, name) in enumerate(child.parents.items(), 1)
    ]
