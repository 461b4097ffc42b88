"""Children whose registers are written by hand, so that every path through the demo has somebody on it.

Their UPNs, names and marks never change with the seed or the size of the trust. Days are those of autumn
2026 unless a name says otherwise; a child is present whenever nothing else is said.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from casework.demo.people import Adult, Home, Person, parents_of, upn_of
from casework.demo.schools import ACADEMY, INFANT, PRIMARY, PROVISION, SECONDARY, TRAINING, DemoSchool
from casework.domain import Pupil

EVERY_DAY = (0, 1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The same marks on the chosen weekdays of a span of days, both ends included; empty leaves a half be."""

    first: date
    last: date
    am: str
    pm: str
    weekdays: tuple[int, ...] = EVERY_DAY


@dataclass(frozen=True, slots=True)
class Story:
    """A child of a storyline: where, who, since when, and what the register says."""

    name: str
    school: DemoSchool
    person: Person
    stretches: tuple[Stretch, ...] = ()

    @property
    def upn(self) -> str:
        """The child's UPN, the same for every seed."""
        return self.person.pupil.upn


@dataclass(slots=True)
class _Household:
    """A family of the storylines: numbered, at an address of its own."""

    number: int
    surname: str
    home: Home
    language: str = ""
    adults: list[Adult] = field(default_factory=list)

    def adult(self, title: str, forename: str, relationship: str, **more: Any) -> "_Household":
        """Add an adult; the first lives with the child unless told otherwise."""
        letter = "ABCD"[len(self.adults)]
        adult = Adult(
            contact_id=f"S{self.number:02d}{letter}",
            title=title,
            forename=forename,
            surname=self.surname,
            relationship=relationship,
            responsibility=True,
            home=None,
            phone=f"07700 900{self.number * 4 + len(self.adults):03d}",
            email=f"{forename.lower()}.s{self.number}@example.org",
        )
        self.adults.append(replace(adult, **more))
        return self


def _at(number: int, street: str, town: str) -> Home:
    return Home(f"{number} {street}", town, f"ZZ{number % 19 + 1} {number % 9 + 1}AA")


def _on(day: date, am: str, pm: str) -> Stretch:
    return Stretch(day, day, am, pm)


def _day(month: int, day: int, year: int = 2026) -> date:
    return date(year, month, day)


def _story(
    name: str,
    school: DemoSchool,
    serial: int,
    household: _Household,
    forename: str,
    year_number: int,
    stretches: Iterable[Stretch] = (),
    **flags: Any,
) -> Story:
    cohort = 2026 - year_number
    issuer = school.prefix if school.years[0] <= 0 else f"{school.prefix[:3]}9911"
    upn = upn_of(issuer, cohort, serial)
    pupil = Pupil(
        upn=upn,
        surname=household.surname,
        forename=forename,
        dob=date(cohort - 4, 1 + serial % 8, 1 + serial % 27),
        sex="MF"[serial % 2],
        fsm=False,
        sen="N",
        looked_after=False,
        social_worker=False,
        youth_justice=False,
        young_carer=False,
        eal_language=household.language,
        traveller=False,
        part_time_timetable=False,
    )
    contacts = parents_of(upn, tuple(household.adults), household.home, household.language)
    person = Person(replace(pupil, **flags), cohort, contacts, story=name)
    return Story(name, school, person, tuple(stretches))


_TERM = (_day(9, 2), _day(12, 18))
_LAST_YEAR = (_day(9, 3, 2025), _day(7, 21))
_THISTLEWOOD = _Household(1, "Thistlewood", _at(14, "Kiln Bank", "Tannerwick"))
_THISTLEWOOD.adult("Ms", "Marian", "Mother").adult("Mr", "Piers", "Father")
_OBRIEN = _Household(2, "O'Brien", _at(3, "Dyehouse Road", "Tannerwick")).adult("Mrs", "Sinéad", "Mother")
_FAIR = _Household(3, "Fairweather-Ashdown", _at(27, "Larkspur Way", "Tannerwick"))
_FAIR.adult("Mrs", "Beatrice", "Mother")
_HART = _Household(4, "Hart & Vale", _at(61, "Orchard Ginnel", "Tannerwick"))
_HART.adult("Mr", "Solomon", "Father").adult("Ms", "Delphine", "Mother", surname="Vale")
_CORRIGAN = _Household(5, "Corrigan", _at(9, "Shuttle Street", "Tannerwick")).adult("Miss", "Aoife", "Mother")
_QUILL = _Household(6, "Quillfeather", _at(102, "Nettle Hill", "Tannerwick")).adult("Ms", "Ruth", "Mother")
_WEN = _Household(7, "Wen", _at(40, "Plover Drive", "Tannerwick"))
_WEN.adult("Ms", "Hui", "Mother").adult(
    "Mr", "Jian", "Father", home=_at(8, "Tenter Field", "Quillbeck"), email=""
)
_STJOHN = _Household(8, "St. John", _at(5, "Gantry Close", "Tannerwick")).adult("Ms", "Imelda", "Mother")
_STJOHN.adult("Mr", "Conrad", "Father", home=_at(77, "Quarry Steps", "Dappleford"), allowed=False)
_BOSWYN = _Household(9, "Boswyn", _at(1, "Reed Bed Lane", "Tannerwick"))
_BOSWYN.adult("Mrs", "Britannia", "Mother").adult("Mr", "Elias", "Father")
_MULLER = _Household(10, "Müller", _at(19, "Weaver's Yard", "Tannerwick")).adult("Dr", "Anke", "Mother")
_HARGRAVE = _Household(11, "Hargrave", _at(33, "Cotter Street", "Quillbeck")).adult("Mr", "Leonard", "Father")
_DSOUZA = _Household(12, "D'Souza", _at(88, "Millrace Court", "Quillbeck"))
_DSOUZA.adult("Mrs", "Lucinda", "Mother", responsibility=None)
_PELL = _Household(13, "Pell", _at(12, "Heddle Avenue", "Quillbeck")).adult("Ms", "Verity", "Mother")
_ASHBY = _Household(14, "Ashby-Cole", _at(56, "Fuller's Row", "Dappleford")).adult("Miss", "Tanya", "Mother")
_ASHBY.adult("Mr", "Dominic", "Father", home=_at(23, "Yarrow Mount", "Tannerwick"), surname="Cole")
_OYELARAN = _Household(15, "Oyelaran", _at(2, "Bobbin Lane", "Dappleford")).adult("Mrs", "Folake", "Mother")
_PRIMROSE = _Household(16, "Primrose", _at(71, "Kiln Bank", "Dappleford")).adult("Ms", "Greta", "Mother")
_SULLIVAN = _Household(17, "Ó Súilleabháin", _at(30, "Larkspur Way", "Dappleford"))
_SULLIVAN.adult("Ms", "Niamh", "Mother").adult(
    "Mr", "Cathal", "Father", home=_at(4, "Nettle Hill", "Quillbeck")
)
_PETRAUSKAS = _Household(18, "Petrauskas", _at(11, "Reed Bed Lane", "Marram Staithe"), language="Lithuanian")
_PETRAUSKAS.adult("Mrs", "Rasa", "Mother").adult(
    "Mr", "Jonas", "Father", home=_at(52, "Plover Drive", "Eastholme")
)
_CROWE = _Household(19, "Crowe", _at(7, "Tenter Field", "Marram Staithe")).adult("Ms", "Harriet", "Mother")
_CROWE.adult("Mr", "Bryn", "Father")
_MAYHEW = _Household(20, "Mayhew", _at(25, "Quarry Steps", "Marram Staithe")).adult("Mr", "Ambrose", "Father")
_SEAGO = _Household(21, "Seago", _at(17, "Bobbin Lane", "Eastholme")).adult("Ms", "Philippa", "Mother")
_BUXTON = _Household(22, "Buxton-Leigh", _at(90, "Millrace Court", "Eastholme")).adult(
    "Ms", "Carys", "Mother"
)
_RUDD = _Household(23, "Rudd", _at(44, "Gantry Close", "Tannerwick")).adult("Mr", "Amos", "Father")
_LEACH = _Household(24, "Leach", _at(65, "Heddle Avenue", "Tannerwick"))
_LEACH.adult("Mx", "Jocelyn", "Foster carer", surname="Marrable", responsibility=False)
_LEACH.adult("Ms", "Tina", "Mother", home=_at(36, "Cotter Street", "Quillbeck"))
_GOOCH = _Household(25, "Gooch", _at(13, "Nettle Hill", "Eastholme")).adult("Ms", "Delia", "Mother")
_GOOCH.adult("Mrs", "Winifred", "Grandparent", responsibility=None, home=_at(6, "Kiln Bank", "Eastholme"))
_THIRTLE = _Household(26, "Thirtle", _at(29, "Quarry Steps", "Marram Staithe")).adult(
    "Mr", "Barney", "Father"
)

_NOVEMBER_WEEK = Stretch(_day(11, 16), _day(11, 20), "G", "G")

HOLIDAY_X = _story(
    "holiday, younger child", PRIMARY, 901, _THISTLEWOOD, "Rowan", 4,
    [Stretch(_day(2, 9), _day(2, 13), "G", "G"), _NOVEMBER_WEEK],
)  # fmt: skip
HOLIDAY_Y = _story("holiday, older child", SECONDARY, 902, _THISTLEWOOD, "Bryony", 8, [_NOVEMBER_WEEK])
CANCER_TREATMENT = _story(
    "cancer treatment", PRIMARY, 903, _OBRIEN, "Juno", 5,
    [
        Stretch(_day(1, 12), _day(11, 20), "I", "I"),
        Stretch(_day(1, 12), _day(11, 20), "M", "M", (1,)),
        Stretch(_day(11, 2), _day(11, 20), "/", "", (2, 3)),
    ],
)  # fmt: skip
BEREAVED = _story(
    "bereaved", PRIMARY, 904, _FAIR, "Zoë", 3,
    [
        Stretch(_day(10, 8), _day(10, 16), "C", "C"),
        Stretch(_day(11, 4), _day(11, 6), "I", "I"),
        _on(_day(11, 16), "O", "O"),
    ],
)  # fmt: skip
BEREAVED_SIBLING = _story(
    "bereaved, older child", PRIMARY, 905, _FAIR, "Caspian", 6,
    [Stretch(_day(10, 8), _day(10, 16), "C", "C"), Stretch(_day(11, 12), _day(11, 13), "I", "I")],
)  # fmt: skip
_TOGETHER = [
    Stretch(_day(9, 14), _day(9, 16), "I", "I"),
    _on(_day(10, 2), "O", "O"),
    Stretch(_day(11, 5), _day(11, 6), "I", "I"),
    _on(_day(11, 9), "O", "O"),
    _on(_day(11, 13), "O", "O"),
]
SIBLING_ONE = _story("siblings written to at once", PRIMARY, 906, _HART, "Idris", 5, _TOGETHER)
SIBLING_TWO = _story("siblings written to at once", PRIMARY, 907, _HART, "Mina", 2, _TOGETHER)
OVERDUE_N = _story(
    "reason never established", PRIMARY, 908, _CORRIGAN, "Ned", 3, [_on(_day(11, 9), "N", "N")]
)
SEVERE_PRIMARY = _story(
    "severe absence", PRIMARY, 909, _QUILL, "Tamar", 6,
    [
        Stretch(_LAST_YEAR[0], _TERM[1], "O", "O", (0, 1)),
        Stretch(_LAST_YEAR[0], _TERM[1], "I", "I", (2,)),
    ],
    fsm=True, sen="K",
)  # fmt: skip
SEPARATED = _story(
    "separated parents", PRIMARY, 910, _WEN, "李", 5,
    [
        Stretch(_day(9, 11), _day(11, 20), "O", "O", (4,)),
        Stretch(_day(9, 25), _day(10, 9), "/", "\\", (4,)),
    ],
    known_as="Li",
)  # fmt: skip
NOT_ALLOWED = _story(
    "a parent not to be contacted", PRIMARY, 911, _STJOHN, "Poppy", 4,
    [Stretch(_day(9, 21), _day(11, 20), "O", "", (0,))],
    social_worker=True,
)  # fmt: skip
MOBILE_CHILD = _story(
    "parents travel for work", PRIMARY, 912, _BOSWYN, "Kezia", 5,
    [Stretch(_day(5, 5), _day(7, 10), "T", "T"), Stretch(_day(11, 2), _day(11, 13), "T", "T")],
    traveller=True,
)  # fmt: skip
CORRECTED = _story(
    "marks corrected", PRIMARY, 913, _MULLER, "Lottie", 4,
    [Stretch(_day(10, 12), _day(10, 13), "I", "I"), _on(_day(11, 5), "I", "I")],
)  # fmt: skip
TEN_DAY_RUN = _story(
    "ten school days running", SECONDARY, 914, _HARGRAVE, "Elsbeth", 9,
    [Stretch(_day(11, 9), _day(11, 20), "O", "O")],
)  # fmt: skip
SEVERE_SECONDARY = _story(
    "severe absence", SECONDARY, 915, _DSOUZA, "Rafael", 11,
    [
        Stretch(_LAST_YEAR[0], _TERM[1], "O", "O", (0, 3, 4)),
        Stretch(_day(9, 15), _TERM[1], "U", "O", (1,)),
    ],
    fsm=True, sen="E", young_carer=True,
)  # fmt: skip
PART_TIME = _story(
    "part-time timetable", SECONDARY, 916, _PELL, "Xanthe", 10,
    [Stretch(_day(9, 14), _TERM[1], "", "C2"), _on(_day(10, 19), "O", "C2")],
    part_time_timetable=True, sen="K",
)  # fmt: skip
CHILD_PROTECTION = _story(
    "child-protection plan, not seen", INFANT, 917, _ASHBY, "Marnie", 2,
    [
        Stretch(_day(10, 12), _day(10, 23), "O", "O"),
        _on(_day(10, 15), "U", "O"),
        Stretch(_day(11, 2), _day(11, 6), "O", "O"),
        Stretch(_day(11, 9), _day(11, 13), "L", ""),
    ],
    social_worker=True, fsm=True,
)  # fmt: skip
NEAR_FIFTEEN_DAYS_ILL = _story(
    "fourteen days of illness", INFANT, 918, _OYELARAN, "Tobi", 2,
    [Stretch(_day(11, 3), _day(11, 20), "I", "I")],
)  # fmt: skip
SEVERE_INFANT = _story(
    "severe absence", INFANT, 919, _PRIMROSE, "Kit", 2,
    [
        Stretch(_LAST_YEAR[0], _TERM[1], "I", "I", (0, 1)),
        Stretch(_LAST_YEAR[0], _TERM[1], "O", "O", (2,)),
    ],
    fsm=True,
)  # fmt: skip
SEPARATED_INFANT = _story(
    "separated parents", INFANT, 920, _SULLIVAN, "Siân", 2,
    [Stretch(_day(9, 18), _day(11, 20), "O", "O", (4,))],
)  # fmt: skip
NORFOLK_NTI = _story(
    "irregular absence to a request", ACADEMY, 921, _PETRAUSKAS, "Emilija", 10,
    [
        _on(_day(5, 8), "O", "O"), _on(_day(5, 21), "O", "O"), _on(_day(5, 22), "O", "O"),
        _on(_day(6, 8), "O", "O"), _on(_day(6, 9), "O", "O"),
        _on(_day(7, 6), "O", "O"), _on(_day(7, 10), "O", "O"),
        _on(_day(9, 8), "U", ""), _on(_day(9, 14), "O", "O"), _on(_day(9, 25), "O", "O"),
        _on(_day(9, 29), "U", ""), _on(_day(10, 7), "U", ""), _on(_day(10, 16), "O", ""),
        _on(_day(11, 2), "O", "O"),
    ],
)  # fmt: skip
"""Ten at PM Tue 9 Jun, across the May half term; ten again at AM Tue 29 Sep; exactly ten on Fri 20 Nov."""
_BEFORE_THE_BREAK = [
    _on(_day(10, 8), "O", "O"),
    _on(_day(10, 9), "G", "G"),
    _on(_day(10, 19), "U", ""),
    _on(_day(10, 23), "O", "O"),
    _on(_day(11, 3), "U", ""),
]
NORFOLK_TEN = _story(
    "ten across half term", ACADEMY, 922, _CROWE, "Barnaby", 9,
    [*_BEFORE_THE_BREAK, _on(_day(11, 16), "O", "O")],
)  # fmt: skip
NORFOLK_NINE = _story(
    "one short", ACADEMY, 923, _MAYHEW, "Saskia", 8, [*_BEFORE_THE_BREAK, _on(_day(11, 16), "O", "")]
)
TWENTY_DAY_RUN = _story(
    "twenty school days running", ACADEMY, 924, _SEAGO, "Merrick", 11,
    [Stretch(_day(10, 19), _day(11, 20), "O", "O")],
)  # fmt: skip
SEVERE_ACADEMY = _story(
    "severe absence", ACADEMY, 925, _BUXTON, "Ottilie", 10,
    [
        Stretch(_day(1, 6), _TERM[1], "I", "I", (0, 1)),
        Stretch(_day(1, 6), _TERM[1], "O", "O", (3, 4)),
    ],
    sen="K",
)  # fmt: skip
SEVERE_PROVISION = _story(
    "severe absence", PROVISION, 926, _RUDD, "Lennox", 10,
    [Stretch(_LAST_YEAR[0], _TERM[1], "O", "O", (0, 1, 4)), Stretch(_day(9, 2), _TERM[1], "", "C2", (2,))],
    youth_justice=True, part_time_timetable=True, sen="E",
)  # fmt: skip
LOOKED_AFTER = _story(
    "looked after", PROVISION, 927, _LEACH, "Shay", 9,
    [Stretch(_day(10, 5), _day(11, 20), "O", "", (0, 3)), _on(_day(11, 18), "N", "N")],
    looked_after=True, social_worker=True, sen="E",
)  # fmt: skip
SEVERE_TRAINING = _story(
    "severe absence", TRAINING, 928, _THIRTLE, "Corin", 11,
    [Stretch(_LAST_YEAR[0], _TERM[1], "O", "O", (0, 1, 2))],
    youth_justice=True, sen="E",
)  # fmt: skip
NOT_REACHED = _story(
    "not in, and nobody reached", TRAINING, 929, _GOOCH, "Perran", 10,
    [Stretch(_day(11, 18), _day(11, 20), "N", "N")],
    social_worker=True,
)  # fmt: skip

STORIES = (
    HOLIDAY_X, HOLIDAY_Y, CANCER_TREATMENT, BEREAVED, BEREAVED_SIBLING, SIBLING_ONE, SIBLING_TWO, OVERDUE_N,
    SEVERE_PRIMARY, SEPARATED, NOT_ALLOWED, MOBILE_CHILD, CORRECTED, TEN_DAY_RUN, SEVERE_SECONDARY, PART_TIME,
    CHILD_PROTECTION, NEAR_FIFTEEN_DAYS_ILL, SEVERE_INFANT, SEPARATED_INFANT, NORFOLK_NTI, NORFOLK_TEN,
    NORFOLK_NINE, TWENTY_DAY_RUN, SEVERE_ACADEMY, SEVERE_PROVISION, LOOKED_AFTER,
    SEVERE_TRAINING, NOT_REACHED,
)  # fmt: skip
SEVERE = (
    SEVERE_PRIMARY, SEVERE_SECONDARY, SEVERE_INFANT, SEVERE_ACADEMY, SEVERE_PROVISION, SEVERE_TRAINING,
)  # fmt: skip
BY_UPN = {story.upn: story for story in STORIES}
