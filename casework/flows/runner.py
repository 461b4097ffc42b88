"""The process that starts runs when they are due: `python -m casework.flows.runner`, a child of `serve`."""

from prefect import serve

from casework.flows.schedule import deployments

AT_ONCE = 2


def main() -> None:
    """Serve every flow until ended."""
    serve(*deployments(), limit=AT_ONCE, pause_on_shutdown=False)


if __name__ == "__main__":
    main()
