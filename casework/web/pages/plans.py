"""What a school keeps of a pupil who may have no case: leave asked for, part-time timetables, leavers."""

from collections.abc import Callable

from starlette.responses import Response

from casework.actions import leave, leavers, timetables
from casework.actions.access import MAY, Act
from casework.actions.recording import Unclear
from casework.domain import NotFound
from casework.web import forms
from casework.web.forms import Choice, Field, Filled, Kind
from casework.web.pages.schools import mark_of
from casework.web.visit import Visit

PUPIL = Field("pupil", "Pupil", hint="The whole name as the register has it, or the UPN.", autocomplete="off")
LEAVE = (
    PUPIL,
    Field("asked_on", "On which day was it asked for?", Kind.DAY),
    Field("first", "First day of the leave", Kind.DAY),
    Field("last", "Last day of the leave", Kind.DAY),
    Field("reason", "The reason given, in the parent's words", Kind.LONG, lines=3),
)
TIMETABLE = (
    PUPIL,
    Field("agreed_with", "Which parent has agreed to it?", hint="One with whom the pupil normally lives."),
    Field("starts", "First day", Kind.DAY),
    Field("review", "Reviewed on", Kind.DAY),
    Field("ends", "Last day", Kind.DAY, "By then the pupil is at school full time, or has other provision."),
    Field("plan", "The times, and what brings the pupil back", Kind.LONG, lines=3),
)
END = (
    Field("ended_on", "Last day it was followed", Kind.DAY),
    Field("says", "What does the pupil have now?", Kind.LONG, lines=3),
)


def leave_list(visit: Visit) -> Response:
    """Requests for leave: those that wait, and what was decided; keep one that came in."""
    urn = visit.part("urn")

    def keep(form: Filled) -> None:
        leave.ask(
            visit.inst,
            visit.by(),
            urn,
            form.text("pupil"),
            asked_on=form.day("asked_on"),
            first=form.day("first"),
            last=form.day("last"),
            reason=form.text("reason"),
        )

    def show(form: Filled, status: int) -> Response:
        found = leave.of_school(visit.inst, visit.officer, urn, visit.on)
        may = not visit.roles.isdisjoint(MAY[Act.DECIDE_LEAVE])
        return visit.show("plans/leave.html", status, found=found, form=form, may_decide=may)

    return _kept(visit, LEAVE, keep, show, f"/schools/{urn}/leave", "The request is kept.")


def decide_leave(visit: Visit) -> Response:
    """One request, with what the law and the policy say of it; grant it, or refuse it."""
    urn, found = visit.part("urn"), leave.of_school(visit.inst, visit.officer, visit.part("urn"), visit.on)
    asked = next((w for w in found.waiting if str(w.request.request_id) == visit.part("request")), None)
    if asked is None:
        raise NotFound("request for leave", visit.part("request"), "Look at the list again.")
    grounds = tuple(Choice(name, item.says, f"Code {item.code}") for name, item in found.grounds.items())
    fields = (
        Field(
            "answer",
            "What do you decide?",
            Kind.RADIOS,
            choices=(Choice("granted", "Grant it"), Choice("refused", "Refuse it")),
        ),
        Field("ground", "If granted: on which ground?", Kind.RADIOS, required=False, choices=grounds),
        Field("first", "First day granted", Kind.DAY, "If it is not the first day asked for.", False),
        Field("last", "Last day granted", Kind.DAY, "If it is not the last day asked for.", False),
        Field("reasons", "Your reasons, in this case", Kind.LONG, "The letter to the parent says them."),
    )

    def keep(form: Filled) -> None:
        leave.decide(
            visit.inst,
            visit.by(),
            urn,
            asked.request.request_id,
            granted=form.text("answer") == "granted",
            reasons=form.text("reasons"),
            ground=form.text("ground"),
            first=form.day_if_given("first"),
            last=form.day_if_given("last"),
        )

    def show(form: Filled, status: int) -> Response:
        return visit.show("plans/leave_one.html", status, school=found.school, asked=asked, form=form)

    said = "Your decision is kept. Write to the parent with it."
    return _kept(visit, fields, keep, show, f"/schools/{urn}/leave", said)


def part_time(visit: Visit) -> Response:
    """Part-time timetables: those past their end first; keep one that was agreed."""
    urn = visit.part("urn")

    def keep(form: Filled) -> None:
        timetables.begin(
            visit.inst,
            visit.by(),
            urn,
            form.text("pupil"),
            agreed_with=form.text("agreed_with"),
            starts=form.day("starts"),
            review=form.day("review"),
            ends=form.day("ends"),
            plan=form.text("plan"),
        )

    def show(form: Filled, status: int) -> Response:
        found = timetables.of_school(visit.inst, visit.officer, urn, visit.on)
        may = not visit.roles.isdisjoint(MAY[Act.DECIDE_LEAVE])
        return visit.show("plans/part_time.html", status, found=found, form=form, may_begin=may)

    return _kept(visit, TIMETABLE, keep, show, f"/schools/{urn}/part-time", "The timetable is kept.")


def end_part_time(visit: Visit) -> Response:
    """Say that a part-time timetable is over."""
    urn = visit.part("urn")
    found = timetables.of_school(visit.inst, visit.officer, urn, visit.on)
    held = next((i for i in found.running if str(i.timetable.timetable_id) == visit.part("timetable")), None)
    if held is None:
        raise NotFound("part-time timetable", visit.part("timetable"), "Look at the list again.")

    def keep(form: Filled) -> None:
        timetables.end(
            visit.inst,
            visit.by(),
            urn,
            held.timetable.timetable_id,
            ended_on=form.day("ended_on"),
            says=form.text("says"),
        )

    def show(form: Filled, status: int) -> Response:
        return visit.show("plans/part_time_one.html", status, school=found.school, held=held, form=form)

    return _kept(visit, END, keep, show, f"/schools/{urn}/part-time", "The timetable is over.")


def leaver_list(visit: Visit) -> Response:
    """Who left this year, on which ground and where to."""
    found = leavers.of_school(visit.inst, visit.officer, visit.part("urn"), visit.on)
    marks = {item.upn: mark_of(visit, item.upn) for item in found.leavers}
    return visit.show("plans/leavers.html", found=found, marks=marks)


def leaver(visit: Visit) -> Response:
    """Say where one leaver went, and how it is known."""
    urn = visit.part("urn")
    found = leavers.of_school(visit.inst, visit.officer, urn, visit.on)
    left = next((item for item in found.leavers if mark_of(visit, item.upn) == visit.part("mark")), None)
    if left is None:
        raise NotFound("leaver", visit.part("mark"), "Look at the list again.")
    grounds = tuple(Choice(name, f"{name}: {says}") for name, says in found.grounds.items())
    fields = (
        Field(
            "destination", "Where did the pupil go?", hint="A school, a country, home education, not known."
        ),
        Field(
            "confirmed",
            "Has the new place confirmed it?",
            Kind.RADIOS,
            choices=(Choice("yes", "Yes"), Choice("no", "Not yet")),
        ),
        Field("says", "How is it known?", Kind.LONG, "By whom, when, and what shows it.", False, lines=3),
        Field(
            "ground",
            "Ground of the deletion",
            Kind.SELECT,
            required=False,
            choices=(Choice("", f"As decided: {left.ground}" if left.ground else "Not known"), *grounds),
        ),
    )

    def keep(form: Filled) -> None:
        leavers.say(
            visit.inst,
            visit.by(),
            urn,
            left.upn,
            destination=form.text("destination"),
            confirmed=form.yes_no("confirmed") is True,
            ground=form.text("ground"),
            says=form.text("says"),
        )

    def show(form: Filled, status: int) -> Response:
        return visit.show("plans/leaver.html", status, school=found.school, left=left, form=form)

    return _kept(visit, fields, keep, show, f"/schools/{urn}/leavers", "The destination is kept.")


def _kept(
    visit: Visit,
    fields: tuple[Field, ...],
    keep: Callable[[Filled], None],
    show: Callable[[Filled, int], Response],
    address: str,
    said: str,
) -> Response:
    """Draw a form, or keep what it says and go on."""
    if not visit.is_post:
        return show(forms.empty(fields), 200)
    form = forms.fill(fields, visit.form)
    if form.good:
        try:
            keep(form)
            return visit.go(address, said)
        except Unclear as unclear:
            form.faults[fields[0].name] = str(unclear)
    return show(form, 422)
