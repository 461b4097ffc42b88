"""Logs are data for whoever runs the machine, and hold nobody's: each line, and those of a working day."""

import ast
import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from casework import logs
from casework.actions import absence, importing, messages, sending, sweeping
from casework.actions.mail import Folder
from casework.domain import ENGINE
from casework.web.app import create_app
from tests.actions.conftest import imported, inst
from tests.actions.world import PASTORAL, TOMAS, URN, bring_in, by, marks_file, school_files

__all__ = ["imported", "inst"]

pytestmark = pytest.mark.xdist_group("logs")

TUESDAY = date(2026, 11, 17)
TEN = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What is logged as data meanwhile."""
    out, root, ours = io.StringIO(), logging.getLogger(), logging.getLogger(logs.OURS)
    level = ours.level
    handler = logs.start(out)
    yield out
    root.removeHandler(handler)
    ours.setLevel(level)


def lines(out: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_one_line_of_ours_is_a_constant_message_with_references_and_counts(written):
    logging.getLogger("casework.actions.x").info(
        "school swept", extra={"urn": URN, "on": TUESDAY, "pupils": 6, "page": "case"}
    )

    (line,) = lines(written)
    at = line.pop("at")
    assert str(at).endswith("Z")
    assert line == {
        "level": "info", "logger": "casework.actions.x", "event": "school swept",
        "urn": URN, "on": "2026-11-17", "pupils": 6, "page": "case",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("pupil", "Mara Fennimore", id="a field nobody named as harmless"),
        pytest.param("urn", TOMAS, id="a UPN in a field for a reference"),
        pytest.param("what", "Mara said\nshe left", id="more than one line"),
        pytest.param("page", "x" * 200, id="a long text"),
        pytest.param("flow", ["Mara"], id="a list"),
    ],
)
def test_what_is_not_known_to_be_harmless_is_left_out(written, field, value):
    logging.getLogger("casework.x").warning("something", extra={field: value})

    assert field not in lines(written)[0]


def test_of_another_programs_line_only_its_place_is_kept(written):
    logging.getLogger("another.program").error("could not insert Mara %s", "Fennimore")

    (line,) = lines(written)
    assert "Mara" not in written.getvalue()
    assert (line["logger"], line["level"]) == ("another.program", "error")
    assert str(line["written_at"]).startswith("test_logs:")


def test_of_an_error_its_kind_and_the_lines_of_ours_are_kept(written):
    try:
        importing.import_files(None, ENGINE, [("x", b"Fennimore")], now=None)  # type: ignore[arg-type]
    except Exception:
        logging.getLogger("casework.x").exception("import failed")

    (line,) = lines(written)
    assert line["error"] == "AttributeError"
    assert any(str(place).startswith("actions/importing.py:") for place in line["through"])  # type: ignore[attr-defined]
    assert "Fennimore" not in written.getvalue()


def test_started_twice_it_writes_each_line_once(written):
    logs.start(written)
    logging.getLogger("casework.x").info("once")

    assert len(lines(written)) == 1


PACKAGE = Path(logs.__file__).parent


def calls_of_logs() -> Iterator[tuple[str, ast.Call]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "log"
                and node.func.attr in ("debug", "info", "warning", "error", "exception", "critical")
            ):
                yield f"{path.relative_to(PACKAGE)}:{node.lineno}", node


@pytest.mark.parametrize("call", [pytest.param(call, id=place) for place, call in calls_of_logs()])
def test_every_message_of_ours_is_constant(call):
    (message,) = call.args

    assert isinstance(message, ast.Constant)


def test_a_working_day_of_a_school_logs_nobodys_name_number_or_words(inst, written, tmp_path):
    """Import (with a refused file), sweep, morning, a message to a family, a page: all of it is grepped."""
    emails = f"upn,contact_id,email\n{TOMAS},c1,elin@family.example\n"
    bring_in(inst, ("contacts.csv", emails.encode()), on=TUESDAY)
    bring_in(inst, marks_file(f"{TOMAS},{URN},{TUESDAY},AM,N"), on=TUESDAY)
    with pytest.raises(Exception, match="1 problem found"):
        bring_in(inst, marks_file(f"{TOMAS},{URN},{TUESDAY},PM,Q9"), on=TUESDAY)
    sweeping.sweep(inst, URN, TUESDAY)
    absence.morning(inst, URN, TUESDAY)
    absence.record_call(
        inst, by(PASTORAL, TUESDAY), URN, TOMAS, TUESDAY,
        contact_id="c1", method="call", outcome="no_answer", state="not_reached", says="A lurcher barked.",
    )  # fmt: skip
    messages.message_families(inst, by(PASTORAL, TUESDAY), URN, TUESDAY, TEN)
    sending.send(inst, Folder(tmp_path), TEN)
    pages = create_app(inst, "secret", today=lambda: TUESDAY)
    pages.state.site.answered("case", "GET", 200, 0.01)

    said = written.getvalue()
    events = {line["event"] for line in lines(written)}
    assert {"files imported", "school swept", "page answered", "messages sent"} <= events
    for word in personal():
        assert word not in said, word


def personal() -> set[str]:
    """Every name, UPN, address and telephone in the school's files, and the words that were written."""
    found = {"A lurcher barked.", "elin@family.example", "01632 960 123", "1 Invented Lane"}
    for name, data in school_files():
        if name in ("pupils.csv", "contacts.csv"):
            heading, *rows = [line.split(",") for line in data.decode().splitlines()]
            wanted = [heading.index(column) for column in ("upn", "surname", "forename") if column in heading]
            found |= {row[place] for row in rows for place in wanted}
    assert len(found) > 15
    return found
