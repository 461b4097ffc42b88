"""Every row of the five policies that runs, each proved by what the engine does; `rows/*.txt` name them."""

from collections.abc import Callable

import pytest

from tests.policy import checks
from tests.policy.written import duty_is_asked, params, sections

PROOFS: dict[str, Callable[..., None]] = {
    "duties": duty_is_asked,
    "triggers": checks.trigger_holds,
    "contacts": checks.contacts_are,
    "rungs": checks.rung_is,
    "records": checks.record_is,
    "letters": checks.letter_is,
    "targets": checks.target_is,
    "times": checks.time_is,
    "reasons": checks.reason_stands,
    "leave": checks.leave_is,
    "reports": checks.report_is,
    "roles": checks.role_is_missed,
    "flags": checks.flag_is,
    "centres": checks.centre_is,
    "bands": checks.band_is,
    "gates": checks.gate_stands,
    "law": checks.law_runs,
    "codes": checks.code_counts,
    "instead": checks.instead_runs,
    "entries": checks.entry_says,
}


def test_every_section_is_proved() -> None:
    assert sections() <= set(PROOFS)


@pytest.mark.parametrize(("section", "line"), [line for section in PROOFS for line in params(section)])
def test_row(section: str, line: tuple[str, ...]) -> None:
    PROOFS[section](*line)
