"""Who left the roll, on which ground and where to; a destination is known, or somebody is still asking."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from casework.actions import officers
from casework.actions.access import Act, require
from casework.actions.installation import Installation
from casework.actions.policies import policy_of
from casework.actions.recording import By, Unclear, given
from casework.domain import NotFound, Officer, School
from casework.domain.calendar import academic_year_of
from casework.storage import leavers as stored
from casework.storage import schools
from casework.storage.leavers import Leaver


@dataclass(frozen=True, slots=True)
class LeaverList:
    """The leavers of a school in an academic year, those whose destination nobody confirmed first."""

    school: School
    leavers: tuple[Leaver, ...]
    grounds: Mapping[str, str]

    @property
    def unknown(self) -> int:
        """Of how many nobody has confirmed where they went."""
        return sum(item.confirmed is not True for item in self.leavers)


def of_school(inst: Installation, officer: Officer, urn: str, on: date) -> LeaverList:
    """Who left a school this academic year, up to yesterday.

    Raises:
        NotFound: The school is not one of this officer's.
    """
    require(officers.at_school(inst, officer, urn), Act.KEEP_PLANS)
    with inst.act(officer) as tx:
        school = schools.school(tx, urn)
        policy = policy_of(school)
        values = (policy.value("deletion.grounds", on), policy.value("deletion.other_grounds", on))
        grounds = {item.ground: item.says for value in values for item in value.grounds}
        began = date(academic_year_of(on), 9, 1)
        return LeaverList(
            school, stored.of_school(tx, urn, began, date.fromordinal(on.toordinal() - 1)), grounds
        )


def say(
    inst: Installation,
    by: By,
    urn: str,
    upn: str,
    *,
    destination: str,
    confirmed: bool,
    ground: str = "",
    says: str = "",
) -> None:
    """Keep where a leaver went, and how it is known.

    Raises:
        NotFound: Nobody of that UPN left the school this year.
        Unclear: The ground is none of the law's, or a confirmed destination does not say how it is known.
    """
    here = officers.at_school(inst, by.officer, urn)
    require(here, Act.KEEP_PLANS)
    where = given(destination, "The destination")
    if confirmed:
        given(says, "How it is known")
    listed = of_school(inst, by.officer, urn, by.on)
    if ground and ground not in listed.grounds:
        raise Unclear(f"Ground {ground} is not known.", f"Grounds: {', '.join(listed.grounds)}.")
    left = next((item for item in listed.leavers if item.upn == upn), None)
    if left is None:
        raise NotFound("leaver", "of this year", "Look at the list again.")
    with inst.act(by.officer) as tx:
        stored.say(
            tx,
            urn,
            upn,
            left_on=left.left_on,
            ground=ground or left.ground,
            destination=where,
            confirmed=confirmed,
            says=says.strip(),
            by=by.officer.officer_id,
            role=min(role.value for role in here.roles),
            on=by.on,
        )
