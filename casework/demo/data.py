"""Writes the invented trust as files, in the formats its six schools would send."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from casework.demo import past
from casework.demo.calendars import DEFAULT_UNTIL
from casework.demo.remarks import Remarks, amendments
from casework.demo.schools import ACADEMY, INFANT, PRIMARY, PROVISION, SECONDARY, TRAINING
from casework.demo.trust import SchoolRegister, build
from casework.demo.writers import ctf, native, sims, weekly, wide, wonde
from casework.demo.writers.spans import by_half_term, by_term

DEFAULT_SEED = 2026
DEFAULT_PUPILS = 1200


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is imported together: a native folder, or files of one format with the school they are of."""

    paths: tuple[Path, ...]
    urn: str
    format: str


@dataclass(frozen=True, slots=True)
class DemoFiles:
    """Everything written, in the order in which it is to be imported."""

    folder: Path
    deliveries: tuple[Delivery, ...]
    pupils: int
    marks: int

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every file written."""
        return tuple(path for delivery in self.deliveries for path in delivery.paths)


def write(
    out: Path, seed: int = DEFAULT_SEED, pupils: int = DEFAULT_PUPILS, until: date = DEFAULT_UNTIL
) -> DemoFiles:
    """Write the trust's files under a folder, one folder a school.

    Args:
        out: Made if need be; files of the same names are replaced.
        seed: The same seed, size and day give the same bytes.
        pupils: About how many are on roll at the end, over the six schools.
        until: The last day with marks; calendars run on to July 2027.
    """
    schools = {item.school.urn: item for item in build(seed, pupils, until)}
    deliveries: list[Delivery] = []

    def deliver(school: SchoolRegister, part: str, format: str, files: dict[str, bytes]) -> None:
        folder = out / school.school.folder / part
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for name, data in files.items():
            (folder / name).write_bytes(data)
            paths.append(folder / name)
        deliveries.append(Delivery(tuple(paths), school.school.urn, format))

    primary = schools[PRIMARY.urn]
    deliver(primary, "native", "native", _whole_trust(primary, seed, until))
    for place in (SECONDARY, INFANT, PROVISION):
        deliver(schools[place.urn], "native", "native", _roll(schools[place.urn], until))
    secondary = schools[SECONDARY.urn]
    deliver(secondary, "ctf", "ctf", {ctf.file_name(secondary): ctf.ctf(secondary, until)})
    said = Remarks(seed, secondary)
    marks = {f"attendance-{s.name}.xml": sims.marks(secondary, said, s) for s in by_half_term(until)}
    deliver(secondary, "sims", "sims", {"attendance-codes.xml": sims.codes(), **marks})
    infant = schools[INFANT.urn]
    registers = {f"register-{s.name}.xlsx": wide.wide(infant, s) for s in by_term(until)}
    deliver(infant, "sheets", "wide", registers)
    academy = schools[ACADEMY.urn]
    deliver(academy, "wonde", "wonde", wonde.pages(academy, Remarks(seed, academy)))
    provision = schools[PROVISION.urn]
    weeks = {f"weeks-{s.name}.csv": weekly.weekly(provision, s) for s in by_term(until)}
    deliver(provision, "sheets", "weekly", weeks)
    training = schools[TRAINING.urn]
    marks_too = {"marks.csv": native.marks(training, Remarks(seed, training))}
    deliver(training, "native", "native", {**_roll(training, until), **marks_too})
    return DemoFiles(
        folder=out,
        deliveries=tuple(deliveries),
        pupils=sum(stay.last is None for item in schools.values() for stay in item.stays),
        marks=sum(item.marks for item in schools.values()),
    )


def _whole_trust(school: SchoolRegister, seed: int, until: date) -> dict[str, bytes]:
    """The primary school's native folder, with the whole trust's schools and calendars."""
    return {
        "schools.csv": native.schools(),
        "terms.csv": native.terms(),
        "sessions.csv": native.sessions(),
        "pupils.csv": native.pupils(school.stays),
        "contacts.csv": native.contacts(school.stays),
        "marks.csv": native.marks(school, Remarks(seed, school)),
        "amendments.csv": native.amendments(school.school.urn, amendments(school, seed)),
        "notices.csv": native.notices(past.notices()),
        "history.csv": native.history(past.history(school), until),
        "professionals.csv": native.professionals(past.professionals(school.stays)),
    }


def _roll(school: SchoolRegister, until: date) -> dict[str, bytes]:
    """A roll with what the school's marks export lacks; contacts come from the CTF where there is one."""
    files = {"pupils.csv": native.pupils(school.stays)}
    if school.school is not SECONDARY:
        files["contacts.csv"] = native.contacts(school.stays)
    if lines := past.history(school):
        files["history.csv"] = native.history(lines, until)
    files["professionals.csv"] = native.professionals(past.professionals(school.stays))
    return files
