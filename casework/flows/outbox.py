"""Every few minutes: messages that wait are sent, and those that lost their sense are kept as missed."""

from collections import Counter
from datetime import UTC, datetime
from itertools import count

from prefect import flow, task

from casework import config
from casework.actions import mail, sending
from casework.flows.runs import LONDON, finished, installation, private_errors, run_name

BATCH = 50
"""Messages sent in one task, as of one moment."""


@task(task_run_name="messages-{number}")
def send_batch(at: datetime, number: int) -> dict[str, int]:
    """Send some messages. Safe to repeat: each is claimed by one sender, and settled once."""
    with private_errors():
        name = run_name("outbox", at.astimezone(LONDON).date())
        return sending.send(installation(), mail.transport_of(config.read()), at, name, BATCH)


@flow(name="outbox")
def send_messages(now: datetime | None = None) -> dict[str, int]:
    """Send what is due; what cannot go yet is left for a later run, and nothing waits for it."""
    done: Counter[str] = Counter()
    for number in count(1):
        batch = send_batch(now or datetime.now(UTC), number)
        done.update(batch)
        if sum(batch.values()) < BATCH:
            break
    finished("outbox", (now or datetime.now(UTC)).astimezone(LONDON).date())
    return dict(done)
