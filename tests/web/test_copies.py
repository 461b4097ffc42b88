"""What leaves the school: copies with exemptions a person decides, the DSL's file, a calendar of numbers."""

import json
import re
import zipfile
from io import BytesIO

import pytest
from sqlalchemy import text

from casework.actions import feeds, safeguarding, support
from casework.domain import ENGINE, Case
from casework.domain import events as e
from casework.storage import cases, logins
from tests.web.browser import Browser
from tests.web.conftest import SignIn
from tests.web.world import ON, World

OTHER_PLACE = "77 Elsewhere Row"


def opened(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(BytesIO(content))


def loaded(world: World, ref: str) -> Case:
    with world.inst.act(ENGINE) as tx:
        return cases.load(tx, ref)


def given_to(browser: Browser, ref: str, who: str, *let_go: str) -> zipfile.ZipFile:
    path = f"/cases/{ref}/copy"
    sent = browser.send(browser.get(f"{path}?for={who}"), {"give": list(let_go)}, action=path)
    assert sent.headers["content-type"] == "application/zip"
    assert "Fennimore" not in sent.headers["content-disposition"]
    return opened(sent.content)


def everything(zipped: zipfile.ZipFile, folder: str = "to-give/") -> str:
    names = [name for name in zipped.namelist() if name.startswith(folder) and "/files/" not in name]
    return " ".join(zipped.read(name).decode() for name in names)


def test_a_parents_copy_leaves_out_the_other_parent_unless_a_person_lets_it_go(
    world: World, browse: SignIn
) -> None:
    support.contact(
        world.inst,
        world.by("pastoral"),
        world.case_ref,
        method="call",
        outcome="spoken",
        parent_id="c1",
        says=f"His father lives at {OTHER_PLACE} now.",
    )
    head = browse(world, "head")
    page = head.get(f"/cases/{world.case_ref}/copy?for=c1")
    for says in ("It is about somebody else.", "another parent's address", "a lift from home"):
        assert says in page.main, says

    zipped = given_to(head, world.case_ref, "c1")

    whole = everything(zipped)
    assert "He is afraid of the bus." in whole
    assert "1 Invented Lane" in whole
    for absent in (OTHER_PLACE, "Otterbourne", "a lift from home"):
        assert absent not in whole, absent
    kept = everything(zipped, "to-keep/")
    assert "third party data" in kept
    recorded = loaded(world, world.case_ref).last(e.CopyGiven)
    assert recorded is not None
    assert (recorded.asked_by, recorded.by) == ("c1", "head")
    assert len(recorded.left_out) >= 2
    assert "A copy of the case was made" in head.get(f"/cases/{world.case_ref}").main


def test_what_a_person_lets_go_is_given(world: World, browse: SignIn) -> None:
    head = browse(world, "head")
    page = head.get(f"/cases/{world.case_ref}/copy?for=c1")
    assert page.tree is not None
    marked = page.tree.xpath("//input[@name='give']/@value")

    zipped = given_to(head, world.case_ref, "c1", *marked)

    assert "a lift from home" in everything(zipped)
    recorded = loaded(world, world.case_ref).last(e.CopyGiven)
    assert recorded is not None
    assert recorded.left_out == ()
    assert any(name.startswith("to-give/files/") for name in zipped.namelist())
    told = json.loads(zipped.read("to-give/case.json"))
    assert {item["item"] for item in told["items"]} >= {"#1", *marked}


@pytest.mark.parametrize(("who", "given"), [("head", False), ("dsl", True)], ids=["the head", "the DSL"])
def test_what_the_dsl_did_only_the_dsl_lets_go(world: World, browse: SignIn, who: str, given: bool) -> None:
    recorded = loaded(world, world.sibling_ref).recorded
    (flag,) = [f"#{item.sequence}" for item in recorded if isinstance(item.event, e.SafeguardingFlagged)]

    zipped = given_to(browse(world, who), world.sibling_ref, "c1", flag)

    assert ("A safeguarding matter was put to the DSL" in everything(zipped)) is given
    assert "Something only the DSL may read." not in everything(zipped)


def test_the_childs_file_goes_to_the_next_school_and_its_receipt_comes(world: World, browse: SignIn) -> None:
    dsl, path = browse(world, "dsl"), f"/cases/{world.sibling_ref}/child-protection"
    before = len(safeguarding.readings(world.inst, world.officer("dsl"), world.sibling_ref))

    zipped = opened(dsl.client.get(f"{path}.zip").content)

    page = zipped.read("child-protection-file.html").decode()
    assert "Something only the DSL may read." in page
    assert "Receipt" in page
    assert len(safeguarding.readings(world.inst, world.officer("dsl"), world.sibling_ref)) > before
    day = {"sent_on-day": "20", "sent_on-month": "11", "sent_on-year": "2026"}
    where = {"to_school": "A school elsewhere", "to_whom": "Their DSL", "how": "By hand"}
    sent = dsl.send(dsl.get(path), where | day)
    assert "No receipt yet" in dsl.follow(sent).main
    case = loaded(world, world.sibling_ref)
    assert case.open_tasks[-1].for_role == "dsl"
    seen = browse(world, "pastoral").get(f"/cases/{world.sibling_ref}").main
    assert "The DSL passed something on" in seen
    assert "elsewhere" not in seen

    page_now = dsl.get(path)
    (transfer,) = [event.transfer_id for event in case.of(e.DslFilePassedOn)]
    receipt = {"transfer_id": transfer, "by_whom": "Their DSL", "came_on-day": "20", "came_on-month": "11",
               "came_on-year": "2026"}  # fmt: skip
    done = dsl.send(page_now, receipt)
    assert "Arrived 20 Nov 2026" in dsl.follow(done).main
    keys = [task.effect_key for task in loaded(world, world.sibling_ref).open_tasks]
    assert not any(key.startswith("dsl_file:") for key in keys)


def test_a_calendar_says_days_and_numbers_until_its_address_ends(world: World, browse: SignIn) -> None:
    pastoral = browse(world, "pastoral")
    page = pastoral.send(pastoral.get("/account"), {}, action="/account/calendar")
    (address,) = re.findall(r"http://testserver(/calendars/[\w-]+)", page.text)
    stranger = browse(world)

    read = stranger.client.get(address)

    assert read.headers["content-type"].startswith("text/calendar")
    assert "SUMMARY:" in read.text
    assert read.text.count("BEGIN:VEVENT") == read.text.count("END:VEVENT") > 0
    for secret in ("Fennimore", world.case_ref, "100001", "pastoral"):
        assert secret not in read.text
    with world.inst.db.owner_engine.begin() as owner:
        kept = owner.execute(text("select key from calendar_feed")).scalar_one()
        assert kept not in address
        assert address.rpartition("/")[2] not in kept
    assert address not in pastoral.get("/account").text
    pastoral.send(pastoral.get("/account"), {"end": "yes"}, action="/account/calendar")
    assert stranger.client.get(address).status_code == 404


def test_a_calendar_of_somebody_barred_opens_nothing(world: World, browse: SignIn) -> None:
    secret = feeds.make(world.inst, world.officer("pastoral"))
    assert "VEVENT" in feeds.calendar(world.inst, secret, ON)
    with world.inst.act(ENGINE) as tx:
        logins.set_active(tx, "pastoral", False)

    assert browse(world).client.get(f"/calendars/{secret}").status_code == 404
    assert browse(world).client.get("/calendars/guess").status_code == 404
