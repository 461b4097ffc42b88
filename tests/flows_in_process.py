"""Flows and tasks as the plain functions under them, where a test needs no orchestrator."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from prefect import Flow, Task


@contextmanager
def in_process() -> Iterator[None]:
    """Calling a flow or a task calls its function: nothing is asked of a Prefect server."""
    with (
        patch.object(Flow, "__call__", lambda self, *args, **more: self.fn(*args, **more)),
        patch.object(Task, "__call__", lambda self, *args, **more: self.fn(*args, **more)),
    ):
        yield
