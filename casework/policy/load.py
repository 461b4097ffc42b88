"""The only reader of policy files: packs on disk to one checked, immutable policy."""

import csv
import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from casework.domain import CaseworkError, NotFound, Problem
from casework.policy import Policy
from casework.policy.entries import Entry, Strict
from casework.policy.layers import Folding, Layer, Placed

PACKS = Path(__file__).parent / "packs"
ROWS = Path(__file__).parent / "rows.csv"
"""The rows of the five policies: id, policy, stage, mark, and whether the law has overtaken it."""
ENGLAND = "england"
MANIFEST = "pack.toml"
"""The one file of a pack that holds no policy."""
SHARED_SOURCE = "source"
"""A table of this name at the head of a file is the source of every entry in it that names none."""


class Manifest(Strict):
    """A pack's title; for a school, its trust, and the school pack it starts from.

    `versions` names each version by the day it begins; a case keeps the one it began under.
    """

    title: str = ""
    trust: str = ""
    base: str = ""
    versions: Annotated[dict[str, date], Field(default_factory=dict, strict=False)]


@dataclass(frozen=True, slots=True)
class Pack:
    """One folder read: its entries, what is wrong with its files, and their bytes."""

    layer: Layer
    problems: tuple[Problem, ...]
    content: bytes


class PolicyRefused(CaseworkError):
    """A pack cannot be used as it is; `problems` lists everything wrong with it and the layers above."""

    def __init__(self, layers: tuple[str, ...], problems: tuple[Problem, ...]) -> None:
        self.layers, self.problems = layers, problems
        more = f" and {len(problems) - 1} more" if len(problems) > 1 else ""
        super().__init__(f"The policy {' > '.join(layers)} is refused: {problems[0]}{more}")


@lru_cache(maxsize=64)
def load(
    school_pack: str = "national", la_code: str | None = None, trust: str | None = None, packs: Path = PACKS
) -> Policy:
    """The policy of a school: England, its local authority, its trust and its own pack, folded into one.

    Args:
        school_pack: The name of a folder under `school`.
        la_code: The authority of the school's area. With no pack on file its switches are not known.
        trust: The name of a folder under `trust`; if not given, the one the school's manifest names.

    Raises:
        NotFound: There is no such school or trust pack.
        PolicyRefused: A pack is malformed, or loosens or blocks what stands above it.
    """
    _must_be(packs / "school" / school_pack, "school pack")
    school = manifest(packs / "school" / school_pack)
    trust = trust or school.trust
    if trust:
        _must_be(packs / "trust" / trust, "trust pack")
    la_known = bool(la_code) and (packs / "la" / str(la_code)).is_dir()
    stack = [read(packs / ENGLAND, packs)]
    stack += [read(packs / "la" / str(la_code), packs)] if la_known else []
    stack += [read(packs / "trust" / trust, packs)] if trust else []
    policy, problems = folded([*stack, *school_layers(school_pack, packs)])
    if problems:
        raise PolicyRefused(policy.layers, problems)
    return replace(policy, la_code=la_code or "", la_known=la_known)


def school_layers(school_pack: str, packs: Path = PACKS) -> list[Pack]:
    """A school's pack, after the one its manifest says it started from.

    Raises:
        NotFound: There is no pack of the name it started from.
    """
    own = read(packs / "school" / school_pack, packs)
    base = manifest(packs / "school" / school_pack).base
    if not base:
        return [own]
    _must_be(packs / "school" / base, "school pack")
    start = read(packs / "school" / base, packs)
    return [replace(start, layer=replace(start.layer, is_start=True)), own]


def _must_be(folder: Path, what: str) -> None:
    if not folder.is_dir():
        raise NotFound(what, folder.name, f"Choose one of: {', '.join(names(folder.parent)) or 'none yet'}.")


def folded(packs: Sequence[Pack]) -> tuple[Policy, tuple[Problem, ...]]:
    """The policy those packs make, the floor first, and every problem in them."""
    digest = hashlib.sha256()
    for pack in packs:
        digest.update(pack.content)
    layers = [pack.layer for pack in packs]
    folding = Folding(layers)
    timelines = folding.fold()
    names_of_layers = tuple(layer.name for layer in layers)
    policy = Policy(names_of_layers, digest.hexdigest(), timelines, folding.declarations())
    problems = [problem for pack in packs for problem in pack.problems] + folding.problems
    return policy, tuple(dict.fromkeys(problems))


def names(folder: Path) -> tuple[str, ...]:
    """The packs in a folder of packs."""
    return tuple(sorted(item.name for item in folder.iterdir() if item.is_dir())) if folder.is_dir() else ()


def manifest(folder: Path) -> Manifest:
    """What a pack says of itself; nothing where it has no manifest.

    Raises:
        PolicyRefused: The manifest is malformed.
    """
    path = folder / MANIFEST
    try:
        return Manifest.model_validate(tomllib.loads(path.read_text("utf-8")) if path.is_file() else {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as error:
        file = f"{folder.parent.name}/{folder.name}/{MANIFEST}"
        problem = Problem(file, 0, "", "", f"{error}.", _MANIFEST_HOLDS)
        raise PolicyRefused((folder.name,), (problem,)) from error


_MANIFEST_HOLDS = "A manifest holds title, trust and base, all text, and versions, a day for each name."


def read(folder: Path, packs: Path = PACKS) -> Pack:
    """One pack as it stands on disk."""
    entries: dict[str, Placed] = {}
    problems: list[Problem] = []
    content = b""
    for path in sorted(folder.rglob("*.toml")):
        raw = path.read_bytes()
        content += path.relative_to(packs).as_posix().encode() + b"\0" + raw + b"\0"
        if path.name != MANIFEST:
            problems += _read(path, raw, packs, entries)
    return Pack(Layer(folder.relative_to(packs).as_posix(), entries), tuple(problems), content)


def _read(path: Path, raw: bytes, packs: Path, entries: dict[str, Placed]) -> Iterator[Problem]:
    file = path.relative_to(packs).as_posix()
    try:
        text = raw.decode("utf-8")
        tables = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        line = re.search(r"at line (\d+)", str(error))
        row = int(line.group(1)) if line else 0
        yield Problem(file, row, "", "", f"This is not TOML: {error}.", "Correct the line and check again.")
        return
    shared = tables.pop(SHARED_SOURCE, None)
    for name, table in tables.items():
        key = f"{path.stem}.{name}"
        if shared is not None and isinstance(table, dict):
            table.setdefault(SHARED_SOURCE, shared)
        try:
            entry = Entry.model_validate(_with_dates(table))
        except ValidationError as error:
            for fault in error.errors():
                where = ".".join(str(part) for part in fault["loc"])
                says = f"{where}: {fault['msg']}." if where else f"{fault['msg']}."
                yield Problem(
                    file, line_of(text, name, where), key, "", says, _REMEDIES.get(fault["type"], _REMEDY)
                )
            continue
        if key in entries:
            yield Problem(
                file, line_of(text, name), key, "", "The pack gives this key twice.", "Keep one of them."
            )
        entries[key] = Placed(entry, file, line_of(text, name))


_REMEDY = "Correct it; england/penalty_notice.toml shows the shape of an entry."
_REMEDIES = {
    "missing": "Add it: an entry needs says, source (title, href, force, verified) and from.",
    "extra_forbidden": "Take it out, or put it under from with the other fields of the value.",
}


def _with_dates(table: Any) -> Any:
    """TOML keys are text; the days under `from` become dates where they are dates."""
    if not isinstance(table, Mapping) or not isinstance(table.get("from"), Mapping):
        return table
    dated: dict[Any, Any] = {}
    for day, fields in table["from"].items():
        try:
            dated[date.fromisoformat(day)] = fields
        except ValueError:
            dated[day] = fields
    return {**table, "from": dated}


def rows() -> tuple[dict[str, str], ...]:
    """Every row of the five policies, by the names of its columns."""
    return tuple(csv.DictReader(ROWS.read_text("utf-8").splitlines()))


def every_pack(packs: Path = PACKS) -> tuple[Pack, ...]:
    """Every pack of every layer, as it stands on disk."""
    folders = [packs / ENGLAND] + [
        packs / kind / name for kind in ("la", "trust", "school") for name in names(packs / kind)
    ]
    return tuple(read(folder, packs) for folder in folders)


def placed_at(pack: str, key: str, packs: Path = PACKS) -> tuple[str, int]:
    """The file and line of a school's entry: of its own pack, of the one it started from, or of its trust."""
    trust = manifest(packs / "school" / pack).trust
    layers = [item.layer for item in school_layers(pack, packs)]
    layers += [read(packs / "trust" / trust, packs).layer] if trust else []
    found = next((layer.entries[key] for layer in reversed(layers) if key in layer.entries), None)
    return (found.file, found.line) if found else (f"school/{pack}", 0)


def line_of(text: str, name: str, within: str = "") -> int:
    """The line of a file on which an entry, or a part of it, begins."""
    parts = within.split(".") if within else []
    for depth in range(len(parts), -1, -1):
        head = re.escape(".".join([name, *parts[:depth]]))
        found = re.search(rf"^\[{head}\]", text, re.MULTILINE)
        if found:
            rest = parts[depth] if depth < len(parts) else ""
            line = text.count("\n", 0, found.start()) + 1
            for offset, following in enumerate(text.splitlines()[line:], 1):
                if following.startswith("["):
                    break
                if rest and re.match(rf"{re.escape(rest)}\s*=", following):
                    return line + offset
            return line
    return 0
