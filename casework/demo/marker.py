"""What marks an installation as the demo: its fixed day, and the invented officers who may sign in."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

FILE = "demo.json"


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo's day, and its accounts as the sign-in page lists them."""

    on: date
    accounts: tuple[dict[str, str], ...]


def keep(home: Path, on: date, accounts: Sequence[dict[str, str]]) -> None:
    """Mark an installation as the demo."""
    (home / FILE).write_text(json.dumps({"on": on.isoformat(), "accounts": list(accounts)}, indent=2))


def kept(home: Path) -> Demo | None:
    """The mark, or None for an installation that is no demo."""
    path = home / FILE
    if not path.exists():
        return None
    data = json.loads(path.read_text())
    return Demo(date.fromisoformat(data["on"]), tuple(data["accounts"]))
