"""The administrator's and the governor's new pages, full, in a real browser: no barrier, nothing too wide."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser
from sqlalchemy import text

from casework.actions.health import Timed
from casework.domain import ENGINE
from casework.storage import outbox
from casework.storage.outbox import NewMessage
from tests.web.test_chromium import AXE, RULES, Served, chromium, sign_in
from tests.web.world import AT, NORTH, ON, ROBIN, World

__all__ = ["chromium"]

pytestmark = [pytest.mark.chromium, pytest.mark.xdist_group("chromium")]

TIMES = (
    Timed(
        "nightly",
        "Every pupil of each school looked at",
        "19:00 on weekdays",
        True,
        AT - timedelta(hours=13),
        AT,
    ),
    Timed("registers", "Files imported", "when files come in", False, None, None),
)
LOOKED_AT = [
    ("administrator", "/"),
    ("administrator", "/messages"),
    ("administrator", "/flows"),
    ("governor", "/figures"),
    ("governor", f"/schools/{NORTH}/reports"),
    ("pastoral", f"/schools/{NORTH}/reports"),
    ("pastoral", f"/schools/{NORTH}/calls"),
]
LINE = (
    '{"cut": "%s", "value": "%s", "pupils": 9, "lates": 2,'
    ' "counts": {"possible": 90, "attended": 80, "authorised": 4, "unauthorised": 6}}'
)


def filled(world: World) -> None:
    """A message in each state that asks for a person, a report with and one without pupils, a late flow."""
    with world.inst.act(ENGINE) as tx:
        for state in outbox.OPEN:
            new = NewMessage(
                f"k-{state}",
                "absence",
                ON,
                "c1",
                "x@family.example",
                "S",
                "B",
                "pastoral",
                urn=NORTH,
                upn=ROBIN,
                case_ref=world.case_ref,
            )
            outbox.queue(tx, new, AT)
            claimed = outbox.claim(tx, AT)
            assert claimed is not None
            outbox.settle(tx, claimed, state)
            outbox.note(tx, claimed.message_id, AT, state, "engine", problem="the mail server answered 550")
    with world.inst.db.owner_engine.begin() as owner:
        owner.execute(
            text("""
                insert into report_made (school_id, name, on_date, every, says, made_for, policy,
                    names_pupils, lines, made_at)
                select school_id, kind.name, '2026-11-20', 'week', 'Attendance of the week.', '{governors}',
                    'national', kind.name = 'pupils', cast('[' || kind.line || ']' as jsonb), now()
                from school, (values ('figures', :group), ('pupils', :pupil)) as kind (name, line)
            """),
            {"group": LINE % ("year_group", "8"), "pupil": LINE % ("pupil", ROBIN)},
        )
        owner.execute(
            text("""
                insert into flow_record (flow_run, flow, on_date, urn, counts, finished_at)
                values ('nightly-x', 'nightly', '2026-11-18', '100001', '{}', '2026-11-18 19:05Z')
            """)
        )


def test_no_barrier_on_the_new_pages(chromium: Browser, world: World) -> None:
    filled(world)
    server = Served(world, clock=lambda: AT, timetable=lambda _: TIMES)
    address = server.begin()
    found: list[str] = []
    for who in dict.fromkeys(who for who, _ in LOOKED_AT):
        context = chromium.new_context(locale="en-GB", bypass_csp=True)
        page = context.new_page()
        sign_in(page, address, who)
        for path in [path for someone, path in LOOKED_AT if someone == who]:
            page.goto(address + path)
            page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
            page.add_script_tag(path=AXE)
            for width in (1280, 320):
                page.set_viewport_size({"width": width, "height": 900})
                told = page.evaluate(f"axe.run({{runOnly: {RULES}}})")
                found += [
                    f"{path} at {width}: {item['id']}: {node['html'][:160]}"
                    for item in told["violations"]
                    for node in item["nodes"][:3]
                ]
                wide = page.evaluate("document.documentElement.scrollWidth")
                found += [f"{path} is {wide} px wide"] if wide > width else []
        said = page.inner_text("main")
        assert who != "governor" or "Robin" not in said
        context.close()
    server.end()

    assert not found, "\n".join(found)
