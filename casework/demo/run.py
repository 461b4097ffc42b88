"""The demo: an invented trust's files imported, swept and worked through a term, all through Prefect.

Everything has a fixed day and a key of its own. Run again, nothing is doubled; killed, it goes on.
"""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from prefect.logging.handlers import APILogHandler
from prefect.settings import (
    PREFECT_API_AUTH_STRING,
    PREFECT_API_URL,
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    temporary_settings,
)

from casework.actions import demonstration, letters, runs, schools
from casework.actions.installation import Installation, open_installation
from casework.config import Settings
from casework.demo import data, marker
from casework.demo.acts import DAYS, FIRST_SWEEP
from casework.demo.officers import ADMINISTRATOR, OFFICERS, at
from casework.demo.schools import SCHOOLS
from casework.domain import CaseworkError, Officer
from casework.domain.words import day
from casework.flows.documents import documents
from casework.flows.morning import morning
from casework.flows.nightly import nightly
from casework.flows.orchestrator import orchestrator
from casework.flows.registers import registers
from casework.flows.reviews import reviews
from casework.flows.safeguarding import safeguarding

DAY = date(2026, 11, 20)
"""The demo's own today."""

PASSWORD = "tannerwick-demo"
SWEEPS = (
    *(
        date(2026, 9, 17),
        date(2026, 9, 25),
        date(2026, 10, 2),
        date(2026, 10, 9),
        date(2026, 10, 13),
        date(2026, 10, 16),
    ),
    *(date(2026, 10, 23), date(2026, 11, 6), date(2026, 11, 13), date(2026, 11, 20)),
)
LETTER_DAYS = (
    date(2026, 9, 17),
    date(2026, 9, 25),
    date(2026, 9, 30),
    date(2026, 10, 5),
    date(2026, 11, 6),
    DAY,
)
SAFEGUARDING_DAYS = (date(2026, 9, 25), date(2026, 10, 12), date(2026, 10, 19), DAY)
MORNINGS = (date(2026, 10, 12), DAY)
REVIEW_DAYS = (date(2026, 10, 1), date(2026, 10, 16), date(2026, 10, 23), date(2026, 11, 13), DAY)


@dataclass
class Summary:
    """What the demo holds, in counts, and how long each flow took."""

    counts: dict[str, object] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Counts by kind and stage; timings under their own key."""
        return {**self.counts, "seconds": {name: round(took, 2) for name, took in self.seconds.items()}}

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Add the time a part took to what that part took before."""
        began = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began


class NotThatDay(CaseworkError):
    """The demo was asked to stop on a day that it cannot stop on."""

    def __init__(self, on: date, why: str, remedy: str) -> None:
        self.on = on
        super().__init__(f"The demo cannot stop on {day(on)}: {why}. {remedy}")


def run(
    settings: Settings,
    out: Path,
    *,
    on: date = DAY,
    pupils: int = data.DEFAULT_PUPILS,
    seed: int = data.DEFAULT_SEED,
    say: Callable[[str], None] = lambda _: None,
) -> Summary:
    """Make the demo whole, from wherever it stands.

    Args:
        out: Where letters and `summary.json` are written.
        on: The day up to which the term is worked through, registers and all; its last by default.
        say: Told what is being done, a line at a time.

    Raises:
        NotThatDay: The day lies outside the demo's term, or this home holds the demo of another day.
    """
    _refuse_day(settings, on)
    summary = Summary()
    with summary.timed("open"):
        inst = open_installation(settings)
    say("The database is up.")
    with summary.timed("files"):
        files = data.write(settings.home / "demo-files", seed, pupils, on)
    say(f"{len(files.paths)} files of {files.pupils} invented pupils are written.")
    with summary.timed("prefect"):
        server = orchestrator(settings, inst.db.prefect_url)
        place = server.__enter__()
    try:
        known = {
            PREFECT_API_URL: place.api_url,
            PREFECT_API_AUTH_STRING: place.auth_string,
            PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
        }
        say("The Prefect server is up.")
        with temporary_settings(known):
            _import(inst, files, on, summary, say)
            _people(inst, settings, on)
            for step_on, step in sorted(_days(inst, summary), key=lambda item: item[0]):
                if step_on <= on:
                    step(step_on)
            say("The term is worked through.")
    finally:
        APILogHandler().flush()
        server.__exit__(None, None, None)
    summary.counts = demonstration.counts(inst)
    _write(inst, out, summary)
    return summary


def _refuse_day(settings: Settings, on: date) -> None:
    if not FIRST_SWEEP <= on <= DAY:
        why = f"its term runs from {day(FIRST_SWEEP)} to {day(DAY)}"
        raise NotThatDay(on, why, "Give --on a day of it, or leave it out.")
    kept = marker.kept(settings.home)
    if kept is not None and kept.on != on:
        remedy = "Set CASEWORK_HOME to another directory for another day."
        raise NotThatDay(on, f"this home holds the demo of {day(kept.on)}", remedy)


def _import(
    inst: Installation, files: data.DemoFiles, on: date, summary: Summary, say: Callable[[str], None]
) -> None:
    moment = datetime.combine(on, datetime.min.time().replace(hour=18), ZoneInfo("Europe/London"))
    for number, delivery in enumerate(files.deliveries, 1):
        name = f"{number}-{delivery.urn}-{delivery.format}"
        if runs.done(inst, f"registers-{name}"):
            continue
        with summary.timed("registers"):
            registers(
                folder=str(delivery.paths[0].parent),
                files=[path.name for path in delivery.paths],
                name=name,
                now=moment,
                urn="" if delivery.format == "native" else delivery.urn,
            )
        say(f"Imported: {delivery.format} of school {delivery.urn}.")


def _people(inst: Installation, settings: Settings, on: date) -> None:
    """The invented officers, the schools' letterheads, and the mark that this is the demo."""
    for officer in OFFICERS:
        demonstration.add_officer(inst, officer, PASSWORD)
    named = {school.urn: school.school.name for school in SCHOOLS}
    for number, school in enumerate(SCHOOLS, 1):
        kept = schools.KeptLetterhead(
            ("School Lane", school.school.name.partition(",")[0], f"ZZ{number} 1AA"),
            phone=f"01632 960{100 + number}",
            reachable="school days, 8am to 4pm",
            email=f"office@{school.folder.partition('_')[2]}.example.org",
            headteacher=at(school.urn, "head").name,
        )
        schools.set_letterhead(inst, ADMINISTRATOR, school.urn, kept)
    accounts = [
        {
            "officer_id": officer.officer_id,
            "name": officer.name,
            "role": demonstration.in_words(officer),
            "school": ", ".join(named.get(urn, urn) for urn in sorted(officer.schools)),
            "password": PASSWORD,
        }
        for officer in OFFICERS
    ]
    marker.keep(settings.home, on, accounts)


Step = Callable[[date], None]


def _days(inst: Installation, summary: Summary) -> Iterator[tuple[date, Step]]:
    """Every part of the term by its day; of one day, mornings first, then acts, then the evening's flows."""
    for on in MORNINGS:
        yield on, _flow(inst, summary, "morning", lambda on: morning(on=on, late=False))
    for on in (FIRST_SWEEP, DAY):
        yield on, _flow(inst, summary, "nightly", lambda on: nightly(on=on))
    for days in DAYS:
        yield days.on, _acts(inst, summary, days.name, days.do)
    for on in SWEEPS[:-1]:
        yield on, _flow(inst, summary, "nightly", lambda on: nightly(on=on))
    for on in SAFEGUARDING_DAYS:
        yield on, _flow(inst, summary, "safeguarding", lambda on: safeguarding(on=on))
    for on in REVIEW_DAYS:
        yield on, _flow(inst, summary, "reviews", lambda on: reviews(on=on))
    for on in LETTER_DAYS:
        yield on, _flow(inst, summary, "documents", lambda on: documents(on=on))


def _flow(inst: Installation, summary: Summary, name: str, call: Callable[[date], object]) -> Step:
    def step(on: date) -> None:
        marked = f"demo-{name}-{on.isoformat()}"
        if runs.done(inst, marked):
            return
        with summary.timed(name):
            call(on)
        runs.finished(inst, marked, on)

    return step


def _acts(inst: Installation, summary: Summary, name: str, do: Callable[[Installation, date], None]) -> Step:
    def step(on: date) -> None:
        marked = f"demo-acts-{name}-{on.isoformat()}"
        if runs.done(inst, marked):
            return
        with summary.timed("decisions"):
            do(inst, on)
        runs.finished(inst, marked, on)

    return step


def _write(inst: Installation, out: Path, summary: Summary) -> None:
    """Issued letters by the document's own reference, never a name; and the summary."""
    folder = out / "letters"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for document_id, content in letters.issued(inst):
        (folder / f"{document_id}.docx").write_bytes(content)
    (out / "summary.json").write_text(json.dumps(summary.as_json(), indent=2, default=str) + "\n")


def account_of(officer: Officer) -> str:
    """How the end of the demo names a sign-in."""
    return f"{officer.officer_id:22} {officer.name:22} {demonstration.in_words(officer)}"
