"""Logs for whoever runs the machine: one JSON object a line, references and counts, never anybody's data.

What is not known to be harmless is left out: of our own lines a constant message, numbers, days and the texts
of a few named fields; of another program's only where it was written and how serious it is; of an error its
kind and the lines of our code it passed, never its words.
"""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from datetime import date
from typing import Any, TextIO

import structlog

OURS = "casework"
TEXTS = frozenset(
    {
        *("case_ref", "document_id", "error", "flow", "flow_run", "kind", "method", "on", "page", "stage"),
        *("state", "what", "urn"),
    }
)
"""Fields whose text is a reference or a word of ours."""
_PLAIN = re.compile(r"[A-Za-z0-9_.:/+-][A-Za-z0-9_.:/+ -]{0,79}")
_UPN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]\d{11}[A-Za-z0-9](?![A-Za-z0-9])")
_OF_A_RECORD = frozenset(vars(logging.makeLogRecord({}))) | {
    "message",
    "asctime",
    "taskName",
    "_from_structlog",
}


def start(out: TextIO | None = None) -> logging.Handler:
    """Write what is logged from now on, here as JSON: ours from INFO, others' from WARNING. Once is enough.

    Args:
        out: Where to; standard error, if nowhere else.
    """
    root = logging.getLogger()
    for handler in root.handlers:
        if isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter):
            return handler
    made = logging.StreamHandler(out or sys.stderr)
    made.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_without_data],  # before the formatter takes the error away
            processors=[structlog.processors.JSONRenderer(ensure_ascii=False)],
        )
    )
    root.addHandler(made)
    logging.getLogger(OURS).setLevel(logging.INFO)
    return made


def _without_data(logger: Any, name: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """One line as data: what is known to say nothing about anybody."""
    record: logging.LogRecord = event["_record"]
    line: dict[str, Any] = {
        "at": structlog.processors.TimeStamper(fmt="iso", utc=True)(logger, name, {})["timestamp"],
        "level": record.levelname.lower(),
        "logger": record.name,
    }
    if _is_ours(record):
        line["event"] = str(record.msg)
        line |= {
            field: str(value) if isinstance(value, date) else value
            for field, value in vars(record).items()
            if field not in _OF_A_RECORD and _is_harmless(field, value)
        }
    else:
        line["event"] = "another program's words are left out"
        line["written_at"] = f"{record.module}:{record.lineno}"
    if record.exc_info and record.exc_info[1] is not None:
        line |= _of_error(record.exc_info[1])
    return line


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] == OURS


def _is_harmless(field: str, value: object) -> bool:
    if value is None or isinstance(value, bool | int | float | date):
        return True
    return (
        field in TEXTS
        and isinstance(value, str)
        and (not value or (_PLAIN.fullmatch(value) is not None and _UPN.search(value) is None))
    )


def _of_error(error: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        f"{f.filename.rpartition('/casework/')[2]}:{f.lineno}" for f in frames if "/casework/" in f.filename
    ]
    return {"error": type(error).__name__, "through": ours}
