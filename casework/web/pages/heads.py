"""A headteacher's pages: what waits at the school, who acts for them, what was set aside, the coding list."""

from datetime import date

from starlette.responses import Response

from casework.actions import coding, delegations
from casework.actions import desk as answers
from casework.actions.recording import Unclear
from casework.domain import NotFound
from casework.web import forms
from casework.web.forms import Choice, Field, Filled, Kind
from casework.web.visit import Visit


def desk(visit: Visit) -> Response:
    """Each school's numbers, leading to their lists."""
    return visit.show("heads/desk.html", desks=answers.desk(visit.inst, visit.officer, visit.on))


def handed_on(visit: Visit) -> Response:
    """Who approves and decides for the headteacher, from when to when; hand on more."""
    urn = visit.part("urn")
    found = delegations.of_school(visit.inst, visit.officer, urn, visit.on)
    fields = _fields(found)
    if not visit.is_post:
        return _page(visit, found, forms.empty(fields))
    form = forms.fill(fields, visit.form)
    if form.good:
        try:
            delegations.give(
                visit.inst,
                visit.by(),
                urn,
                form.text("officer"),
                first=form.day("first"),
                last=form.day("last"),
                reason=form.text("reason"),
            )
            return visit.go(
                f"/schools/{urn}/delegations", "It is handed on for those days, and on no other day."
            )
        except Unclear as unclear:
            form.faults["first"] = str(unclear)
    return _page(visit, found, form, 422)


def take_back(visit: Visit) -> Response:
    """End a delegation at once."""
    urn, number = visit.part("urn"), visit.sent("number")
    if not number.isdigit() or len(number) > 9:
        raise NotFound("delegation", number, "Look at the list again.")
    delegations.take_back(visit.inst, visit.by(), urn, int(number))
    return visit.go(f"/schools/{urn}/delegations", "It is taken back. Nothing is approved under it any more.")


def set_aside(visit: Visit) -> Response:
    """The rules set aside in one month, by whom and why."""
    first: date | None
    try:
        first = date.fromisoformat(f"{visit.query('month')}-01")
    except ValueError:
        first = None
    found = answers.month(visit.inst, visit.officer, visit.part("urn"), visit.on, first)
    return visit.show("heads/overrides.html", found=found)


def coding_list(visit: Visit) -> Response:
    """What is asked about this week's marks."""
    found = coding.weekly(visit.inst, visit.officer, visit.part("urn"), visit.on)
    return visit.show("heads/coding.html", found=found)


def _page(visit: Visit, found: delegations.Delegations, form: Filled, status: int = 200) -> Response:
    return visit.show("heads/delegations.html", status, found=found, form=form)


def _fields(found: delegations.Delegations) -> tuple[Field, ...]:
    people = tuple(Choice(other.officer_id, other.name) for other in found.colleagues)
    return (
        Field("officer", "Who acts for you?", Kind.RADIOS, choices=people),
        Field("first", "From which day?", Kind.DAY),
        Field("last", "Up to which day?", Kind.DAY, "The last day on which they approve or decide."),
        Field("reason", "Why?", Kind.LONG, "Such as: away for training.", lines=2),
    )
