"""For which schools a run works, and on which day it is there."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from casework import config
from casework.actions import schools
from casework.actions.installation import open_installation


def schools_on(on: date | None, urn: str) -> tuple[tuple[str, date], ...]:
    """(URN, day) of the school named, or of every school; without a day, today in the school's own zone."""
    known = schools.every(open_installation(config.read()))
    wanted = [school for school in known if urn in ("", school.urn)]
    return tuple((s.urn, on or datetime.now(ZoneInfo(s.timezone)).date()) for s in wanted)


def run_name(flow_name: str, on: date, urn: str = "") -> str:
    """How an effect names the run that made it: the same run done again has the same name."""
    return "-".join(part for part in (flow_name, urn, on.isoformat()) if part)
