"""A pack's files: what goes in them in which order, under which names, and the manifest of it all."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from casework.actions import evidence_gathering as gathering
from casework.actions.evidence_gathering import Gathered
from casework.actions.letter_drafts import WORD
from casework.actions.recording import By
from casework.actions.statements import labels
from casework.documents import pdf, template_named
from casework.documents.evidence import binding, manifest, pages
from casework.documents.evidence.binding import Leaf, Look
from casework.documents.evidence.errors import CannotBind
from casework.documents.printing import clean
from casework.domain.evidence import Enclosure, Held, Part
from casework.domain.words import day
from casework.rules.preflight import PackInHand
from casework.rules.situation import Situation

_SUFFIX = {Part.SERVED: "", Part.SEALED: "sealed", Part.NOT_EXHIBITED: "apart"}
_PART_SAYS = {
    Part.SERVED: "What is put to the authority",
    Part.SEALED: "Sealed part: to be opened by the officer named alone",
    Part.NOT_EXHIBITED: "Not exhibited: never to be served",
}


@dataclass(frozen=True, slots=True)
class PackFile:
    """One file of a pack, to be saved."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Made:
    """A pack's files, and its manifest."""

    files: tuple[PackFile, ...]
    manifest: bytes


@dataclass(frozen=True, slots=True)
class _Item:
    """One thing that goes in: its leaf, its enclosure, and where it comes from."""

    leaf: Leaf
    enclosure: Enclosure
    source: str
    sha256: str
    editable: PackFile | None = None


def make(found: Gathered, hand: PackInHand, pack_id: str, by: By) -> Made:
    """The files of a pack as it stands, one PDF for each part."""
    items = list(_items(found, hand))
    code = found.situation.policy.maybe("la.code_of_conduct", found.situation.on)
    rule = hand.rule
    look = Look(rule.get("marking", ""), pack_id)
    lacking = [f"{item.says.capitalize()}: {item.lacking}" for item in hand.wanted if item.missing]
    made, listed = [], []
    for part in Part:
        own = [item for item in items if item.enclosure.part is part]
        if not own and part is not Part.SERVED:
            continue
        cover = pages.Cover(
            title=rule.title,
            authority=str(code.authority) if code else f"Local authority {found.situation.school.la_code}",
            prepared_on=by.on,
            prepared_by=by.officer.name,
            marking=look.marking,
            part=_PART_SAYS[part],
        )
        apart = list(_apart(items, part))
        index = _index_of(found, cover, own, lacking if part is Part.SERVED else [], apart)
        bound = binding.bind(f"{rule.title}, {pack_id}", look, [item.leaf for item in own], index)
        name = file_name(found.situation, pack_id, part)
        made.append(PackFile(name, bound.content))
        listed.append(_listed(name, part, bound, own))
    editable = [item.editable for item in items if item.editable is not None]
    editable += list(_copy_sheet(found, hand))
    content = {
        "pack_id": pack_id,
        "pack": hand.pack,
        "case_ref": found.situation.case.ref,
        "school_urn": found.situation.school.urn,
        "la_code": found.situation.school.la_code,
        "parent_id": found.situation.parent_id,
        "prepared_on": by.on.isoformat(),
        "prepared_by": by.officer.officer_id,
        "marking": look.marking,
        "extracted_at": found.read_at.isoformat(),
        "register": {"digest": hand.register_now, **gathering.figures_of(found, hand.pack)},
        "figures": gathering.figures_of_letters(found, _letters_in(hand)),
        "files": listed,
        "editable": [
            {"name": f.name, "sha256": manifest.digest_of(f.content), "size": len(f.content)}
            for f in editable
        ],
        "lacking": lacking,
    }
    return Made((*made, *editable), manifest.sealed(content))


def _letters_in(hand: PackInHand) -> list[str]:
    return [h.document_id for item in hand.wanted for h in item.held if h.document_id]


def _apart(items: Sequence[_Item], part: Part) -> Iterator[str]:
    """What other files than this one hold."""
    for other in (Part.SEALED, Part.NOT_EXHIBITED):
        titles = [item.leaf.title.lower() for item in items if item.enclosure.part is other]
        if titles and other is not part:
            yield f"{_PART_SAYS[other]}: {', '.join(titles)}"


def _index_of(
    found: Gathered, cover: pages.Cover, own: Sequence[_Item], lacking: Sequence[str], apart: Sequence[str]
) -> binding.IndexOf:
    sources = [(item.source, item.sha256[:12]) for item in own]
    return lambda placed: pages.index(found.heading, cover, placed, sources, lacking, apart)


def _listed(name: str, part: Part, bound: binding.Bound, own: Sequence[_Item]) -> dict[str, Any]:
    front, *rest = bound.placed
    items = [
        {
            "title": front.title,
            "label": "",
            "first": front.first,
            "last": front.last,
            "source": "",
            "sha256": "",
        }
    ]
    for placed, item in zip(rest, own, strict=True):
        items.append(
            {
                "title": placed.title,
                "label": placed.label,
                "first": placed.first,
                "last": placed.last,
                "enclosure": item.enclosure.name,
                "source": item.source,
                "sha256": item.sha256,
            }
        )
    return {
        "name": name,
        "part": part.value,
        "sha256": manifest.digest_of(bound.content),
        "size": len(bound.content),
        "pages": manifest.page_digests(bound.content),
        "items": items,
    }


def _items(found: Gathered, hand: PackInHand) -> Iterator[_Item]:
    """Everything that goes in, in order; letters in Word are turned into PDF in one go."""
    word = [h for item in hand.wanted for h in item.held if _kind(found, h) == WORD]
    turned = dict(
        zip(
            (h.sha256 for h in word),
            pdf.to_pdf([(h.title, found.content[h.sha256]) for h in word]),
            strict=True,
        )
    )
    statement = found.statement
    known = dict(statement.labels) if statement is not None else {}
    running = labels(statement.witness.name if statement is not None else found.prepared_by.name)
    taken = set(known.values())
    number = 0
    for item, held in _in_order(hand):
        label = ""
        if item.exhibit:
            label = known.get(held.document_id if held else item.made, "")
            while not label:
                label = next(running)
                label = "" if label in taken else label
            taken.add(label)
        if held is None:
            content = gathering.page(found, item.made, hand.pack)
            title = item.says[:1].upper() + item.says[1:]
            source = "the register" if item.made.startswith(("register", "history")) else "the case's events"
            yield _Item(Leaf(title, label, content, True), item, source, manifest.digest_of(content))
            continue
        number += 1
        content = found.content[held.sha256]
        kind = _kind(found, held)
        shown = turned[held.sha256] if kind == WORD else _shown(held, kind, content)
        end = {WORD: "docx", binding.PDF: "pdf", **binding.PICTURES}[kind]
        editable = PackFile(f"{number:02}-{held.kind.replace('_', '-')}.{end}", content)
        yield _Item(Leaf(held.title, label, shown), item, held.source, held.sha256, editable)


def _in_order(hand: PackInHand) -> Iterator[tuple[Enclosure, Held | None]]:
    """Enclosures in their order; where the policy says so, exhibits stand together by date."""
    rows: list[tuple[Enclosure, Held | None]] = []
    for item in hand.wanted:
        if item.made and not (item.held and item.made == "register_previous"):
            rows.append((item, None))
        rows += [(item, held) for held in item.held]
    if not hand.rule.get("exhibits_by_date"):
        yield from rows
        return
    dated = [row for row in rows if row[0].exhibit and row[1] is not None]
    first = next((place for place, row in enumerate(rows) if row in dated), len(rows))
    others = [row for row in rows if row not in dated]
    before = sum(row not in dated for row in rows[:first])
    yield from others[:before]
    yield from sorted(dated, key=lambda row: (row[1].on, row[1].source) if row[1] else (date.min, ""))
    yield from others[before:]


def _kind(found: Gathered, held: Held) -> str:
    return held.media_type or gathering.media_type_of(found.content[held.sha256])


def _shown(held: Held, kind: str, content: bytes) -> bytes:
    if kind == binding.PDF:
        return content
    if kind in binding.PICTURES:
        return binding.picture_as_pdf(content, kind, held.title)
    raise CannotBind(held.title, "it is neither a PDF, nor a picture, nor a Word file.")


def file_name(situation: Situation, pack_id: str, part: Part, twin: str = "") -> str:
    """The name of a pack's file: its reference, never a pupil's name unless the authority's rule asks it."""
    switch = situation.policy.maybe("la.evidence_file", situation.on)
    words = [pack_id, _SUFFIX[part], twin]
    if switch is not None and switch.get("names_pupil"):
        words = [situation.pupil.surname, situation.pupil.forename, *words]
    name = "-".join(word for word in words if word)
    plain = switch is not None and switch.get("plain_name")
    return re.sub(r"[^A-Za-z0-9]" if plain else r"[^A-Za-z0-9-]", "", name) + ".pdf"


def _copy_sheet(found: Gathered, hand: PackInHand) -> Iterator[PackFile]:
    """What a person copies into the authority's portal, field by field in the portal's order."""
    order = hand.rule.get("copy_sheet", ())
    forms = [name for name in hand.forms if any(h.kind == name for h in _form_held(hand))]
    if not order or not forms:
        return
    fields = found.form(forms[0])
    titles = {field.name: field.title for field in template_named(forms[0]).fields} | _PORTAL_SAYS
    lines = [f"{titles.get(name, name.replace('_', ' '))}: {_copied(fields.get(name))}" for name in order]
    yield PackFile("copy-sheet.txt", ("\r\n".join(lines) + "\r\n").encode())


_PORTAL_SAYS = {
    "notice_parent": "Parent",
    "pupil_dob": "Date of birth",
    "upn": "UPN",
    "sen": "Special educational needs",
}
"""Fields whose name says less than a portal asks."""


def _form_held(hand: PackInHand) -> tuple[Held, ...]:
    form = hand.enclosed("form")
    return form.held if form is not None else ()


def _copied(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    text = clean("" if value is None else str(value))
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return text or "Not recorded"


def media_type_of(name: str) -> str:
    """What kind of file a name ends like."""
    ends: Mapping[str, str] = {"pdf": binding.PDF, "docx": WORD, "txt": "text/plain", "png": "image/png"}
    return ends.get(name.rpartition(".")[2], "image/jpeg")
