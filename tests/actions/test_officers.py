"""Officers are added whole or not at all, by whoever runs the machine or an administrator."""

from datetime import date

import pytest

from casework.actions import officers
from casework.domain import ENGINE, CaseworkError, NotAllowed, NotFound, Role
from casework.storage.people import OfficerRole
from tests.actions.world import ADMINISTRATOR, FIRST_SWEEP, HEAD, PASTORAL, URN

SINCE = date(2026, 9, 1)
HERE = OfficerRole(Role.PASTORAL_LEAD, SINCE, urn=URN)


def references(inst):
    return {who.officer_id for who in officers.everyone(inst, FIRST_SWEEP)}


@pytest.mark.parametrize("by", [ENGINE, ADMINISTRATOR], ids=["whoever runs the machine", "an administrator"])
def test_an_officer_is_added_with_their_roles(inst, by):
    officers.add(inst, by, "new", "Noa Ewart", [HERE])

    added = officers.officer(inst, "new", FIRST_SWEEP)
    assert (added.name, added.roles, added.schools) == ("Noa Ewart", {Role.PASTORAL_LEAD}, {URN})


@pytest.mark.parametrize(
    ("by", "roles", "password", "refused"),
    [
        pytest.param(PASTORAL, [HERE], "", NotAllowed, id="a pastoral lead"),
        pytest.param(HEAD, [HERE], "", NotAllowed, id="a headteacher"),
        pytest.param(
            ENGINE, [HERE, OfficerRole(Role.DSL, SINCE, urn="999999")], "", NotFound, id="an unknown school"
        ),
        pytest.param(ENGINE, [HERE], "eleven char", officers.PasswordTooShort, id="a short password"),
    ],
)
def test_who_may_not_be_added_leaves_nothing_behind(inst, by, roles, password, refused):
    before = references(inst)

    with pytest.raises(refused) as error:
        officers.add(inst, by, "new", "Noa Ewart", roles, password)

    assert isinstance(error.value, CaseworkError)
    assert references(inst) == before


def test_another_role_is_added_to_those_held(inst):
    officers.add(inst, ENGINE, "new", "Noa Ewart", [HERE])
    officers.add(inst, ENGINE, "new", "Noa Ewart", [OfficerRole(Role.DSL, SINCE, urn=URN)])

    assert officers.officer(inst, "new", FIRST_SWEEP).roles == {Role.PASTORAL_LEAD, Role.DSL}
