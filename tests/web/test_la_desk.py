"""The LA's desk on pages: notices, payments from a file, limits, objections, and what a meeting agreed."""

from datetime import date
from typing import Any

import pytest

from casework.actions import la_desk, payments, referrals
from casework.domain import ENGINE, Case
from casework.domain import events as e
from casework.storage import cases
from tests.web.browser import Browser, Seen
from tests.web.conftest import SignIn
from tests.web.world import NORTH, ON, World

SERVED = date(2026, 11, 2)
HEADING = "Reference,Amount,Paid on"


def issue(world: World, served: bool = True) -> str:
    """A notice to Robin's mother, asked for by the school and issued by the LA."""
    on = date(2026, 10, 28)
    said: Any = {"case_ref": world.case_ref, "on": on, "by": "head", "parent_id": "c1", "reasons": "x"}
    period: Any = {"period_from": date(2026, 9, 17), "period_to": date(2026, 10, 12)}
    issued = e.PenaltyNoticeIssued(
        **said, **period, notice_id="PN1", la_code="352", issued_on=on, tier=1, amount_pence=16_000,
        reduced_pence=8_000,
    )  # fmt: skip
    service = e.DocumentServed(
        case_ref=world.case_ref,
        on=on,
        by="ewo",
        document_id="PN1",
        method="by_hand",
        posted_on=SERVED,
        served_on=SERVED,
    )
    with world.inst.act(ENGINE) as tx:
        asked = e.PenaltyNoticeRequested(**said, **period, la_code="352")
        cases.append(
            tx, world.case_ref, (asked, issued, *((service,) if served else ())), None, world.inst.now()
        )
    return f"{world.case_ref} PN1"


def loaded(world: World) -> Case:
    with world.inst.act(ENGINE) as tx:
        return cases.load(tx, world.case_ref)


def take_in(browser: Browser, *rows: str, heading: str = HEADING) -> Seen:
    file = ("payments.csv", "\n".join((heading, *rows)).encode(), "text/csv")
    return browser.send(browser.get("/la/payments"), {}, action="/la/payments", files={"file": file})


def test_the_ledger_shows_notices_of_its_own_cases(world: World, browse: SignIn) -> None:
    ewo, other = browse(world, "ewo"), browse(world, "other-ewo")
    assert "No penalty notice was issued" in ewo.get("/la/ledger").main

    issue(world)

    page = ewo.get(f"/la/ledger?school={NORTH}")
    for says in ("Robin Fennimore", "Ms Mara Fennimore", "Can be paid", "£80 due today", "22 Nov 2026"):
        assert says in page.main, says
    assert "Fennimore" not in other.get("/la/ledger").main
    assert "Fennimore" not in ewo.get("/la/ledger?page=7").main


def test_payments_are_looked_at_then_recorded_and_twice_changes_nothing(world: World, browse: SignIn) -> None:
    reference = issue(world)
    ewo = browse(world, "ewo")
    rows = (
        f"{reference},80.00,2026-11-18",
        f"{reference},80.00,18/11/2026",
        f"{world.case_ref} PN9,80,2026-11-18",
        f"{world.other_ref} PN1,80,2026-11-18",
        "=cmd|' /C calc'!A0,£80.00,2026-11-18",
    )

    seen = take_in(ewo, *rows)

    assert "These settle their notices: 1" in seen.main
    assert "An earlier row of the file settles this notice." in seen.main
    for says in ("The case has no notice PN9.", "No case of that reference", "names no notice"):
        assert says in seen.main
    assert not loaded(world).of(e.PenaltyNoticePaid)
    done = ewo.send(seen, {}, action="/la/payments")
    assert "Recorded: 1" in done.main
    (paid,) = loaded(world).of(e.PenaltyNoticePaid)
    assert (paid.amount_pence, paid.paid_on, paid.by) == (8_000, date(2026, 11, 18), "ewo")

    again = take_in(ewo, *rows)
    assert "Recorded before: 2" in again.main
    assert "settle their notices" not in again.main
    sent_twice = ewo.send(seen, {}, action="/la/payments")
    assert sent_twice.status == 200
    assert len(loaded(world).of(e.PenaltyNoticePaid)) == 1


@pytest.mark.parametrize(
    ("rows", "served", "says"),
    [
        pytest.param(["{ref},40.00,2026-11-18"], True, "a part of the sum settles nothing", id="a part"),
        pytest.param(["{ref},160.00,2026-11-18"], True, "is more than", id="too much that day"),
        pytest.param(["{ref},80.00,2026-11-18"], False, "was served is not recorded", id="not served yet"),
    ],
)
def test_what_does_not_settle_is_listed_and_not_recorded(
    world: World, browse: SignIn, rows: list[str], served: bool, says: str
) -> None:
    reference = issue(world, served)

    seen = take_in(browse(world, "ewo"), *(row.format(ref=reference) for row in rows))

    assert says in seen.main
    assert "Record 1 payment" not in seen.main


@pytest.mark.parametrize(
    ("content", "problems"),
    [
        pytest.param(b"", ["The file is empty."], id="empty"),
        pytest.param(b"name,sum\nx,1", ["column for the reference", "column for the paid on"], id="columns"),
        pytest.param(b"date,paid on,amount,notice\n", ["more than one column for the paid"], id="two days"),
        pytest.param(
            b"reference,amount,date\n,eighty,31/02/2026\nC,80.5,2026-12-01\n",
            ["Row 2: there is no reference", "Row 2: eighty is not a sum", "Row 2: 31/02/2026 is not a day",
             "Row 3: 80.5 is not a sum", "Row 3: 01 December 2026 is a day to come"],
            id="every fault at once",
        ),
        pytest.param(b"reference,amount,date\nC,-8.00,2026-11-01\nC,0,2026-11-01", ["Row 2: -8", "Row 3: 0"],
                     id="no sum at all"),
        pytest.param(bytes(range(256)) * 4, ["not a text file"], id="no text"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_names_everything(content: bytes, problems: list[str]) -> None:
    with pytest.raises(payments.PaymentsRefused) as refused:
        payments.read(content, ON)

    assert all(any(says in problem for problem in refused.value.problems) for says in problems)
    assert len(refused.value.problems) == len(problems)


def test_columns_come_in_any_order_and_amounts_as_people_write_them() -> None:
    (row,) = payments.read(
        'date,other,Amount paid,Our reference\n5/10/2026,zz,"£1,280.00",c-2026-100001-0001/pn12\n'.encode(),
        ON,
    )

    assert (row.amount_pence, row.paid_on) == (128_000, date(2026, 10, 5))
    assert row.notice == ("C-2026-100001-0001", "PN12")


def test_limits_show_time_to_pay_and_six_months(world: World, browse: SignIn) -> None:
    issue(world)

    page = browse(world, "ewo").get("/la/limits").main

    for says in ("Ms Mara Fennimore", "the earliest of 17 Sep 2026", "22 Nov 2026"):
        assert says in page, page
    assert "Piers Otterbourne" not in page, "nothing was asked about the father"


def test_an_objection_waits_until_it_is_answered(world: World, browse: SignIn) -> None:
    issue(world)
    ewo = browse(world, "ewo")
    ledger = ewo.get("/la/ledger")
    (path,) = [link for link in ledger.links() if "condition=open_representation" in link]
    form = ewo.get(path)

    said = {"condition": "open_representation", "parent_id": "c1", "says": "He was in hospital."}
    sent = ewo.send(form, said, action=path.partition("?")[0])
    assert sent.status == 303
    page = ewo.get("/la/objections")
    assert "He was in hospital." in page.main
    (answer,) = [link for link in page.links() if "/record/clear-stop" in link]
    form = ewo.get(answer)
    assert form.tree is not None
    (stop,) = form.tree.xpath("//input[@name='stop'][@checked]/@value")
    said = {"stop": stop, "reason": "The dates differ; the notice stands."}
    done = ewo.send(form, said, action=answer.partition("?")[0])

    assert done.status == 303
    after = ewo.get("/la/objections").main
    assert "No objection waits." in after
    assert "The dates differ; the notice stands." in after


def list_for_meeting(world: World) -> None:
    referrals.list_for_la(
        world.inst,
        world.by("pastoral"),
        world.case_ref,
        listed_for="targeting_support_meeting",
        meeting_on=ON,
        why="No agency leads.",
    )


def test_what_a_meeting_agreed_goes_back_into_the_case(world: World, browse: SignIn) -> None:
    list_for_meeting(world)
    ewo = browse(world, "ewo")
    assert "1 case" in ewo.get("/la/meetings").main
    page = ewo.get(f"/la/meetings?school={NORTH}")
    ref = world.case_ref
    answers = {
        "meeting_on-day": "20", "meeting_on-month": "11", "meeting_on-year": "2026",
        f"agreed-{ref}": "Early help is asked for.", f"lead-{ref}": "Bea Thorn",
        f"by_when-{ref}-day": "4", f"by_when-{ref}-month": "12", f"by_when-{ref}-year": "2026",
    }  # fmt: skip

    half = ewo.send(
        page, {k: v for k, v in answers.items() if not k.startswith("lead")}, action="/la/meetings"
    )
    assert (half.status, "Robin Fennimore: say who leads" in half.main) == (422, True)
    done = ewo.send(page, answers, action="/la/meetings")

    assert "1 case recorded" in ewo.follow(done).main
    agreed = loaded(world).last(e.AgreedWithLa)
    assert agreed is not None
    assert (agreed.agreed, agreed.lead, agreed.by) == ("Early help is asked for.", "Bea Thorn", "ewo")
    assert loaded(world).open_tasks[-1].due_on == date(2026, 12, 4)
    assert "See to what was agreed with the LA" in browse(world, "pastoral").get(f"/cases/{ref}").main
    assert la_desk.for_meetings(world.inst, world.officer("ewo")) == ()
    list_for_meeting(world)
    assert len(la_desk.for_meetings(world.inst, world.officer("ewo"))) == 1


def test_a_case_on_no_list_is_not_agreed_about(world: World, browse: SignIn) -> None:
    path = f"/cases/{world.case_ref}/record/agreed"
    school = browse(world, "pastoral")
    days = {f"{name}-{part}": value for name in ("meeting_on", "by_when")
            for part, value in (("day", "20"), ("month", "11"), ("year", "2026"))}  # fmt: skip
    answers = {"agreed": "x", "lead": "y", **days}

    assert school.send(school.get(path), answers, action=path).status == 404
    assert browse(world, "other-ewo").client.get(path).status_code == 404
