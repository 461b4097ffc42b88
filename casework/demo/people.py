"""Families, their children and the rolls of the six schools, drawn from one seed."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from casework.demo import names
from casework.demo.calendars import FIRST_DAY_OF_YEAR, LAST_DAY_OF_YEAR, LEAVING_DAY, school_days
from casework.demo.schools import (
    ACADEMY,
    CENTRES,
    INFANT,
    PLACED,
    PRIMARY,
    PROVISION,
    SCHOOLS,
    SECONDARY,
    DemoSchool,
    year_name,
)
from casework.domain import Parent, Pupil
from casework.domain.identifiers import check_letter

SIBLING_SHARE = 0.4
STORY_SERIAL = 900
"""UPN serials from here on belong to the storylines, whatever the seed."""


_FORENAMES_OF = {"Mother": names.MOTHERS, "Father": names.FATHERS, "Step-father": names.FATHERS}


@dataclass(frozen=True, slots=True)
class Home:
    """Where somebody lives."""

    address_1: str
    town: str
    postcode: str


@dataclass(frozen=True, slots=True)
class Adult:
    """A contact as the family knows them; `home` None is the child's own address."""

    contact_id: str
    title: str
    forename: str
    surname: str
    relationship: str
    responsibility: bool | None
    home: Home | None
    phone: str
    email: str
    allowed: bool | None = True


@dataclass(slots=True)
class Family:
    """A household with its adults; `strain` is how far its children's absence leans together."""

    number: int
    region: str
    surname: str
    home: Home
    language: str
    adults: tuple[Adult, ...]
    fsm: bool
    observes: bool
    traveller: bool
    strain: float
    cohorts: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Person:
    """A child of the trust: the pupil, the contacts, and what shapes the child's absence.

    `cohort` is the year in whose September the child was of reception age. `story` names the storyline the
    child belongs to; such a child's marks are written by hand, not drawn.
    """

    pupil: Pupil
    cohort: int
    contacts: tuple[Parent, ...]
    latent: float = 0.0
    observes: bool = False
    story: str = ""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One child's stay on one school's roll; both days are on the roll, `last` None is still there."""

    person: Person
    school: DemoSchool
    first: date
    last: date | None
    mis_id: str
    dual: bool = False

    @property
    def pupil(self) -> Pupil:
        """The pupil with the year group and class, or learning centre, of the last year on this roll."""
        year = 2026 if self.last is None or self.last >= FIRST_DAY_OF_YEAR[2026] else 2025
        number = year - self.person.cohort
        place = int(self.person.pupil.upn[10:12])
        letter = "ABKR"[place % (2 if number < 7 else 4)]
        class_name = f"{year_name(number)}{letter}"
        if self.school is PROVISION:
            class_name = CENTRES[place % len(CENTRES)]
        return replace(self.person.pupil, year_group=year_name(number), class_name=class_name)


class Registrar:
    """Hands out UPNs, contact ids and MIS numbers, each once."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self._serials: dict[str, int] = {}
        self._families = 0
        self._mis = 6000

    def upn(self, prefix: str, year: int) -> str:
        """The next UPN of an establishment in a year; one in eighty is temporary."""
        serial = self._serials.get(f"{prefix}{year}", 0) + 1
        if serial >= STORY_SERIAL:
            return self.upn(f"{int(prefix) + 40:07d}", year)
        self._serials[f"{prefix}{year}"] = serial
        return upn_of(prefix, year, serial, temporary=self.random.random() < 1 / 80)

    def family(self) -> int:
        """The next family's number."""
        self._families += 1
        return self._families

    def mis_id(self) -> str:
        """The next person number of the MIS."""
        self._mis += self.random.randint(1, 7)
        return str(self._mis)


def upn_of(prefix: str, year: int, serial: int, temporary: bool = False) -> str:
    """A UPN with its check letter; a temporary one keeps two digits of the serial and ends with a letter."""
    tail = f"{serial % 100:02d}{'ABCDEFGHJ'[serial // 100]}" if temporary else f"{serial:03d}"
    body = f"{prefix}{year % 100:02d}{tail}"
    return check_letter(body) + body


def landline(random: Random) -> str:
    """A number from the range kept for drama."""
    return f"01632 960{random.randint(0, 999):03d}"


def mobile(random: Random) -> str:
    """A mobile number from the range kept for drama."""
    return f"07700 900{random.randint(0, 999):03d}"


def home(random: Random, region: str) -> Home:
    """An address in a postcode area that was never used."""
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    unit = f"{random.randint(1, 9)}{random.choice(letters)}{random.choice(letters)}"
    return Home(
        address_1=f"{random.randint(1, 148)} {random.choice(names.STREETS)}",
        town=random.choice(names.TOWNS[region]),
        postcode=f"ZZ{random.randint(1, 19)} {unit}",
    )


def _adult(random: Random, family: int, letter: str, relationship: str, surname: str, **more: Any) -> Adult:
    title = {"Mother": "Ms", "Step-father": "Mr", "Father": "Mr"}.get(relationship, "Mx")
    forename = random.choice(_FORENAMES_OF.get(relationship, names.MOTHERS + names.FATHERS))
    ascii_name = "".join(c for c in surname.lower() if c.isascii() and c.isalpha()) or "family"
    email = f"{forename.lower()}.{ascii_name}{family}@example.org" if random.random() < 0.8 else ""
    adult = Adult(
        contact_id=f"C{family:05d}{letter}",
        title=title if relationship != "Mother" else random.choice(("Ms", "Mrs", "Miss", "Dr")),
        forename=forename,
        surname=surname,
        relationship=relationship,
        responsibility=True,
        home=None,
        phone=mobile(random) if random.random() < 0.95 else "",
        email=email,
    )
    return replace(adult, **more)


def _adults(random: Random, number: int, surname: str, region: str) -> tuple[Adult, ...]:
    """One to three adults: together, separated with two addresses, alone, or with a step-parent."""
    other = random.choice(names.SURNAMES)
    mother = _adult(random, number, "A", "Mother", surname if random.random() < 0.7 else other)
    kind = random.random()
    if kind < 0.55:
        return (mother, _adult(random, number, "B", "Father", surname))
    if kind < 0.8:
        known = random.random()
        father = _adult(
            random, number, "B", "Father", surname,
            home=home(random, region),
            responsibility=None if known < 0.3 else True,
            allowed=not known > 0.96,
        )  # fmt: skip
        return (mother, father)
    if kind < 0.9:
        return (mother, _adult(random, number, "B", "Step-father", other, responsibility=False))
    if kind < 0.95:
        kin = _adult(
            random, number, "B", "Grandparent", other, responsibility=None, home=home(random, region)
        )
        return (mother, kin)
    return (mother,)


def new_family(random: Random, registrar: Registrar, region: str) -> Family:
    """A family with its adults and what its children share."""
    number = registrar.family()
    awkward = random.random() < 0.03
    surname = random.choice(names.AWKWARD_SURNAMES if awkward else names.SURNAMES)
    if random.random() < 0.05 and not awkward:
        surname = f"{surname}-{random.choice(names.SURNAMES)}"
    return Family(
        number=number,
        region=region,
        surname=surname,
        home=home(random, region),
        language=random.choice(names.LANGUAGES) if random.random() < 0.21 else "",
        adults=_adults(random, number, surname, region),
        fsm=random.random() < 0.26,
        observes=random.random() < 0.13,
        traveller=random.random() < 0.004,
        strain=random.gauss(0, 1),
    )


def parents_of(upn: str, adults: tuple[Adult, ...], at: Home, language: str) -> tuple[Parent, ...]:
    """One contact for each adult, in the order in which the school rings them."""
    return tuple(
        Parent(
            contact_id=adult.contact_id,
            upn=upn,
            title=adult.title,
            forename=adult.forename,
            surname=adult.surname,
            relationship=adult.relationship,
            parental_responsibility=adult.responsibility,
            lives_with_pupil=adult.home is None,
            priority=place,
            address_1=(adult.home or at).address_1,
            town=(adult.home or at).town,
            postcode=(adult.home or at).postcode,
            phone=adult.phone,
            email=adult.email,
            language=language,
            contact_allowed=adult.allowed,
        )
        for place, adult in enumerate(adults, 1)
    )


def _child(random: Random, family: Family, upn: str, cohort: int, provision: bool) -> Person:
    born = date(cohort - 5, 9, 1) + timedelta(days=random.randint(0, 364))
    awkward = random.random() < 0.02
    sen = random.choices("NKE", (25, 40, 35) if provision else (81, 14, 5))[0]
    looked_after = random.random() < (0.06 if provision else 0.007)
    worker = looked_after or random.random() < (0.2 if provision else 0.03)
    justice = random.random() < 0.12 if provision else (random.random() < 0.004 if cohort < 2014 else None)
    forename = random.choice(names.AWKWARD_FORENAMES if awkward else names.FORENAMES)
    pupil = Pupil(
        upn=upn,
        surname=family.surname,
        forename=forename,
        known_as=forename[:3] if random.random() < 0.04 and not awkward else "",
        dob=born,
        sex=random.choice("MF"),
        fsm=family.fsm,
        sen=sen,
        looked_after=looked_after,
        social_worker=worker,
        youth_justice=justice,
        young_carer=True if random.random() < 0.012 else (False if random.random() < 0.7 else None),
        eal_language=family.language,
        traveller=family.traveller,
        part_time_timetable=False,
    )
    latent = (
        random.gauss(0, 1)
        + 0.5 * family.strain
        + 0.75 * family.fsm
        + {"N": 0.0, "K": 0.55, "E": 0.8}[sen]
        + 0.5 * worker
    )
    contacts = parents_of(upn, family.adults, family.home, family.language)
    if looked_after:
        contacts = _carers(random, upn, family)
    return Person(pupil, cohort, contacts, latent, family.observes)


def _carers(random: Random, upn: str, family: Family) -> tuple[Parent, ...]:
    """A foster carer without parental responsibility, and a parent who has it and lives elsewhere."""
    where = home(random, family.region)
    carer = _adult(
        random, family.number, "F", "Foster carer", random.choice(names.SURNAMES), responsibility=False
    )
    parent = replace(family.adults[0], home=family.home)
    return parents_of(upn, (carer, parent), where, family.language)


class _Rolls:
    """Builds the trust's rolls: each school's cohorts first, then those who move."""

    def __init__(self, seed: int, pupils: int, until: date) -> None:
        self.random = Random(f"casework demo people {seed}")
        self.registrar = Registrar(self.random)
        self.pupils, self.until = pupils, until
        self.families: dict[str, list[Family]] = {"north": [], "coast": []}
        self.found: list[Enrolment] = []
        self.days = {
            school.urn: [day for day, _ in school_days(school) if day <= until] for school in SCHOOLS
        }

    def person(self, school: DemoSchool, cohort: int) -> Person:
        """A new child, a sibling of one already here where a family has room for one."""
        families = self.families[school.region]
        family = None
        if families and self.random.random() < SIBLING_SHARE:
            tried = families[self.random.randrange(len(families))]
            if len(tried.cohorts) < 4 and cohort not in tried.cohorts:
                family = tried
        if family is None:
            family = new_family(self.random, self.registrar, school.region)
            families.append(family)
        family.cohorts.append(cohort)
        issuer = (
            school.prefix if school.years[0] <= 0 else f"{school.prefix[:3]}9{self.random.randint(911, 929)}"
        )
        return _child(
            self.random, family, self.registrar.upn(issuer, cohort), cohort, school.rates == "special"
        )

    def enrol(self, person: Person, school: DemoSchool, first: date, last: date | None) -> Enrolment:
        """Add a stay, cut off where the school's years end."""
        end = self.end_of_years(school, person.cohort)
        if end and first > end:
            first = FIRST_DAY_OF_YEAR[2025]
        if last is None or (end and last > end):
            last = end
        if last is not None and last > self.until:
            last = None
        stay = Enrolment(person, school, first, last, self.registrar.mis_id())
        self.found.append(stay)
        return stay

    def end_of_years(self, school: DemoSchool, cohort: int) -> date | None:
        """The last day of the school's highest year for a cohort that finished it in 2026."""
        if 2025 - cohort < school.years[1]:
            return None
        return LEAVING_DAY if school.years[1] == 11 else LAST_DAY_OF_YEAR[2025]

    def cohorts(self, school: DemoSchool) -> Iterator[int]:
        """Every cohort the school taught in either year, oldest first."""
        low, high = school.years
        yield from range(2025 - high, 2026 - low + 1)

    def fill(self) -> None:
        """The ordinary roll of each school."""
        for school in SCHOOLS:
            low, high = school.years
            exact = self.pupils * school.share / (high - low + 1)
            for place, cohort in enumerate(self.cohorts(school)):
                size = max(1, round(exact * (place + 1)) - round(exact * place))
                arriving = self.arriving(school, cohort, size)
                started = FIRST_DAY_OF_YEAR[2026] if 2026 - cohort == low else date(cohort + low, 9, 3)
                for person in arriving:
                    first, last = self.stay(school, started)
                    self.enrol(person, school, first, last)

    def arriving(self, school: DemoSchool, cohort: int, size: int) -> list[Person]:
        """A cohort's children; about half of the newest come from the trust's school below."""
        known: list[Person] = []
        if school is SECONDARY and 2026 - cohort == school.years[0]:
            known = [e.person for e in self.found if e.school is PRIMARY and e.person.cohort == cohort][
                : size // 2
            ]
        return known + [self.person(school, cohort) for _ in range(size - len(known))]

    def stay(self, school: DemoSchool, started: date) -> tuple[date, date | None]:
        """First and last day: most stay throughout, a few join or leave in the middle of a year."""
        days = [day for day in self.days[school.urn] if day > started]
        joins, leaves = (0.5, 0.15) if school.rates == "special" else (0.025, 0.025)
        draw = self.random.random()
        if len(days) > 60 and draw < joins:
            return self.random.choice(days[5:-10]), None
        if len(days) > 60 and draw > 1 - leaves:
            return started, self.random.choice(days[20:-10])
        return started, None

    def move(self) -> None:
        """Children who change school within the trust, come back, or attend two schools at once."""
        pairs = ((SECONDARY, ACADEMY), (ACADEMY, SECONDARY), (PRIMARY, INFANT), (INFANT, PRIMARY))
        for source, target in pairs:
            for stay in self.settled(source, max(1, round(self.pupils * source.share * 0.008)), target):
                self.cut(stay, target)
        for school in (PRIMARY, SECONDARY):
            for stay in self.settled(school, max(1, round(self.pupils * school.share * 0.005)), school):
                self.cut(stay, school, away=self.random.randint(25, 50))
        for school in (SECONDARY, ACADEMY):
            for stay in self.settled(school, max(1, round(self.pupils * 0.004)), PLACED[school.urn]):
                self.share(stay)

    def settled(self, school: DemoSchool, count: int, target: DemoSchool) -> list[Enrolment]:
        """Children who were at a school throughout and whose year the other school teaches in both years."""
        low, high = target.years
        fits = [
            e
            for e in self.found
            if e.school is school
            and e.last is None
            and not e.dual
            and e.first < FIRST_DAY_OF_YEAR[2025]
            and low <= 2025 - e.person.cohort < high
        ]
        return self.random.sample(fits, min(count, len(fits)))

    def cut(self, stay: Enrolment, target: DemoSchool, away: int = 1) -> None:
        """End a stay on one day and begin the next one `away` school days later."""
        days = self.days[target.urn]
        if len(days) < away + 60:
            return
        place = self.random.randrange(30, len(days) - away - 20)
        self.found[self.found.index(stay)] = replace(stay, last=days[place])
        mis_id = stay.mis_id if target is stay.school else self.registrar.mis_id()
        self.found.append(Enrolment(stay.person, target, days[place + away], None, mis_id))

    def share(self, stay: Enrolment) -> None:
        """Put a child on another roll too: Thursdays and Fridays at the provision, the rest at school."""
        self.found[self.found.index(stay)] = replace(stay, dual=True)
        first = FIRST_DAY_OF_YEAR[2026]
        placed = PLACED[stay.school.urn]
        self.found.append(Enrolment(stay.person, placed, first, None, self.registrar.mis_id(), dual=True))


def rolls(seed: int, pupils: int, until: date) -> tuple[Enrolment, ...]:
    """Every stay on every roll of the trust, storylines apart; about `pupils` are on roll at the end."""
    built = _Rolls(seed, pupils, until)
    built.fill()
    built.move()
    keep = [e for e in built.found if e.first <= until]
    return tuple(sorted(keep, key=lambda e: (e.school.urn, e.person.pupil.upn, e.first)))
