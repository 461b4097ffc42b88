"""Messages: each queued and sent once, tried again, never late; what fails asks a person, who decides."""

import asyncio
import email
import email.policy
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from casework.actions import absence, mail, messages, safeguarding, sending
from casework.actions.absence import morning
from casework.actions.access import NotAllowed
from casework.actions.installation import Installation
from casework.actions.mail import Folder, Handed, MailNotSetUp, MailServer, Outcome
from casework.actions.recording import Unclear
from casework.config import Settings
from casework.domain import ENGINE, Case, Professional
from casework.domain import events as e
from casework.storage import cases, outbox, people, server
from casework.storage.outbox import Message
from tests.actions.world import (
    ADMINISTRATOR,
    AYLA,
    DSL,
    PASTORAL,
    ROBIN,
    TOMAS,
    URN,
    WREN,
    bring_in,
    by,
    installation,
    marks_file,
)
from tests.storage.filled import copy_of

pytestmark = pytest.mark.xdist_group("outbox")

TUESDAY = date(2026, 11, 17)
TEN = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)
AFTERNOON = datetime(2026, 11, 17, 15, 0, tzinfo=UTC)
NEXT_DAY = TEN + timedelta(days=1)


class Recording:
    """A way out that keeps what it is handed, and answers as it is told to."""

    def __init__(self, *answers: Outcome, repeatable: bool = False) -> None:
        self.repeatable, self.answers, self.handed = repeatable, list(answers), []

    def hand_over(self, message: Message, at: datetime) -> Handed:
        self.handed.append(message)
        outcome = self.answers.pop(0) if self.answers else Outcome.SENT
        return Handed(outcome, "" if outcome is Outcome.SENT else "something happened")


@pytest.fixture(scope="module")
def morning_done(postgres: server.Server, imported: str) -> Iterator[str]:
    """A database in which Tomas (no case) and Ayla (a case, for her social worker) are away today."""
    with copy_of(postgres, imported) as (name, database):
        _morning(installation(database))
        database.close()
        yield name


@pytest.fixture
def away(postgres: server.Server, morning_done: str) -> Iterator[Installation]:
    """That morning, for a test of its own."""
    with copy_of(postgres, morning_done) as (_, database):
        yield installation(database)


def _morning(inst: Installation) -> None:
    emails = "\n".join(
        (
            "upn,contact_id,email",
            f"{TOMAS},c1,elin@family.example",
            f"{AYLA},c1,nadia@family.example",
            "",
        )
    )
    bring_in(inst, ("contacts.csv", emails.encode()), on=TUESDAY)
    known = {TOMAS: "N", AYLA: "N", ROBIN: "/", WREN: "/"}
    bring_in(inst, marks_file(*(f"{u},{URN},{TUESDAY},AM,{c}" for u, c in known.items())), on=TUESDAY)
    morning(inst, URN, TUESDAY)


def ask(inst: Installation, at: datetime = TEN, **more: Any) -> messages.Asked:
    return messages.message_families(inst, by(PASTORAL, TUESDAY), URN, TUESDAY, at, **more)


def states(inst: Installation) -> list[str]:
    with inst.act(ENGINE) as tx:
        return [message.state for message in outbox.messages(tx)]


def open_ones(inst: Installation) -> list[tuple[str, str]]:
    return [(item.message.state, item.problem) for item in messages.listed(inst, ADMINISTRATOR)]


def case_of(inst: Installation, upn: str) -> Case:
    with inst.act(ENGINE) as tx:
        found = cases.open_case_of(tx, upn, URN)
    assert found is not None
    return found


def send(inst: Installation, transport: mail.Transport, at: datetime = TEN) -> dict[str, int]:
    return sending.send(inst, transport, at, "outbox-2026-11-17")


# -- queued once ---------------------------------------------------------------------------------------------


def test_families_are_written_to_once_however_often_it_is_asked(away):
    assert ask(away) == messages.Asked(2, 0)
    assert ask(away) == messages.Asked(0, 0)

    transport = Recording()
    assert send(away, transport) == {"sent": 2}
    assert send(away, transport) == {}
    assert sorted(m.to_address for m in transport.handed) == ["elin@family.example", "nadia@family.example"]


def test_a_subject_says_nothing_of_a_pupil_and_the_words_name_the_child_by_forename_alone(away):
    ask(away)
    with away.act(ENGINE) as tx:
        found = outbox.messages(tx)

    for message in found:
        assert not any(word in message.subject for word in ("Tomas", "Ayla", "Quayle", "Kestrel", TOMAS))
        assert not any(word in message.body for word in ("Quayle", "Kestrel", TOMAS, AYLA))
    assert any("Tomas is not in our registers for today, Tuesday 17 November 2026" in m.body for m in found)


@pytest.mark.parametrize(
    ("at", "asked"),
    [
        pytest.param(AFTERNOON - timedelta(seconds=1), True, id="just before three"),
        pytest.param(AFTERNOON, False, id="at three it is too late to ask"),
        pytest.param(NEXT_DAY, False, id="the next morning"),
        pytest.param(TEN - timedelta(days=1), False, id="the day before"),
    ],
)
def test_a_message_about_today_is_asked_for_today(away, at, asked):
    if asked:
        assert ask(away, at).queued == 2
        return
    with pytest.raises(Unclear, match="Ring the families instead"):
        ask(away, at)


def test_whoever_works_no_cases_writes_to_nobody(away):
    with pytest.raises(NotAllowed):
        messages.message_families(away, by(ADMINISTRATOR, TUESDAY), URN, TUESDAY, TEN)


def test_a_pupil_without_an_address_is_counted_and_not_passed_over(away):
    bring_in(away, marks_file(f"{ROBIN},{URN},{TUESDAY},AM,N"), on=TUESDAY)
    morning(away, URN, TUESDAY)

    assert ask(away) == messages.Asked(2, 1)


# -- what follows when it has gone ---------------------------------------------------------------------------


def test_what_was_sent_stands_on_the_days_list_and_on_the_case_under_who_asked(away):
    ask(away)

    send(away, Recording())

    calls = {call.upn: call for call in absence.calls(away, PASTORAL, URN, TUESDAY)}
    assert [(a.method, a.outcome, a.by) for a in calls[TOMAS].attempts] == [
        ("email", "left_message", "pastoral")
    ]
    assert calls[TOMAS].state == "to_call", "a message sent is no child accounted for"
    (contact,) = case_of(away, AYLA).of(e.ContactRecorded)
    assert (contact.method, contact.parent_id, contact.by, contact.flow_run) == (
        "email",
        "c1",
        "pastoral",
        "outbox-2026-11-17",
    )


def test_a_family_that_has_answered_meanwhile_is_not_written_to(away):
    ask(away)
    absence.record_call(
        away,
        by(PASTORAL, TUESDAY),
        URN,
        TOMAS,
        TUESDAY,
        contact_id="c1",
        method="call",
        outcome="spoken",
        state="explained",
    )
    transport = Recording()

    done = send(away, transport)

    assert done == {"given_up": 1, "sent": 1}
    assert [m.upn for m in transport.handed] == [AYLA]
    assert open_ones(away) == []


def test_a_hold_placed_after_it_was_queued_stops_it(away):
    ask(away)
    ref = case_of(away, AYLA).ref
    safeguarding.hold(
        away,
        by(DSL, TUESDAY),
        ref,
        scope="first_day_contact",
        review_on=date(2026, 12, 1),
        words="Said in person.",
        parent_id="c1",
    )
    transport = Recording()

    send(away, transport)

    assert [m.upn for m in transport.handed] == [TOMAS]


def test_a_professional_is_told_by_a_message_that_names_no_child(away):
    professional = Professional(
        AYLA, "social_worker", "Una Field", "Example Council", "", "una@council.example"
    )
    with away.act(ENGINE) as tx:
        people.save_professionals(tx, [professional])
    case = case_of(away, AYLA)
    (task,) = [t for t in case.open_tasks if t.effect_key.startswith("tell:")]
    asked = (away, by(DSL, TUESDAY), case.ref, task.task_id, "social_worker", TEN)

    assert (messages.tell_professional(*asked), messages.tell_professional(*asked)) == (True, False)
    transport = Recording()
    send(away, transport)

    (message,) = transport.handed
    assert not any(w in message.subject + message.body for w in ("Ayla", "Kestrel", AYLA, "Nadia"))
    after = case_of(away, AYLA)
    (told,) = after.of(e.ProfessionalTold)
    assert (told.professional_role, told.method, told.by) == ("social_worker", "email", "dsl")
    assert task.task_id not in [t.task_id for t in after.open_tasks]


# -- tried again, and given to a person ----------------------------------------------------------------------


def test_what_cannot_go_is_tried_again_later_and_later_and_at_last_asks_a_person(away):
    queue_digests(away, 1)
    transport, tried_at = Recording(*[Outcome.LATER] * 6), []
    for minute in (0, 0.5, 1, 5, 6, 20, 21, 80, 81, 320, 321, 1000):
        before = len(transport.handed)
        send(away, transport, TEN + timedelta(minutes=minute))
        if len(transport.handed) > before:
            tried_at.append(minute)

    assert tried_at == [0, 1, 6, 21, 81, 321], "after 1, 5, 15, 60 and 240 minutes"
    assert open_ones(away) == [("failed", "something happened")]


def test_a_message_that_lost_its_sense_is_never_sent_but_is_a_task_and_a_recorded_miss(away):
    ask(away)
    transport = Recording()

    assert send(away, transport, NEXT_DAY) == {"missed": 2}
    assert send(away, transport, NEXT_DAY) == {}

    assert transport.handed == []
    tasks = [t.title for t in case_of(away, AYLA).of(e.TaskAdded) if t.effect_key.startswith("message:")]
    assert tasks == ["Ring the family: the message of 17 November 2026 did not go in time"]
    assert states(away) == ["missed", "missed"]
    assert open_ones(away) == [("missed", "it had lost its sense before it could go")], "Tomas has no case"


def test_what_is_refused_for_good_asks_a_person_at_once_and_is_sent_again_by_one(away):
    ask(away, upns=[AYLA])
    send(away, Recording(Outcome.REFUSED))

    assert open_ones(away) == [("failed", "something happened")]
    assert [t.title for t in case_of(away, AYLA).open_tasks][-1].endswith("could not be sent")
    (item,) = messages.listed(away, ADMINISTRATOR)
    messages.send_again(away, by(ADMINISTRATOR, TUESDAY), item.message.message_id, TEN)
    transport = Recording()
    assert send(away, transport) == {"sent": 1}
    assert open_ones(away) == []


def test_a_person_gives_up_with_a_reason_and_is_asked_no_more(away):
    ask(away, upns=[AYLA])
    send(away, Recording(Outcome.REFUSED))
    (item,) = messages.listed(away, ADMINISTRATOR)
    number = item.message.message_id

    with pytest.raises(Unclear, match="reason is empty"):
        messages.give_up(away, by(ADMINISTRATOR, TUESDAY), number, " ", TEN)
    messages.give_up(away, by(ADMINISTRATOR, TUESDAY), number, "Rang the family instead", TEN)

    assert (states(away), open_ones(away)) == (["given_up"], [])
    (kept,) = messages.listed(away, ADMINISTRATOR, ())
    assert (kept.history[-1].by, kept.history[-1].says) == ("administrator", "Rang the family instead")
    with pytest.raises(Unclear, match="asks for nobody"):
        messages.send_again(away, by(ADMINISTRATOR, TUESDAY), number, TEN)


def test_nobody_sends_a_message_of_yesterday_again(away):
    ask(away)
    send(away, Recording(), NEXT_DAY)
    (item,) = messages.listed(away, ADMINISTRATOR)

    with pytest.raises(Unclear, match="never sent late"):
        messages.send_again(away, by(ADMINISTRATOR, TUESDAY), item.message.message_id, NEXT_DAY)


@pytest.mark.parametrize("act", ["send_again", "give_up"])
def test_only_an_administrator_looks_after_the_outbox(away, act):
    extra = {"send_again": (TEN,), "give_up": ("No", TEN)}[act]
    with pytest.raises(NotAllowed):
        getattr(messages, act)(away, by(PASTORAL, TUESDAY), 1, *extra)


# -- two senders, and one that dies --------------------------------------------------------------------------


class Killed(BaseException):
    """The process ends here."""


class DiesAfter(Recording):
    """A sender that hands its message over and is killed before it can say so."""

    def hand_over(self, message: Message, at: datetime) -> Handed:
        super().hand_over(message, at)
        raise Killed


@pytest.mark.parametrize(
    ("repeatable", "expected", "handed"),
    [
        pytest.param(
            False, "doubtful", 0, id="a mail server: nobody knows whether it went, a person decides"
        ),
        pytest.param(True, "sent", 1, id="a folder: writing the same file again is harmless"),
    ],
)
def test_what_a_killed_sender_held_is_neither_lost_nor_sent_twice_unseen(away, repeatable, expected, handed):
    ask(away, upns=[AYLA])
    with pytest.raises(Killed):
        send(away, DiesAfter(repeatable=repeatable))
    assert states(away) == ["sending"]
    transport = Recording(repeatable=repeatable)

    assert send(away, transport, TEN + timedelta(minutes=14)) == {}
    send(away, transport, TEN + timedelta(minutes=15))

    assert (states(away), len(transport.handed)) == ([expected], handed)


def queue_digests(inst: Installation, many: int) -> None:
    with inst.act(ENGINE) as tx:
        for number in range(many):
            key, to = f"digest:someone:{number}", "someone@school.example"
            digest = outbox.NewMessage(key, "digest", TUESDAY, "someone", to, "Subject", "Words", "engine")
            assert outbox.queue(tx, digest, TEN)


def test_several_senders_at_once_send_each_message_once(away):
    queue_digests(away, 40)
    transport = Recording()
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: send(away, transport), range(4)))

    assert sum(d.get("sent", 0) for d in done) == 40
    assert len({m.message_id for m in transport.handed}) == len(transport.handed) == 40


# -- the ways out --------------------------------------------------------------------------------------------


def message(**more: Any) -> Message:
    given: dict[str, Any] = {
        "message_id": 7,
        "key": "absence:1",
        "kind": "absence",
        "urn": URN,
        "upn": TOMAS,
        "case_ref": "",
        "about": "c1",
        "on": TUESDAY,
        "to_whom": "c1",
        "to_address": "elin@family.example",
        "subject": "A message",
        "body": "Dear parent or carer,\n.a line that starts with a dot\nüñ\n",
        "asked_by": "pastoral",
        "state": "sending",
        "attempts": 1,
        "next_at": TEN,
        "good_until": None,
        "settled": False,
        "queued_at": TEN,
    }
    return Message(**given | more)


class Post:
    """A mail server's behaviour, by name: what it takes, turns away, or hangs up on."""

    def __init__(self, how: str) -> None:
        self.how, self.taken = how, []

    async def address(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.how == "unknown address":
            return f"550 5.1.1 <{address}> has no mailbox here"
        if self.how == "busy":
            return "451 4.3.0 come back later"
        if self.how == "hangs up before the words":
            server.transport.abort()
            await asyncio.sleep(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def words(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.taken.append(envelope)
        if self.how == "hangs up after the words":
            server.transport.abort()
        if self.how == "does not like the words":
            return "554 5.7.1 not wanted"
        return "250 OK"


@contextmanager
def post(how: str) -> Iterator[tuple[Post, MailServer]]:
    """A mail server on this machine that behaves so."""
    behaviour = Post(how)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    answers = SimpleNamespace(handle_RCPT=behaviour.address, handle_DATA=behaviour.words)
    controller = Controller(answers, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield behaviour, MailServer(f"smtp://127.0.0.1:{port}", "office@school.example", answers_within=5)
    finally:
        controller.stop()


@pytest.mark.parametrize(
    ("how", "outcome", "problem"),
    [
        pytest.param("takes it", Outcome.SENT, "", id="taken"),
        pytest.param(
            "unknown address", Outcome.REFUSED, "the mail server answered 550", id="refused for good"
        ),
        pytest.param("busy", Outcome.LATER, "the mail server answered 451", id="refused for now"),
        pytest.param(
            "hangs up before the words",
            Outcome.LATER,
            "the mail server did not answer (SMTPServerDisconnected)",
            id="hung up before it had it",
        ),
        pytest.param(
            "hangs up after the words",
            Outcome.DOUBTFUL,
            "the mail server took it and did not answer (SMTPServerDisconnected)",
            id="hung up once it had it",
        ),
        pytest.param(
            "does not like the words", Outcome.REFUSED, "the mail server answered 554", id="the words refused"
        ),
    ],
)
def test_a_mail_servers_answer_decides_and_its_words_are_not_kept(how, outcome, problem):
    with post(how) as (_, server):
        assert server.hand_over(message(), TEN) == Handed(outcome, problem)


def test_mail_arrives_as_it_was_written_and_a_copy_has_the_same_id():
    with post("takes it") as (behaviour, server):
        server.hand_over(message(), TEN)
        server.hand_over(message(), TEN + timedelta(hours=1))

    first, second = (
        email.message_from_bytes(t.content, policy=email.policy.default) for t in behaviour.taken
    )
    assert behaviour.taken[0].rcpt_tos == ["elin@family.example"]
    assert first.get_content().splitlines() == message().body.splitlines()
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Subject"] == "A message"


def test_no_mail_server_at_all_is_tried_again():
    server = MailServer("smtp://127.0.0.1:9", "office@school.example", answers_within=2)

    assert server.hand_over(message(), TEN).outcome is Outcome.LATER


def test_mail_leaves_the_machine_over_tls_or_not_at_all(monkeypatch):
    monkeypatch.setattr(mail, "_on_this_machine", lambda _: False)
    with post("takes it") as (behaviour, server):
        handed = server.hand_over(message(), TEN)

    assert (handed, behaviour.taken) == (Handed(Outcome.LATER, "the mail server does not speak TLS"), [])


def test_a_folder_holds_one_private_file_for_a_message_however_often_it_is_handed_over(tmp_path):
    folder = Folder(tmp_path / "outbox")

    assert [folder.hand_over(message(), TEN).outcome for _ in range(2)] == [Outcome.SENT] * 2

    (file,) = (tmp_path / "outbox").iterdir()
    assert (file.name, file.stat().st_mode & 0o777) == ("message-00000007.eml", 0o600)
    assert "elin@family.example" in file.read_text()


def test_a_folder_that_cannot_be_written_to_is_tried_again(tmp_path):
    (tmp_path / "outbox").write_text("a file where the folder should be")

    assert Folder(tmp_path / "outbox").hand_over(message(), TEN).outcome is Outcome.LATER


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        pytest.param({}, Folder, id="nothing set: a folder"),
        pytest.param(
            {"smtp_url": "smtp://u:p%40ss@mail.example:587", "mail_from": "School <office@school.example>"},
            MailServer,
            id="a mail server",
        ),
        pytest.param({"smtp_url": "smtp://mail.example"}, None, id="from nobody"),
        pytest.param(
            {"smtp_url": "http://mail.example", "mail_from": "o@school.example"}, None, id="no mail server"
        ),
    ],
)
def test_the_settings_name_the_way_out(given: dict[str, str], kind: Callable[..., Any] | None):
    settings = Settings(Path("home"), **given)  # type: ignore[arg-type]
    if kind is None:
        with pytest.raises(MailNotSetUp, match="CASEWORK_"):
            mail.transport_of(settings)
        return
    assert isinstance(mail.transport_of(settings), kind)  # type: ignore[arg-type]
