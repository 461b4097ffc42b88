"""The invented trust: a school under each of the five attendance policies, and one under the guidance alone.

Names, unique reference numbers and establishment numbers are in ranges that no real school has.
"""

from dataclasses import dataclass

from casework.domain import School

TRUST = "tannerwick"


@dataclass(frozen=True, slots=True)
class DemoSchool:
    """A school, the share of the trust's pupils it has, and the year groups it teaches.

    `years` are the lowest and highest year numbers: reception is 0, the nursery year before it -1. `rates`
    names the published column that its absence follows.
    """

    school: School
    folder: str
    share: float
    years: tuple[int, int]
    rates: str
    region: str

    @property
    def urn(self) -> str:
        """The school's unique reference number."""
        return self.school.urn

    @property
    def prefix(self) -> str:
        """The seven digits that begin the UPNs it issues: LA and establishment."""
        return self.school.dfe_number


def _school(
    urn: str, name: str, la_code: str, establishment: str, phase: str, setting: str, policy: str
) -> School:
    return School(
        urn=urn,
        name=name,
        la_code=la_code,
        dfe_number=f"{la_code}{establishment}",
        phase=phase,
        policy=policy,
        trust=TRUST,
        setting=setting,
    )


PRIMARY = DemoSchool(
    _school(
        "990001", "St Osyth's Catholic Primary, Tannerwick", "332", "9901", "primary", "academy", "st-chads"
    ),
    folder="1_primary",
    share=0.25,
    years=(0, 6),
    rates="primary",
    region="north",
)
SECONDARY = DemoSchool(
    _school("990002", "Quillbeck High School", "860", "9902", "secondary", "academy", "nether-stowe"),
    folder="2_secondary",
    share=0.335,
    years=(7, 11),
    rates="secondary",
    region="north",
)
INFANT = DemoSchool(
    _school(
        "990003",
        "Dappleford Infant and Nursery School",
        "356",
        "9903",
        "primary",
        "maintained",
        "banks-lane",
    ),
    folder="3_infant",
    share=0.15,
    years=(-1, 2),
    rates="primary",
    region="north",
)
ACADEMY = DemoSchool(
    _school("990004", "Marram Point Academy", "926", "9904", "secondary", "academy", "national"),
    folder="4_academy",
    share=0.215,
    years=(7, 11),
    rates="secondary",
    region="coast",
)
PROVISION = DemoSchool(
    _school(
        "990005", "Copperlane Workshop", "352", "9905", "alternative provision", "independent", "music-stuff"
    ),
    folder="5_provision",
    share=0.035,
    years=(7, 11),
    rates="special",
    region="north",
)
TRAINING = DemoSchool(
    _school(
        "990006",
        "Reedcutter Training, Eastholme",
        "926",
        "9906",
        "alternative provision",
        "ap",
        "magnum-opus",
    ),
    folder="6_training",
    share=0.015,
    years=(9, 11),
    rates="special",
    region="coast",
)
SCHOOLS = (PRIMARY, SECONDARY, INFANT, ACADEMY, PROVISION, TRAINING)
PLACED = {SECONDARY.urn: PROVISION, ACADEMY.urn: TRAINING}
"""Where a school places some of its pupils for part of the week."""
CENTRES = ("The Forge", "The Loft", "The Wharf")
"""The provision's learning centres."""


def year_name(number: int) -> str:
    """A year number as the native files write it: `N2`, `R`, `1` to `11`."""
    return {-2: "N1", -1: "N2", 0: "R"}.get(number, str(number))
