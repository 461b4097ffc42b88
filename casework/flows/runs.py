"""What every run shares: its name, its day, its schools, and errors that carry nobody's data.

The orchestrator keeps what it is given: parameters, messages and tracebacks. So a run is given references
and days only, and an error leaves it as the name of its kind.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from zoneinfo import ZoneInfo

from prefect.runtime import flow_run

from casework import config, logs
from casework.actions import runs, schools
from casework.actions.installation import Installation, open_installation
from casework.domain import CaseworkError

log = logging.getLogger(__name__)

LONDON = ZoneInfo("Europe/London")


class RunFailed(CaseworkError):
    """A run could not do its work. The kind of error is named; what it was about is not."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(
            f"{kind}. Run the same step from the command line on the machine itself to see what it was about."
        )


@contextmanager
def private_errors() -> Iterator[None]:
    """Let an error leave a run as the name of its kind: messages of databases and readers may hold names."""
    try:
        yield
    except Exception as error:
        kind = type(error).__name__
        log.error("run failed", extra={"error": kind}, exc_info=error)
    else:
        return
    raise RunFailed(kind)


def installation() -> Installation:
    """The installation that the run's environment names; its logs as data, where that is asked for."""
    settings = config.read()
    if settings.log_as_data:
        logs.start()
    return open_installation(settings)


def today(timezone: str = "Europe/London") -> date:
    """The day it is now, where a school is."""
    return datetime.now(ZoneInfo(timezone)).date()


def schools_on(on: date | None, urn: str) -> tuple[tuple[str, date], ...]:
    """(URN, day) of the school named, or of every school; without a day, today in the school's own zone."""
    known = schools.every(installation())
    wanted = [school for school in known if urn in ("", school.urn)]
    return tuple((school.urn, on or today(school.timezone)) for school in wanted)


def finished(flow_name: str, on: date, urn: str = "", /, **saw: int) -> None:
    """Keep that a run came to its end, with what it saw; what it did it counted as it did it."""
    runs.finished(installation(), run_name(flow_name, on, urn), on, urn, **saw)
    log.info("flow finished", extra={"flow": flow_name, "urn": urn, "on": on.isoformat(), **saw})


def named_by_its_day(flow_name: str) -> Callable[[], str]:
    """How the orchestrator names a run of a flow: as its effects do, or by the flow alone for today's."""

    def name() -> str:
        given = flow_run.parameters
        day = given.get("on")
        return "-".join(str(part) for part in (flow_name, given.get("urn"), day) if part)

    return name


def run_name(flow_name: str, on: date, urn: str = "") -> str:
    """How an effect names the run that made it: the same run done again has the same name."""
    return "-".join(part for part in (flow_name, urn, on.isoformat()) if part)
