"""The people who act in the demo: invented names, one of each role at each school and authority."""

from casework.demo.schools import (
    ACADEMY,
    INFANT,
    PRIMARY,
    PROVISION,
    SCHOOLS,
    SECONDARY,
    TRAINING,
    TRUST,
)
from casework.domain import Officer, Role

_AT_SCHOOL: tuple[tuple[str, frozenset[Role]], ...] = (
    ("pastoral", frozenset({Role.PASTORAL_LEAD})),
    ("attendance", frozenset({Role.ATTENDANCE_OFFICER})),
    ("dsl", frozenset({Role.DSL})),
    ("deputy-dsl", frozenset({Role.DSL})),
    ("head", frozenset({Role.HEADTEACHER, Role.AUTHORISED_OFFICER})),
)
_NAMES = {
    PRIMARY.urn: ("Bridie Oakshott", "Callum Dray", "Farida Nasser", "Tobias Venn", "Rosalind Achebe"),
    SECONDARY.urn: ("Imran Holloway", "Petra Lindqvist", "Dermot Kyle", "Anjali Rowntree", "Magnus Thorley"),
    INFANT.urn: ("Sorcha Bellamy", "Winston Addo", "Hilary Quince", "Noor Sadiq", "Gwendolen Marsh"),
    ACADEMY.urn: ("Jonah Saltmarsh", "Edie Crowfoot", "Lorcan Pike", "Beatrix Amis", "Valentina Gorse"),
    PROVISION.urn: ("Desmond Kettle", "Yasmin Farrow", "Ottoline Pryce", "Rafe Munro", "Constance Iweala"),
    TRAINING.urn: ("Morwenna Tate", "Ellis Abara", "Philomena Goss", "Idwal Sharpe", "Cordelia Munn"),
}
_KIND = {
    PRIMARY.urn: "primary",
    SECONDARY.urn: "secondary",
    INFANT.urn: "infant",
    ACADEMY.urn: "academy",
    PROVISION.urn: "provision",
    TRAINING.urn: "training",
}


def _school_staff() -> tuple[Officer, ...]:
    return tuple(
        Officer(f"{post}.{_KIND[school.urn]}", name, roles, schools=frozenset({school.urn}))
        for school in SCHOOLS
        for (post, roles), name in zip(_AT_SCHOOL, _NAMES[school.urn], strict=True)
    )


def _ewo(la_code: str, name: str) -> Officer:
    roles = frozenset({Role.EWO, Role.AUTHORISED_OFFICER})
    return Officer(f"ewo.{la_code}", name, roles, la_codes=frozenset({la_code}))


EWOS = (
    _ewo("332", "Hester Drummond"),
    _ewo("352", "Adaeze Whitcombe"),
    _ewo("356", "Lionel Sharrow"),
    _ewo("860", "Osric Penhallow"),
    _ewo("926", "Marguerite Fenn"),
)
TRUST_LEAD = Officer(
    "lead.trust", "Ignatius Bold", frozenset({Role.TRUST_ATTENDANCE_LEAD}), trusts=frozenset({TRUST})
)
GOVERNOR = Officer(
    "governor.primary", "Perpetua Lumley", frozenset({Role.GOVERNOR}), schools=frozenset({PRIMARY.urn})
)
ADMINISTRATOR = Officer(
    "administrator", "Silas Wren", frozenset({Role.ADMINISTRATOR}), trusts=frozenset({TRUST})
)
OFFICERS = (*_school_staff(), *EWOS, TRUST_LEAD, GOVERNOR, ADMINISTRATOR)
BY_ID = {officer.officer_id: officer for officer in OFFICERS}


def at(urn: str, post: str) -> Officer:
    """The officer in a post at a school: pastoral, attendance, dsl, deputy-dsl or head."""
    return BY_ID[f"{post}.{_KIND[urn]}"]
