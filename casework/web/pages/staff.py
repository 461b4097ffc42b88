"""The administrator's pages: who uses casework, with which roles until when, and how they sign in."""

from starlette.responses import Response

from casework.actions import health, staff
from casework.actions.recording import Unclear
from casework.domain import NotFound, Role
from casework.web import forms, wording
from casework.web.forms import Choice, Field, Filled, Kind
from casework.web.visit import Visit

ADD = (
    Field("name", "Name", autocomplete="off"),
    Field(
        "officer_id",
        "User name",
        hint="Letters, figures, dots and hyphens. It stands in the record of all they do.",
        autocomplete="off",
    ),
    Field("email", "E-mail address", required=False, autocomplete="off"),
)


def listed(visit: Visit) -> Response:
    """Everybody, by name."""
    return visit.show("staff/list.html", found=staff.everyone(visit.inst, visit.officer))


def add(visit: Visit) -> Response:
    """Add somebody."""
    if not visit.is_post:
        return visit.show("staff/add.html", form=forms.empty(ADD))
    form = forms.fill(ADD, visit.form)
    if form.good:
        try:
            ref = form.text("officer_id").lower()
            staff.add(visit.inst, visit.officer, ref, form.text("name"), form.text("email"), visit.on)
            return visit.go(
                f"/people/{ref}", f"{form.text('name')} is added. Give them a role and a password."
            )
        except Unclear as unclear:
            form.faults["officer_id"] = str(unclear)
    return visit.show("staff/add.html", 422, form=form)


def person(visit: Visit) -> Response:
    """One person: roles, sign-in, what was changed."""
    return _page(visit, forms.empty(_role_fields(visit)))


def _page(visit: Visit, form: Filled, status: int = 200, password: str = "") -> Response:
    found = staff.person(visit.inst, visit.officer, visit.part("officer_id"), visit.site.clock(), visit.on)
    return visit.show("staff/person.html", status, person=found, form=form, password=password)


def _role_fields(visit: Visit) -> tuple[Field, ...]:
    known = staff.places(visit.inst, visit.officer)
    where = [Choice("", "Choose where")]
    where += [Choice(f"urn={school.urn}", school.name) for school in known]
    where += [
        Choice(f"trust={trust}", f"Trust: {wording.plain(trust)}")
        for trust in sorted({s.trust for s in known} - {""})
    ]
    where += [Choice(f"la={la}", f"Local authority {la}") for la in sorted({s.la_code for s in known} - {""})]
    where.append(Choice("any", "Everywhere: an administrator only"))
    return (
        Field(
            "role",
            "Role",
            Kind.SELECT,
            choices=(Choice("", "Choose a role"), *(Choice(r.value, wording.role(r.value)) for r in Role)),
        ),
        Field("where", "Where", Kind.SELECT, choices=tuple(where)),
        Field("from_date", "From", Kind.DAY),
        Field(
            "to_date",
            "Until",
            Kind.DAY,
            "For a deputy: the last day. Leave it empty if it has no end.",
            required=False,
        ),
    )


def role(visit: Visit) -> Response:
    """Give a role."""
    form = forms.fill(_role_fields(visit), visit.form)
    if not form.good:
        return _page(visit, form, 422)
    kind, _, place = form.text("where").partition("=")
    try:
        staff.give_role(
            visit.inst,
            visit.officer,
            visit.part("officer_id"),
            staff.OfficerRole(
                Role(form.text("role")),
                form.day("from_date"),
                form.day_if_given("to_date"),
                urn=place if kind == "urn" else "",
                trust=place if kind == "trust" else "",
                la_code=place if kind == "la" else "",
            ),
            visit.on,
        )
    except Unclear as unclear:
        form.faults["where"] = str(unclear)
        return _page(visit, form, 422)
    return _back(visit, "The role is given.")


def end_role(visit: Visit) -> Response:
    """End a role at once."""
    number = visit.sent("number")
    if not number.isdigit():
        raise NotFound("role", number, "Go back to the person.")
    staff.end_role(visit.inst, visit.officer, visit.part("officer_id"), int(number), visit.on)
    return _back(visit, "The role has ended. It opens nothing from this moment.")


def password(visit: Visit) -> Response:
    """Give a new password, shown once."""
    given = staff.new_password(visit.inst, visit.officer, visit.part("officer_id"), visit.on)
    return _page(visit, forms.empty(_role_fields(visit)), password=given)


def authenticator(visit: Visit) -> Response:
    """Take an authenticator off."""
    staff.take_code(visit.inst, visit.officer, visit.part("officer_id"), visit.on)
    return _back(visit, "The authenticator is taken off.")


def unlock(visit: Visit) -> Response:
    """Open a locked sign-in."""
    staff.unlock(visit.inst, visit.officer, visit.part("officer_id"), visit.on)
    return _back(visit, "The sign-in is open again.")


def bar(visit: Visit) -> Response:
    """Bar a sign-in."""
    staff.let_in(visit.inst, visit.officer, visit.part("officer_id"), visit.on, active=False)
    return _back(visit, "They are barred, and signed out everywhere.")


def let_in(visit: Visit) -> Response:
    """Let somebody in again."""
    staff.let_in(visit.inst, visit.officer, visit.part("officer_id"), visit.on, active=True)
    return _back(visit, "They may sign in again.")


def imported(visit: Visit) -> Response:
    """What one import refused and warned of."""
    number = visit.part("import_id")
    if not number.isdigit() or len(number) > 9:
        raise NotFound("import", number, "Go back to the list.")
    found = health.problems(visit.inst, visit.officer, int(number))
    return visit.show("import.html", import_id=number, problems=found)


def _back(visit: Visit, said: str) -> Response:
    return visit.go(f"/people/{visit.part('officer_id')}", said)
