"""A job done in a transaction that is looked at and then undone, so that every round begins alike."""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from benchmarks.measuring import Peer


class _Undo(Exception):
    """Rolls a transaction back."""


@dataclass(frozen=True)
class Open:
    """A transaction that is still open, with the way to undo it."""

    tx: Connection
    begun: AbstractContextManager[Connection]

    def undo(self) -> None:
        """Roll back and give the connection back."""
        with suppress(_Undo):
            self.begun.__exit__(_Undo, _Undo(), None)


def undone(
    begin: Callable[[], AbstractContextManager[Connection]],
    job: Callable[[Connection], object],
    items: int,
    answer: Callable[[Connection], Any] | None,
) -> Peer:
    """A peer that does a job in a transaction; it is undone outside the clock, for every peer alike."""

    def run() -> Open:
        begun = begin()
        tx = begun.__enter__()
        try:
            job(tx)
        except BaseException as fault:
            begun.__exit__(type(fault), fault, fault.__traceback__)
            raise
        return Open(tx, begun)

    return Peer(run, items, (lambda open_: answer(open_.tx)) if answer else None, Open.undo)
