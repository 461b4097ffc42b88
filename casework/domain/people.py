"""Pupils, parents, schools and the officers who act; who may do what is said by role."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal


class Role(StrEnum):
    """What an officer may be asked to do. One person may hold several."""

    PASTORAL_LEAD = "pastoral_lead"
    ATTENDANCE_OFFICER = "attendance_officer"
    DSL = "dsl"
    HEADTEACHER = "headteacher"
    AUTHORISED_OFFICER = "authorised_officer"
    EWO = "ewo"
    TRUST_ATTENDANCE_LEAD = "trust_attendance_lead"
    GOVERNOR = "governor"
    ADMINISTRATOR = "administrator"


Setting = Literal["maintained", "academy", "independent", "ap", "special"]


@dataclass(frozen=True, slots=True)
class School:
    """One establishment; the LA is the one whose area it stands in."""

    urn: str
    name: str
    la_code: str
    dfe_number: str = ""
    phase: str = ""
    policy: str = "national"
    trust: str = ""
    setting: str = "maintained"
    timezone: str = "Europe/London"


@dataclass(frozen=True, slots=True)
class Pupil:
    """A pupil as the school knows them; None is not known, never no."""

    upn: str
    surname: str
    forename: str
    known_as: str = ""
    dob: date | None = None
    sex: str = ""
    year_group: str = ""
    class_name: str = ""
    fsm: bool | None = None
    sen: str = ""
    looked_after: bool | None = None
    social_worker: bool | None = None
    youth_justice: bool | None = None
    young_carer: bool | None = None
    eal_language: str = ""
    traveller: bool | None = None
    part_time_timetable: bool | None = None

    @property
    def name(self) -> str:
        """The name used day to day."""
        return f"{self.known_as or self.forename} {self.surname}".strip()


@dataclass(frozen=True, slots=True)
class Parent:
    """A contact of one pupil. Parental responsibility may be unknown and is never guessed."""

    contact_id: str
    upn: str
    title: str = ""
    forename: str = ""
    surname: str = ""
    relationship: str = ""
    parental_responsibility: bool | None = None
    lives_with_pupil: bool | None = None
    priority: int | None = None
    address_1: str = ""
    address_2: str = ""
    town: str = ""
    postcode: str = ""
    phone: str = ""
    email: str = ""
    language: str = ""
    contact_allowed: bool | None = None

    @property
    def name(self) -> str:
        """Title, forename and surname, as an envelope shows them."""
        return " ".join(part for part in (self.title, self.forename, self.surname) if part)

    @property
    def address(self) -> tuple[str, ...]:
        """The lines of the address that are known."""
        return tuple(line for line in (self.address_1, self.address_2, self.town, self.postcode) if line)

    @property
    def address_complete(self) -> bool:
        """Whether a letter can be posted: a first line, a town and a postcode."""
        return bool(self.address_1 and self.town and self.postcode)


LA_ROLES = frozenset({Role.EWO, Role.AUTHORISED_OFFICER})
"""The roles that act for an LA."""


@dataclass(frozen=True, slots=True)
class Post:
    """One role in one place: at a school, for a trust or for an LA; an administrator's may have none.

    It is held from `since` to `until`, both included.
    """

    role: Role
    urn: str = ""
    trust: str = ""
    la_code: str = ""
    since: date = date.min
    until: date = date.max

    def covers(self, school: School) -> bool:
        """Whether the role is held at this school."""
        if self.role is Role.ADMINISTRATOR or self.urn:
            return self.role is Role.ADMINISTRATOR or self.urn == school.urn
        if self.trust:
            return self.role is Role.TRUST_ATTENDANCE_LEAD and self.trust == school.trust
        return self.role in LA_ROLES and bool(self.la_code) and self.la_code == school.la_code


@dataclass(frozen=True, slots=True)
class Officer:
    """Someone who acts: a reference that logs may carry, a name that they may not.

    `schools` are the URNs whose cases they see; `la_codes` the LAs they act for; `trusts` the trusts.
    `posts` say which role is held where; without them every role is held in every place named.
    """

    officer_id: str
    name: str
    roles: frozenset[Role]
    schools: frozenset[str] = frozenset()
    la_codes: frozenset[str] = frozenset()
    trusts: frozenset[str] = frozenset()
    posts: frozenset[Post] = frozenset()

    def __post_init__(self) -> None:
        if not self.posts:
            object.__setattr__(self, "posts", frozenset(self._everywhere()))

    def _everywhere(self) -> Iterator[Post]:
        for role in self.roles:
            yield from (Post(role, urn=urn) for urn in self.schools)
            yield from (Post(role, trust=trust) for trust in self.trusts)
            yield from (Post(role, la_code=la_code) for la_code in self.la_codes)
            if role is Role.ADMINISTRATOR and not (self.schools or self.trusts or self.la_codes):
                yield Post(role)

    def at(self, school: School) -> "Officer":
        """The officer as they act at one school, with the roles they hold there and no others."""
        held = frozenset(post for post in self.posts if post.covers(school))
        return Officer(
            self.officer_id,
            self.name,
            frozenset(post.role for post in held),
            frozenset({school.urn}) if any(not post.la_code for post in held) else frozenset(),
            frozenset(post.la_code for post in held if post.la_code),
            frozenset(post.trust for post in held if post.trust),
            held,
        )

    def on(self, day: date) -> "Officer":
        """The officer as they may act on a day: without roles that had not begun, or were over."""
        held = frozenset(post for post in self.posts if post.since <= day <= post.until)
        if held == self.posts:
            return self
        return Officer(
            self.officer_id,
            self.name,
            frozenset(post.role for post in held),
            frozenset(post.urn for post in held if post.urn),
            frozenset(post.la_code for post in held if post.la_code),
            frozenset(post.trust for post in held if post.trust),
            held,
        )

    def holds(self, *roles: Role) -> bool:
        """Whether the officer holds any of these roles."""
        return not self.roles.isdisjoint(roles)


ENGINE = Officer("engine", "casework", frozenset())
"""Who records what no person decides: a trigger found, a clock that fired. It can decide nothing."""
