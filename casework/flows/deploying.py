"""Deployments on a Prefect server, for any number of workers: the flows that `serve` runs on one machine."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from prefect import Flow, deploy
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
from prefect.client.schemas.objects import StateType
from prefect.deployments.runner import RunnerDeployment
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification
from prefect.exceptions import ObjectNotFound
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from casework.config import Settings
from casework.flows.catch_up import catch_up
from casework.flows.schedule import FLOWS, TIMEZONE, Scheduled
from casework.flows.spread import spread

HOURLY = "50 * * * *"
SILENT_AFTER = timedelta(minutes=10)
"""A run says every three minutes that it lives."""
STILL_ON_ITS_WAY = 3
"""Hours after which a run that has not finished is made again: its worker may have died."""


def deploy_all(
    settings: Settings, pool: str, at_once: int, silent_after: timedelta = SILENT_AFTER
) -> list[UUID]:
    """Register every flow that is wanted with the server, in a pool of processes; again brings it up to date.

    A flow that runs school by school has a deployment without a schedule, and one of `spread` that asks for
    each school's run when it is due.

    Args:
        pool: The work pool, made if there is none.
        at_once: Runs of the pool at the same time, over all workers: what the database bears.
        silent_after: A run not heard of for so long counts as dead, and gives its place in the pool back.
    """
    _make_pool(pool, at_once)
    _give_up_silent_runs(silent_after)
    wanted = [item for item in FLOWS if item.wanted(settings)]
    found = [deployment for item in wanted for deployment in _deployments(item)]
    found.append(_deployment(catch_up, "catch_up", HOURLY, hours=STILL_ON_ITS_WAY))
    made = deploy(*found, work_pool_name=pool, build=False, push=False, print_next_steps_message=False)
    assert isinstance(made, list)  # A coroutine only inside an event loop.
    return made


def _deployments(item: Scheduled) -> list[RunnerDeployment]:
    if not item.by_school:
        return [_deployment(item.flow, item.name, item.cron)]
    return [_deployment(item.flow, item.name), _deployment(spread, item.name, item.cron, of=item.name)]


def _make_pool(pool: str, at_once: int) -> None:
    with get_client(sync_client=True) as client:
        try:
            client.read_work_pool(pool)
        except ObjectNotFound:
            client.create_work_pool(WorkPoolCreate(name=pool, type="process", concurrency_limit=at_once))
        else:
            client.update_work_pool(pool, WorkPoolUpdate(concurrency_limit=at_once))


def _give_up_silent_runs(silent_after: timedelta) -> None:
    """Have the server mark a run as crashed that is no longer heard of: it holds a place in the pool."""
    every_run = ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]})
    ends = ("Completed", "Failed", "Cancelled", "Crashed")
    automation = AutomationCore(
        name="casework: runs not heard of",
        trigger=EventTrigger(
            after={"prefect.flow-run.heartbeat"},
            expect={"prefect.flow-run.heartbeat", *(f"prefect.flow-run.{end}" for end in ends)},
            match=every_run,
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=silent_after,
        ),
        actions=[
            ChangeFlowRunState(
                name=None,
                state=StateType.CRASHED,
                message="Not heard of: its worker may have died.",
                force=False,
            )
        ],
    )
    with get_client(sync_client=True) as client:
        for known in client.read_automations_by_name(automation.name):
            client.delete_automation(known.id)
        client.create_automation(automation)


def _deployment(flow: Flow[Any, Any], name: str, cron: str = "", **parameters: str | int) -> RunnerDeployment:
    made = flow.to_deployment(
        name=name,
        schedule=Cron(cron, timezone=TIMEZONE) if cron else None,
        parameters=parameters or None,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    assert isinstance(made, RunnerDeployment)  # A coroutine only inside an event loop.
    return made
