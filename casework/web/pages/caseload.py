"""The caseload: filter, sort, page, search, export."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from urllib.parse import urlencode

from starlette.responses import Response

from casework.actions import views
from casework.actions.views import CaseFilter, CaseLine
from casework.domain import CaseStatus, StageName
from casework.web import wording
from casework.web.forms import Choice
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
NAMES = ("stage", "school", "owner", "status", "due", "flag", "trigger")
COLUMNS = (
    *("Case", "School", "Surname", "Forename", "Year", "Stage", "Status", "Owner", "Opened", "Next review"),
    *("Next task", "Open tasks", "Contacts", "Offers", "Letters", "Last worked on"),
)
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def caseload(visit: Visit) -> Response:
    """One page of cases."""
    chosen = {name: visit.query(name) for name in NAMES if visit.query(name)}
    sort, descending = _sort(visit)
    found = views.caseload(
        visit.inst,
        visit.officer,
        _filter(visit, chosen),
        sort,
        descending=descending,
        after=visit.query("after"),
    )
    order = {"sort": sort, **({"way": "down"} if descending else {})}
    return visit.show(
        "caseload.html",
        found=found,
        chosen=chosen,
        sort=sort,
        descending=descending,
        sorts=SORTS,
        due=DUE,
        flags_of_list=FLAGS,
        statuses=STATUSES,
        stages=[*StageName][:6],
        here=lambda **changed: _address({**chosen, **order, **changed}),
        paged=bool(visit.query("after")),
    )


def export(visit: Visit) -> Response:
    """The whole filtered caseload as CSV, without anything a spreadsheet would run, or that the DSL holds."""
    chosen = {name: visit.query(name) for name in NAMES if visit.query(name) and name != "flag"}
    sort, descending = _sort(visit)
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for line, owner in _every(visit, _filter(visit, chosen), sort, descending):
        writer.writerow(map(safe_cell, _row(line, owner)))
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


def _sort(visit: Visit) -> tuple[str, bool]:
    sort = visit.query("sort")
    return (sort if sort in SORTS else "review"), visit.query("way") == "down"


def _filter(visit: Visit, chosen: dict[str, str]) -> CaseFilter:
    wanted = CaseFilter(
        visit.on,
        urn=chosen.get("school", ""),
        stage=chosen.get("stage", ""),
        status=chosen.get("status", ""),
        flag=chosen.get("flag", ""),
        trigger=chosen.get("trigger", ""),
    )
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


def _every(visit: Visit, wanted: CaseFilter, sort: str, descending: bool) -> Iterator[tuple[CaseLine, str]]:
    after = ""
    while True:
        found = views.caseload(
            visit.inst, visit.officer, wanted, sort, descending=descending, after=after, size=500
        )
        for line in found.lines:
            yield line, found.owners.get(line.owner_id, line.owner_id)
        after = found.after
        if not after:
            return


def _row(line: CaseLine, owner: str) -> tuple[object, ...]:
    return (
        *(line.case_ref, line.school, line.surname, line.known_as or line.forename, line.year_group),
        *(wording.stage(line.stage), wording.plain(line.status), owner, line.opened_on, line.review_on),
        *(line.task_due_on, line.tasks, line.contacts, line.offers, line.letters, line.touched_on),
    )


def _address(parts: dict[str, str]) -> str:
    said = {name: value for name, value in parts.items() if value}
    return "/caseload" + (f"?{urlencode(said)}" if said else "")
