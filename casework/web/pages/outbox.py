"""Messages on their way out: families written to, and for the administrator what asks for a person."""

from starlette.responses import Response

from casework.actions import messages
from casework.actions.messages import Looked
from casework.domain import NotFound
from casework.web import forms
from casework.web.forms import Field, Filled
from casework.web.visit import Visit

REASON = (Field("because", "Why it will not go", hint="For instance: the family was rung instead."),)


def listed(visit: Visit) -> Response:
    """The messages that ask for a person, oldest first. Nobody's address or words are shown."""
    return _page(visit, forms.empty(REASON))


def _page(visit: Visit, form: Filled, status: int = 200, about: int | None = None) -> Response:
    found = messages.listed(visit.inst, visit.officer)
    again = {item.message.message_id for item in found if _keeps_its_sense(item, visit)}
    return visit.show("messages.html", status, found=found, again=again, form=form, about=about)


def _keeps_its_sense(item: Looked, visit: Visit) -> bool:
    until = item.message.good_until
    return item.message.state != "missed" and (until is None or visit.site.clock() < until)


def again(visit: Visit) -> Response:
    """Let one be sent again."""
    messages.send_again(visit.inst, visit.by(), _number(visit), visit.site.clock())
    return visit.go("/messages", "It will be tried again within minutes.")


def give_up(visit: Visit) -> Response:
    """Say why one will not go."""
    number, form = _number(visit), forms.fill(REASON, visit.form)
    if not form.good:
        return _page(visit, form, 422, about=number)
    messages.give_up(visit.inst, visit.by(), number, form.text("because"), visit.site.clock())
    return visit.go("/messages", "It is given up, and your reason is kept with it.")


def families(visit: Visit) -> Response:
    """Write to the families on today's list whom nobody has reached."""
    urn = visit.part("urn")
    asked = messages.message_families(visit.inst, visit.by(), urn, visit.on, visit.site.clock())
    nobody = "" if not asked.nobody else f" {_pupils(asked.nobody)} nobody who may be written to: ring."
    written = {0: "No further message is", 1: "1 message is"}.get(
        asked.queued, f"{asked.queued} messages are"
    )
    return visit.go(f"/schools/{urn}/calls", f"{written} on the way.{nobody}")


def _pupils(number: int) -> str:
    return "1 pupil has" if number == 1 else f"{number} pupils have"


def _number(visit: Visit) -> int:
    text = visit.part("message_id")
    if not text.isdigit() or len(text) > 15:
        raise NotFound("message", text, "Go back to the list.")
    return int(text)
