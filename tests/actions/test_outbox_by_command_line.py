"""The outbox from the command line, as staff and whoever runs the machine use it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from casework.actions import mail
from casework.actions.installation import Installation
from casework.actions.mail import Outcome
from casework.cli import command_line, options
from casework.domain import CaseworkError
from tests.actions.test_outbox import Recording, away, morning_done
from tests.actions.world import AYLA, TOMAS, URN

__all__ = ["away", "morning_done"]

pytestmark = pytest.mark.xdist_group("outbox")

AT = ("--at", "2026-11-17T10:00+00:00")
ON = ("--on", "2026-11-17")
Line = Callable[..., str]


@pytest.fixture
def line(away: Installation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Line:
    """A command of the outbox, with what it must exit with; its output, or why it was refused."""
    monkeypatch.setattr(options, "open_installation", lambda _: away)
    monkeypatch.setattr(options.console, "width", 400)
    monkeypatch.setenv("CASEWORK_HOME", str(tmp_path))

    def said(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(command_line("outbox"), ["outbox", *words])
        if isinstance(done.exception, CaseworkError):
            assert code == 1, done.exception
            return str(done.exception)
        assert done.exit_code == code, done.output
        return done.output

    return said


def test_families_are_written_to_and_the_folder_of_a_school_without_a_mail_server_fills(line, tmp_path):
    asked = line("families", "--school", URN, "--as", "pastoral", *ON, *AT)

    assert asked.strip() == "2 messages are queued."
    assert line("send", *AT).strip() == "sent 2"
    assert line("send", *AT).strip() == "Nothing to send."
    assert sorted(p.name for p in (tmp_path / "outbox").iterdir()) == [
        "message-00000001.eml",
        "message-00000002.eml",
    ]


def test_what_failed_is_listed_without_names_sent_again_and_given_up(line, monkeypatch):
    line("families", "--school", URN, "--upn", TOMAS, "--as", "pastoral", *ON, *AT)
    monkeypatch.setattr(mail, "transport_of", lambda _: Recording(Outcome.REFUSED))
    line("send", *AT)

    shown = line("list", "--as", "administrator")
    (told,) = json.loads(line("list", "--as", "administrator", "--json"))

    assert "something happened" in shown
    assert not any(word in shown for word in ("Tomas", "Quayle", "family.example", TOMAS, AYLA))
    assert (told["message"], told["state"], told["kind"]) == (1, "failed", "absence")
    line("again", "1", "--as", "administrator", *ON, *AT)
    line("send", *AT)
    line("give-up", "1", "--because", "Rang instead", "--as", "administrator", *ON, *AT)
    assert line("list", "--as", "administrator").strip() == "No message asks for a person."
    assert "given up" in line("list", "--all", "--as", "administrator")
    assert "asks for nobody" in line("again", "1", "--as", "administrator", *ON, *AT, code=1)
