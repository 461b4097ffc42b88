"""Runs of one letter to many parents: put together, looked at first, ticked, made, stopped, printed."""

from collections import Counter

from starlette.responses import RedirectResponse, Response

from casework.actions import letter_runs, run_view
from casework.actions.access import MAY, Act
from casework.domain import CaseworkError
from casework.web import forms
from casework.web.forms import Choice, Field, Filled, Kind
from casework.web.pages.case import as_download
from casework.web.visit import Visit

AT_ONCE = 20
"""Letters made before the page is shown again, so that it says how far the run is and can be stopped."""


def runs(visit: Visit) -> Response:
    """The runs of an officer's schools, and where to begin one."""
    return visit.show(
        "runs/list.html",
        lines=run_view.listed(visit.inst, visit.officer),
        schools=run_view.schools_of(visit.inst, visit.officer),
        may_issue=not visit.roles.isdisjoint(MAY[Act.ISSUE_LETTERS]),
    )


def begin(visit: Visit) -> Response:
    """Choose the letter, then the cases and what every letter says; nothing is written yet."""
    urn = visit.part("urn")
    template = visit.sent("template") if visit.is_post else visit.query("template")
    to_choose = run_view.to_choose(visit.inst, visit.officer, urn, template, visit.on)
    fields = _fields(to_choose)
    if not visit.is_post:
        return _begin(visit, to_choose, forms.empty(fields))
    form = forms.fill(fields, visit.form)
    if not form.good:
        return _begin(visit, to_choose, form, status=422)
    given = {field.name: form.text(field.name) for field in to_choose.fields}
    try:
        run_id = letter_runs.prepare(
            visit.inst, visit.by(), urn, template, form.ticks("case"), {k: v for k, v in given.items() if v}
        )
    except CaseworkError as refused:
        return _begin(visit, to_choose, form, refused=str(refused), status=422)
    return visit.go(f"/runs/{run_id}", "The run is put together. Nothing is written yet.")


def run(visit: Visit) -> Response:
    """A run: what to look at first, the rest, how far it has come."""
    return _page(visit)


def tick(visit: Visit) -> Response:
    """Say of the letters that were ticked that they may go."""
    run_id = visit.part("run_id")
    view = run_view.run_view(visit.inst, visit.officer, run_id)
    chosen = {value for value in visit.form.get("letter", ()) if isinstance(value, str)}
    ticked = [line for line in view.to_look_at if line.mark in chosen]
    if not ticked:
        return _page(visit, refused="No letter was ticked. Tick those that may go.", status=422)
    for line in ticked:
        letter_runs.tick(visit.inst, visit.by(), run_id, line.item.case_ref, line.item.parent_id)
    return visit.go(f"/runs/{run_id}", "What you ticked may go.")


def go(visit: Visit) -> Response:
    """Make some of the letters that may go; the page that follows says how far the run is."""
    run_id = visit.part("run_id")
    stands = letter_runs.go(visit.inst, visit.by(), run_id, most=AT_ONCE)
    more = run_view.run_view(visit.inst, visit.officer, run_id).run.state == "running"
    return RedirectResponse(f"/runs/{run_id}{'?on=yes' if more and any(stands.values()) else ''}", 303)


def stop(visit: Visit) -> Response:
    """Stop a run; it is taken up again where it stands."""
    run_id = visit.part("run_id")
    letter_runs.stop(visit.inst, visit.by(), run_id)
    return visit.go(f"/runs/{run_id}", "The run is stopped. No letter is made until it goes on.")


def to_print(visit: Visit) -> Response:
    """One PDF of the run: a list of covers, then each letter."""
    run_id = visit.part("run_id")
    try:
        content = letter_runs.print_ready(visit.inst, visit.officer, run_id, visit.on)
    except CaseworkError as refused:
        return _page(visit, refused=str(refused), status=422)
    return as_download(content, f"{run_id}.pdf", "application/pdf")


def _fields(to_choose: run_view.ToChoose) -> tuple[Field, ...]:
    if not to_choose.template:
        return ()
    asked = tuple(
        Field(
            field.name,
            field.title,
            Kind.LONG if field.kind.value in ("lines", "text") else Kind.LINE,
            {"lines": "One on each line.", "day": "As 2026-11-23.", "moment": "As 2026-11-23T15:30."}.get(
                field.kind.value, ""
            ),
            required=False,
            lines=2,
        )
        for field in to_choose.fields
    )
    cases = tuple(Choice(case.case_ref, case.pupil, case.case_ref) for case in to_choose.cases)
    return (Field("case", "To the parents of whom?", Kind.TICKS, choices=cases), *asked)


def _begin(
    visit: Visit, to_choose: run_view.ToChoose, form: Filled, refused: str = "", status: int = 200
) -> Response:
    return visit.show("runs/begin.html", status, to_choose=to_choose, form=form, refused=refused)


def _page(visit: Visit, refused: str = "", status: int = 200) -> Response:
    view = run_view.run_view(visit.inst, visit.officer, visit.part("run_id"))
    stands = Counter(line.item.state for line in view.lines)
    return visit.show(
        "runs/run.html",
        status,
        view=view,
        stands=stands,
        settled=len(view.lines) - stands["waiting"],
        goes_on=visit.query("on") == "yes" and view.run.state == "running",
        refused=refused,
        may_issue=not visit.roles.isdisjoint(MAY[Act.ISSUE_LETTERS]),
    )
