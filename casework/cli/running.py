"""flows, serve, db, verify."""

import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
import uvicorn
from prefect.settings import PREFECT_API_URL, temporary_settings

from casework import config, logs
from casework.actions import maintenance, runs
from casework.cli.options import Json, console, installation, show_json, show_table
from casework.config import Settings
from casework.demo import marker
from casework.domain.words import in_words
from casework.flows.deploying import deploy_all
from casework.flows.orchestrator import child, orchestrator
from casework.flows.schedule import FLOWS, TIMEZONE, timetable
from casework.storage.runs import FinishedRun
from casework.web.app import create_app
from casework.web.service import service_of
from casework.web.visit import DemoAccount

app = typer.Typer()
db = typer.Typer(no_args_is_help=True, help="The database: start, stop, migrate, where it is.")
app.add_typer(db, name="db")


@app.command()
def flows(as_json: Json = False) -> None:
    """Each flow with its schedule, last run and next run, in the schools' own time."""
    rows = flow_rows(runs.last(installation()), datetime.now(UTC), config.read())
    if as_json:
        show_json(rows)
        return
    shown = [
        (r["flow"], r["does"], r["schedule"], _last(r["finished_at"], r["counts"]), local(r["next_run"]))
        for r in rows
    ]
    show_table("Flows", ("Flow", "What it does", "Schedule", "Last run", "Next run"), shown, "No flows.")


def flow_rows(last: Mapping[str, FinishedRun], now: datetime, settings: Settings) -> list[dict[str, Any]]:
    """Each flow as the list shows it at a moment; one that the settings do not want has no next run."""
    rows = []
    for item in FLOWS:
        done = last.get(item.name)
        following = item.next_run(now)
        rows.append(
            {
                "flow": item.name,
                "does": item.says,
                "schedule": item.when,
                "cron": item.cron,
                "last_run": done.run.name if done else None,
                "counts": dict(done.counts) if done else {},
                "finished_at": done.finished_at if done else None,
                "next_run": following if item.wanted(settings) else None,
            }
        )
    return rows


def _last(finished_at: object, counts: object) -> str:
    """When a flow last ran, and under it what came of it; what came to nothing is not spoken of."""
    if not isinstance(counts, dict) or finished_at is None:
        return "never"
    told = (f"{in_words(name)} {count}" for name, count in counts.items() if count)
    return "\n".join((local(finished_at), ", ".join(told) or "nothing to do"))


def local(moment: object) -> str:
    """A moment as the schools' clocks show it."""
    return (
        moment.astimezone(ZoneInfo(TIMEZONE)).strftime("%a %d %b %Y %H:%M")
        if isinstance(moment, datetime)
        else ""
    )


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "",
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 0,
    scheduler: Annotated[bool, typer.Option(help="Run the flows on their schedules as well.")] = True,
) -> None:
    """Run the web application, the scheduler and the worker, until stopped.

    Example:

      casework serve --port 8000
    """
    settings = config.read()
    run_services(settings, host or settings.host, port or settings.port, scheduler)


def run_services(settings: config.Settings, host: str, port: int, scheduler: bool) -> None:
    """The web application in this process; Prefect's server and the runner as children that die with it.

    The demo stands on its own day: its finished runs are to be seen, and none is started as of a real one.
    """
    inst = installation()
    demo = marker.kept(settings.home)
    secret = maintenance.secret(settings)
    token = settings.metrics_token or ""
    logs.start()
    pages = (
        create_app(inst, secret, demo_accounts=_accounts(demo), today=lambda: demo.on, metrics_token=token)
        if demo
        else create_app(
            inst,
            secret,
            service=service_of(settings),
            address=settings.address or "",
            timetable=timetable(settings),
            metrics_token=token,
        )
    )
    ready = f"casework is at http://{host}:{port}"
    server = uvicorn.Server(uvicorn.Config(pages, host=host, port=port, log_level="warning"))
    if not scheduler:
        console.print(ready)
        server.run()
        return
    with orchestrator(settings, inst.db.prefect_url) as place:
        if demo:
            console.print(f"Prefect's API, with every finished run, is at {place.api_url}")
            console.print(ready)
            server.run()
            return
        environment = {**os.environ, **place.environment, "CASEWORK_LOG": "json"}
        command = (sys.executable, "-m", "casework.flows.runner")
        log = settings.home / "prefect" / "runner.log"
        with log.open("ab") as out, child(command, environment, out.fileno()):
            console.print(ready)
            server.run()


def _accounts(demo: marker.Demo) -> list[DemoAccount]:
    return [DemoAccount(**account) for account in demo.accounts]


@app.command("deploy")
def deploy_(
    pool: Annotated[str, typer.Option(help="The work pool, made if there is none.")] = "casework",
    at_once: Annotated[int, typer.Option(min=1, help="Runs at the same time, over all workers.")] = 4,
    as_json: Json = False,
) -> None:
    """Register every flow with the Prefect server that CASEWORK_PREFECT_API_URL names, for many workers.

    Example:

      CASEWORK_PREFECT_API_URL=http://prefect.example:4200/api casework deploy --at-once 8
    """
    settings = config.read()
    if settings.prefect_api_url is None:
        raise typer.BadParameter("Name the Prefect server with CASEWORK_PREFECT_API_URL.")
    with temporary_settings({PREFECT_API_URL: settings.prefect_api_url}):
        made = deploy_all(settings, pool, at_once)
    if as_json:
        show_json({"pool": pool, "deployments": len(made)})
        return
    console.print(f"{len(made)} deployments are in the work pool {pool}, {at_once} runs at a time.")
    console.print(f"On each machine: prefect worker start --pool {pool}")


@app.command()
def verify(as_json: Json = False) -> None:
    """Prove the whole chain of events and every issued file; name the first break of each."""
    breaks = maintenance.verify(installation())
    if as_json:
        show_json([str(item) for item in breaks])
    for item in breaks if not as_json else ():
        sys.stderr.write(f"{item}\n")
    if breaks:
        raise typer.Exit(1)
    if not as_json:
        console.print("Every chain and every file is whole.")


@db.command()
def start() -> None:
    """Start the embedded server, if none is given, and bring the tables up to date."""
    installation()
    console.print("The database is up.")


@db.command()
def stop() -> None:
    """Stop the embedded server of this home; never an external one."""
    stopped = maintenance.stop(config.read())
    console.print("Stopped." if stopped else "None was running.")


@db.command()
def where(as_json: Json = False) -> None:
    """Where everything is kept, and the address of the database."""
    inst = installation()
    settings = config.read()
    found = {"home": str(settings.home), "database": inst.db.app_url}
    if as_json:
        show_json(found)
        return
    console.print(f"Home      {found['home']}\nDatabase  {found['database']}")
