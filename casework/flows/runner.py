"""The process that starts runs when they are due: `python -m casework.flows.runner`, a child of `serve`."""

from contextlib import suppress

from prefect import serve

from casework import config, logs
from casework.flows.catch_up import catch_up
from casework.flows.runs import RunFailed
from casework.flows.schedule import deployments

AT_ONCE = 2


def main() -> None:
    """Catch up what was missed while nothing ran, then serve every flow until ended."""
    logs.start()
    with suppress(RunFailed):  # Kept as failed on the Prefect server; the next start tries again.
        catch_up()
    serve(*deployments(config.read()), limit=AT_ONCE, pause_on_shutdown=False)


if __name__ == "__main__":
    main()
