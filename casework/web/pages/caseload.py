"""The caseload: filter, sort, page, search, export."""

import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from urllib.parse import urlencode

from starlette.responses import Response

from casework.actions import caseloads, views
from casework.actions.recording import Unclear
from casework.actions.views import CaseFilter, CaseLine
from casework.domain import CaseStatus, StageName
from casework.web import wording
from casework.web.forms import Choice
from casework.web.pages.asked import AGENCIES
from casework.web.visit import Visit

SORTS = {
    "review": "Next review",
    "task": "Next task",
    "name": "Name",
    "stage": "Stage",
    "opened": "Opened",
    "touched": "Last worked on",
    "owner": "Owner",
}
DUE = (
    Choice("", "Any time"),
    Choice("overdue", "Overdue or due today"),
    Choice("week", "Due within a week"),
    Choice("none", "No review date"),
)
FLAGS = (Choice("", "Any"), *(Choice(name, text) for name, text in wording.FLAGS.items()))
STATUSES = (Choice("", "Open and paused"), *(Choice(s.value, wording.plain(s.value)) for s in CaseStatus))
NOBODY = "nobody"
NAMES = ("stage", "school", "owner", "status", "due", "band", "flag", "trigger", "agency")
COLUMNS = (
    *("Case", "School", "Surname", "Forename", "Year", "Stage", "Status", "Owner", "Opened", "Next review"),
    *("Next task", "Open tasks", "Contacts", "Offers", "Letters", "Last worked on"),
)
THE_DSLS = ("held", "with_dsl")
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def caseload(visit: Visit) -> Response:
    """One page of cases."""
    return _page(visit, {name: visit.query(name) for name in NAMES if visit.query(name)}, _sort(visit.query))


def saved(visit: Visit) -> Response:
    """Save the list that is shown under a name, or forget one; the same filters are shown again."""
    chosen = {name: visit.sent(name) for name in NAMES if visit.sent(name)}
    sort, descending = _sort(visit.sent)
    if visit.sent("forget"):
        caseloads.forget_view(visit.inst, visit.officer, visit.sent("forget"))
        return visit.go(_address(chosen | _order(sort, descending)), "The saved view is forgotten.")
    try:
        filters = chosen | _order(sort, descending)
        caseloads.save_view(visit.inst, visit.officer, visit.sent("name"), filters)
    except Unclear as unclear:
        return _page(visit, chosen, (sort, descending), status=422, fault=str(unclear))
    return visit.go(_address(filters), "The view is saved, for you alone.")


def _page(
    visit: Visit, chosen: dict[str, str], order: tuple[str, bool], status: int = 200, fault: str = ""
) -> Response:
    sort, descending = order
    found = views.caseload(
        visit.inst,
        visit.officer,
        _filter(visit, chosen),
        sort,
        descending=descending,
        after=visit.query("after"),
    )
    kept = _order(sort, descending)
    return visit.show(
        "caseload.html",
        status,
        found=found,
        chosen=chosen,
        sort=sort,
        descending=descending,
        sorts=SORTS,
        due=DUE,
        flags_of_list=FLAGS,
        statuses=STATUSES,
        agencies=AGENCIES,
        bands=caseloads.bands(visit.inst, visit.officer, visit.on),
        saved=[(view, _address(dict(view.filters))) for view in caseloads.views(visit.inst, visit.officer)],
        fault=fault,
        downloads=chosen.get("flag") not in THE_DSLS,
        stages=[*StageName][:6],
        here=lambda **changed: _address({**chosen, **kept, **changed}),
        paged=bool(visit.query("after")),
    )


def export(visit: Visit) -> Response:
    """The whole filtered caseload as CSV, without anything a spreadsheet would run, or that the DSL holds.

    It is kept of every case in it that this officer took it away.
    """
    chosen = {name: visit.query(name) for name in NAMES if visit.query(name)}
    if chosen.get("flag") in THE_DSLS:
        raise Unclear("What the DSL holds is not taken away in a list.", "Choose another mark, or none.")
    sort, descending = _sort(visit.query)
    taken = caseloads.take(visit.inst, visit.officer, _filter(visit, chosen), sort, descending=descending)
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for line in taken.lines:
        writer.writerow(map(safe_cell, _row(line, taken.owners.get(line.owner_id, line.owner_id))))
    headers = {"content-disposition": f'attachment; filename="caseload-{visit.on.isoformat()}.csv"'}
    return Response("\ufeff" + text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def search(visit: Visit) -> Response:
    """Find a case by name, UPN or reference. The words are posted, so that no name stands in an address."""
    words = visit.sent("words") if visit.is_post else ""
    found = views.search(visit.inst, visit.officer, words) if words else ()
    return visit.show("search.html", words=words, found=found, asked=visit.is_post)


def safe_cell(value: object) -> str:
    """A cell that a spreadsheet shows and never runs."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def _sort(said: Callable[[str], str]) -> tuple[str, bool]:
    sort = said("sort")
    return (sort if sort in SORTS else "review"), said("way") == "down"


def _order(sort: str, descending: bool) -> dict[str, str]:
    return {"sort": sort, **({"way": "down"} if descending else {})}


def _filter(visit: Visit, chosen: dict[str, str]) -> CaseFilter:
    wanted = CaseFilter(
        visit.on,
        urn=chosen.get("school", ""),
        stage=chosen.get("stage", ""),
        status=chosen.get("status", ""),
        flag=chosen.get("flag", ""),
        trigger=chosen.get("trigger", ""),
        agency=chosen.get("agency", ""),
    )
    if band := chosen.get("band", ""):
        wanted = caseloads.in_band(visit.inst, visit.officer, wanted, band)
    owner = chosen.get("owner", "")
    wanted = replace(wanted, without_owner=True) if owner == NOBODY else replace(wanted, owner_id=owner)
    match chosen.get("due", ""):
        case "overdue":
            return replace(wanted, due_before=visit.on)
        case "week":
            return replace(wanted, due_before=visit.on + timedelta(days=7))
        case "none":
            return replace(wanted, without_review=True)
    return wanted


def _row(line: CaseLine, owner: str) -> tuple[object, ...]:
    return (
        *(line.case_ref, line.school, line.surname, line.known_as or line.forename, line.year_group),
        *(wording.stage(line.stage), wording.plain(line.status), owner, line.opened_on, line.review_on),
        *(line.task_due_on, line.tasks, line.contacts, line.offers, line.letters, line.touched_on),
    )


def _address(parts: dict[str, str]) -> str:
    said = {name: parts[name] for name in (*NAMES, "sort", "way", "after") if parts.get(name)}
    return "/caseload" + (f"?{urlencode(said)}" if said else "")
