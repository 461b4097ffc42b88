"""On many machines: each school's run of a flow is put into the work pool on its own, once."""

from datetime import date

from prefect import flow
from prefect.deployments import run_deployment

from casework.flows.runs import named_by_its_day, run_name, schools_on


@flow(name="spread", flow_run_name=named_by_its_day("spread"))
def spread(of: str, on: date | None = None) -> dict[str, int]:
    """Ask for the run of a flow for every school; whichever worker is free takes it.

    A run asked for twice is the same run: its key is its name.

    Args:
        of: The flow, whose deployment has its name.
    """
    asked = 0
    for urn, day in schools_on(on, ""):
        name = run_name(of, day, urn)
        run_deployment(
            f"{of}/{of}",
            parameters={"on": day.isoformat(), "urn": urn},
            flow_run_name=name,
            idempotency_key=name,
            timeout=0,
            as_subflow=False,
        )
        asked += 1
    return {"asked": asked}
