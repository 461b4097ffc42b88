"""Looking after what is kept: the whole audit chain proved, and a locked copy of everything made."""

from datetime import date

from prefect import flow, task

from casework import config
from casework.actions import backing_up, maintenance
from casework.flows.runs import RunFailed, finished, installation, named_by_its_day, private_errors, today


@task(task_run_name="audit-{on}")
def prove(on: date) -> int:
    """Walk every chain and file; gives the number of breaks."""
    with private_errors():
        return len(maintenance.verify(installation()))


@flow(name="audit", flow_run_name=named_by_its_day("audit"))
def audit(on: date | None = None) -> dict[str, int]:
    """Prove that nothing recorded has been altered.

    Raises:
        RunFailed: Something is not as it was recorded; `casework verify` names it.
    """
    day = on or today()
    breaks = prove(day)
    finished("audit", day, breaks=breaks)
    if breaks:
        raise RunFailed(
            f"{breaks} of the chains and files are not as they were recorded: see casework verify"
        )
    return {"breaks": breaks}


@task(retries=2, retry_delay_seconds=[10, 60], task_run_name="backup-{on}")
def copy(on: date) -> dict[str, int]:
    """Write a backup, put it back once, and let the oldest of the nightly ones go."""
    with private_errors():
        return dict(backing_up.make_nightly(installation(), config.read()))


@flow(name="backup", flow_run_name=named_by_its_day("backup"))
def backup(on: date | None = None) -> dict[str, int]:
    """Copy everything of this moment into the folder of the nightly backups."""
    day = on or today()
    counts = copy(day)
    finished("backup", day, **counts)
    return counts
