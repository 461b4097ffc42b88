"""A school's days from first to last: officers by day, the engine by night, and what came of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from casework.lab.assumed import Assumed
from casework.lab.nights import Nights
from casework.lab.notices import Notices
from casework.lab.officers import Officers
from casework.lab.paper import Happened, Paper
from casework.lab.seen import Background, Night


@dataclass(frozen=True)
class Replayed:
    """One school under one policy: every case there would have been, by UPN, and everything that happened."""

    urn: str
    papers: Mapping[str, Paper]
    happened: tuple[Happened, ...]
    seen: frozenset[str]


def replay(background: Background, nights: Iterable[Night], assumed: Assumed) -> Replayed:
    """Live through the days again. The same days under the same policy always give the same.

    Args:
        nights: Each school day's sweep, oldest first.
    """
    engine, officers = Nights(background), Officers(background, assumed)
    seen: set[str] = set()
    notices: Notices | None = None
    for night in nights:
        if notices is None:
            limit = background.policy.value("penalty_notice.threshold", night.on).sessions
            notices = Notices(background, assumed, limit)
        for paper in engine.papers.values():
            officers.work(paper, night.on)
        engine.pass_over(night)
        seen.update(night.upns)
        counts = zip(night.upns, night.counted.tolist(), night.unauthorised.tolist(), strict=True)
        for upn, counted, unauthorised in counts:
            if upn in engine.papers:
                notices.look(engine.papers[upn], night.on, counted, unauthorised)
    happened = (*engine.happened, *officers.happened, *(notices.happened if notices else ()))
    return Replayed(background.school.urn, engine.papers, happened, frozenset(seen))
