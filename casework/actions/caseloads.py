"""What somebody does with a caseload beyond looking at it: by band of absence, saved, taken away."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.actions.policies import policy_of
from casework.actions.recording import Unclear, given
from casework.actions.sweeping import swept_facts
from casework.domain import Officer, School
from casework.domain.words import in_words
from casework.facts import Counts
from casework.policy import Policy
from casework.rules.bands import band_of
from casework.storage import lists, oversight, people, saved_views, schools
from casework.storage.lists import CaseFilter, CaseLine
from casework.storage.saved_views import SavedView as SavedView

LONGEST_NAME, MOST_VIEWS = 60, 30
AT_ONCE = 500
EDGES = ("missed_percent", "missed_at_least", "missed_more_than")
"""Where a band begins, in the words of those who wrote it."""


# -- bands ---------------------------------------------------------------------------------------------------


def bands(inst: Installation, officer: Officer, on: date) -> Mapping[str, str]:
    """The bands of absence that the officer's schools know, worst first, each with what it is called.

    Source: bands
    """
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        policies = {policy_of(school).version: policy_of(school) for school in schools.schools(tx)}
    edges: dict[str, tuple[float, str]] = {}
    for policy in policies.values():
        for name, value in policy.under("bands", on).items():
            edge = next((value.get(field) for field in EDGES if field in value), 0)
            says = str(value.get("label") or in_words(name).capitalize())
            share = f": {value.missed_percent}% missed or more" if "missed_percent" in value else ""
            edges.setdefault(name, (float(edge), f"{says}{share}"))
    return {name: says for name, (_, says) in sorted(edges.items(), key=lambda item: (-item[1][0], item[0]))}


def in_band(inst: Installation, officer: Officer, wanted: CaseFilter, band: str) -> CaseFilter:
    """The filter, narrowed to the cases whose pupil is in a band of the academic year up to its day.

    A band of the law begins at its share and has no upper edge; a school's own ends where the next begins.

    Source: bands
    """
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        cases = {(urn, upn): ref for ref, urn, upn in lists.pupils_of_cases(tx)}
        known = [school for school in schools.schools(tx) if not wanted.urn or school.urn == wanted.urn]
        found = {
            cases[pupil]
            for pupil, counts, policy in _years(tx, known, wanted.on)
            if pupil in cases and _stands_in(policy, counts, band, wanted.on)
        }
    return replace(wanted, refs=frozenset(found))


def _years(
    tx: Connection, known: Iterable[School], on: date
) -> Iterable[tuple[tuple[str, str], Counts, Policy]]:
    """Each pupil ever on the roll of some schools, with the year so far and the policy that bands it."""
    by_policy: dict[str, list[School]] = {}
    for school in known:
        by_policy.setdefault(policy_of(school).version, []).append(school)
    for group in by_policy.values():
        policy = policy_of(group[0])
        swept = swept_facts(tx, [school.urn for school in group], policy, on)
        for line, pupil in enumerate(swept.lines):
            yield pupil, swept.summary(line).year, policy


def _stands_in(policy: Policy, counts: Counts, band: str, on: date) -> bool:
    value = policy.under("bands", on).get(band)
    if value is None or not counts.possible:
        return False
    if "missed_percent" in value:
        return counts.absent * 100 >= int(value.missed_percent) * counts.possible
    return band_of(policy, counts, on) == band


# -- saved views ---------------------------------------------------------------------------------------------


def save_view(inst: Installation, officer: Officer, name: str, filters: Mapping[str, str]) -> None:
    """Keep a list under a name, for this officer alone; one of the same name is replaced.

    Raises:
        Unclear: It has no name, too long a one, or there are too many already.
    """
    require(officer, Act.READ_CASES)
    called = given(name, "The name of the view")
    if len(called) > LONGEST_NAME:
        raise Unclear(f"The name has {len(called)} characters.", f"Use {LONGEST_NAME} or fewer.")
    with inst.act(officer) as tx:
        kept = {view.name for view in saved_views.mine(tx)}
        if called not in kept and len(kept) >= MOST_VIEWS:
            raise Unclear(f"You have {MOST_VIEWS} saved views already.", "Forget one, then save this one.")
        saved_views.keep(tx, SavedView(called, filters), inst.now())


def views(inst: Installation, officer: Officer) -> tuple[SavedView, ...]:
    """The lists that this officer saved, by name."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        return saved_views.mine(tx)


def forget_view(inst: Installation, officer: Officer, name: str) -> None:
    """Forget a saved list."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        saved_views.forget(tx, name)


# -- taken away ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Taken:
    """A whole list as it is taken away, with the names of owners."""

    lines: tuple[CaseLine, ...]
    owners: Mapping[str, str]


def take(
    inst: Installation, officer: Officer, wanted: CaseFilter, sort: str, *, descending: bool = False
) -> Taken:
    """Every line of a list, for a file. Of each case in it, it is kept that this officer took it away."""
    require(officer, Act.READ_CASES)
    with inst.act(officer) as tx:
        lines: list[CaseLine] = []
        after = ""
        while True:
            page = lists.page(tx, wanted, sort, descending=descending, after=after, size=AT_ONCE)
            lines += page.lines
            after = page.after
            if not after:
                break
        role = min(role.value for role in officer.roles)
        refs = [line.case_ref for line in lines]
        oversight.read(tx, refs, role, wanted.on, oversight.TAKEN_IN_A_LIST)
        owners = {other.officer_id: other.name for other in people.officers(tx, wanted.on)}
    return Taken(tuple(lines), owners)
