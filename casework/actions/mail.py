"""How a message leaves: through a mail server, or into a folder where a school has none.

A mail server's own words are not kept, since they repeat addresses: a problem is its number, or what
happened in words of ours. What was handed over whole and never answered may have gone or not; that is said,
not guessed.
"""

import hashlib
import os
import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from casework.config import Settings
from casework.domain import CaseworkError
from casework.storage.outbox import Message

ANSWERS_WITHIN = 30.0
"""Seconds a mail server may take over one answer."""
PORTS = {"smtp": 25, "smtps": 465}
_STARTS_WITH_A_DOT = re.compile(rb"^\.", re.MULTILINE)


class Outcome(StrEnum):
    """What came of handing a message over."""

    SENT = "sent"
    LATER = "later"
    REFUSED = "refused"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class Handed:
    """What came of it, and the kind of problem where there was one: never a name or an address."""

    outcome: Outcome
    problem: str = ""


class Transport(Protocol):
    """A way out. `repeatable`: handing over the same message twice is the same as once."""

    @property
    def repeatable(self) -> bool:
        """Whether a message that may have gone can simply be handed over again."""

    def hand_over(self, message: Message, at: datetime) -> Handed:
        """Hand over one message, and say what came of it; nothing is raised for what a mail server does."""


class MailNotSetUp(CaseworkError):
    """The settings of the mail server cannot be used as they are."""


def transport_of(settings: Settings) -> Transport:
    """The way out that the settings name; without a mail server, a folder in the home.

    Raises:
        MailNotSetUp: The settings name a mail server that mail must not be sent through, or only half of it.
    """
    if settings.smtp_url is None:
        return Folder(settings.home / "outbox")
    sender = parseaddr(settings.mail_from or "")[1]
    if "@" not in sender:
        raise MailNotSetUp("Set CASEWORK_MAIL_FROM to the address that messages are sent from.")
    return MailServer(settings.smtp_url, sender)


class Folder:
    """A folder that somebody takes messages from: one file for each, under its number and no name."""

    repeatable = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def hand_over(self, message: Message, at: datetime) -> Handed:
        """Write the message, or write the same file again."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = self.folder / f"message-{message.message_id:08}.eml"
            part = file.with_suffix(".part")
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as out:
                out.write(_written(message, "casework@localhost", at).as_bytes(policy=SMTP))
                out.flush()
                os.fsync(out.fileno())
            part.replace(file)
        except OSError:
            return Handed(Outcome.LATER, "the folder cannot be written to")
        return Handed(Outcome.SENT)


class MailServer:
    """A mail server, reached over TLS; without it only on this machine itself.

    Raises:
        MailNotSetUp: The address is none of a mail server.
    """

    repeatable = False

    def __init__(self, url: str, sender: str, answers_within: float = ANSWERS_WITHIN) -> None:
        place = urlsplit(url)
        if place.scheme not in PORTS or not place.hostname:
            raise MailNotSetUp(
                "CASEWORK_SMTP_URL is not the address of a mail server. Write it as "
                "smtp://USER:PASSWORD@HOST:587, or smtps://HOST for one that speaks TLS from the start."
            )
        self._host, self._port = place.hostname, place.port or PORTS[place.scheme]
        self._from_the_start = place.scheme == "smtps"
        self._user, self._password = unquote(place.username or ""), unquote(place.password or "")
        self._sender, self._answers_within = sender, answers_within

    def hand_over(self, message: Message, at: datetime) -> Handed:
        """Hand over one message. Before its last byte has gone, whatever fails leaves it unsent."""
        letter = _written(message, self._sender, at).as_bytes(policy=SMTP)
        try:
            with self._connected() as server:
                if refused := _envelope(server, self._sender, message.to_address):
                    return refused
                return _content(server, letter)
        except smtplib.SMTPAuthenticationError:
            return Handed(Outcome.LATER, "the mail server does not know the user or the password")
        except smtplib.SMTPNotSupportedError:
            return Handed(Outcome.LATER, "the mail server does not speak TLS")
        except (smtplib.SMTPException, OSError) as error:
            return Handed(Outcome.LATER, f"the mail server did not answer ({type(error).__name__})")

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        context = ssl.create_default_context()
        server = (
            smtplib.SMTP_SSL(self._host, self._port, timeout=self._answers_within, context=context)
            if self._from_the_start
            else smtplib.SMTP(self._host, self._port, timeout=self._answers_within)
        )
        try:
            server.ehlo_or_helo_if_needed()
            if not self._from_the_start and not _on_this_machine(self._host):
                server.starttls(context=context)
                server.ehlo()
            if self._user:
                server.login(self._user, self._password)
            yield server
        finally:
            with suppress(smtplib.SMTPException, OSError):
                server.close()


def _envelope(server: smtplib.SMTP, sender: str, to: str) -> Handed | None:
    """Tell the server from whom and to whom; gives what it said where it takes neither."""
    for code, _ in (server.mail(sender), server.rcpt(to)):
        if code >= 400:
            return _turned_away(code)
    return None


def _content(server: smtplib.SMTP, letter: bytes) -> Handed:
    """Hand over the message itself. Once its end has gone, only an answer says whether it was taken."""
    code, _ = server.docmd("DATA")
    if code != 354:
        return _turned_away(code)
    server.send(_STARTS_WITH_A_DOT.sub(b"..", letter))
    try:
        server.send(b".\r\n")
        code, _ = server.getreply()
    except (smtplib.SMTPException, OSError) as error:
        return Handed(
            Outcome.DOUBTFUL, f"the mail server took it and did not answer ({type(error).__name__})"
        )
    return Handed(Outcome.SENT) if code == 250 else _turned_away(code)


def _turned_away(code: int) -> Handed:
    outcome = Outcome.REFUSED if code >= 500 else Outcome.LATER
    return Handed(outcome, f"the mail server answered {code}")


def _on_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _written(message: Message, sender: str, at: datetime) -> EmailMessage:
    """The message as mail. The same message always has the same id, by which mail programs know a copy."""
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = sender, message.to_address, message.subject
    letter["Date"] = format_datetime(at)
    mark = hashlib.sha256(message.key.encode()).hexdigest()[:32]
    letter["Message-ID"] = f"<{mark}@{sender.rpartition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(message.body)
    return letter
