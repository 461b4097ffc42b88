"""Copies of a case that leave the school: readable pages and data, tied together in one archive.

Pure: what is given and what is left out was decided by a person; here it is only written down. The same
content gives the same bytes.
"""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from casework.domain.words import day, in_words

_EPOCH = (2020, 1, 1, 0, 0, 0)
_STYLE = (
    "body{font:16px/1.45 'Liberation Sans',Arial,sans-serif;max-width:46em;margin:2em auto;padding:0 1em;"
    "color:#0b0c0c}table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid #b1b4b6;"
    "padding:.4em .6em .4em 0;text-align:left;vertical-align:top}h2{margin-top:1.6em}"
    ".line{border-bottom:1px solid #0b0c0c;display:inline-block;min-width:18em}"
    "@media print{body{margin:0;max-width:none}tr{break-inside:avoid}}"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing told: when, what, in whose words, by whom; `ref` is the event or file it comes from."""

    ref: str
    on: date
    what: str
    words: tuple[str, ...] = ()
    by: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One thing held back, on which exemption, and why it was marked."""

    ref: str
    on: date
    exemption: str
    why: str


def page(
    title: str, facts: Mapping[str, str], sections: Iterable[tuple[str, Sequence[Entry]]], end: str = ""
) -> str:
    """A page that reads well on screen and on paper, with nothing in it that runs."""
    rows = "".join(f"<tr><th scope='row'>{escape(k)}</th><td>{escape(v)}</td></tr>" for k, v in facts.items())
    told = "".join(_section(heading, entries) for heading, entries in sections)
    return (
        f"<!DOCTYPE html><html lang='en-GB'><head><meta charset='utf-8'><title>{escape(title)}</title>"
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1><table>{rows}</table>{told}{end}</body></html>"
    )


def _section(heading: str, entries: Sequence[Entry]) -> str:
    if not entries:
        return ""
    lines = "".join(
        f"<tr><td>{day(item.on)}</td><td>{escape(item.what)}"
        + "".join(f"<br><q>{escape(text)}</q>" for text in item.words)
        + (f"<br><small>{escape(item.by)}</small>" if item.by else "")
        + f"</td><td>{escape(item.ref)}</td></tr>"
        for item in entries
    )
    head = "<tr><th scope='col'>Day</th><th scope='col'>What</th><th scope='col'>Item</th></tr>"
    return f"<h2>{escape(heading)}</h2><table><thead>{head}</thead><tbody>{lines}</tbody></table>"


def receipt() -> str:
    """The part that the receiving school signs and sends back."""
    lines = ("Received by (name)", "Post", "School", "Day", "Signature")
    asked = "".join(f"<p>{text}: <span class='line'>&nbsp;</span></p>" for text in lines)
    return f"<h2>Receipt</h2><p>Sign this part and send it back to the school named above.</p>{asked}"


def data(facts: Mapping[str, str], entries: Iterable[Entry]) -> bytes:
    """The same as data that other programs read."""
    told = [
        {"item": e.ref, "on": e.on.isoformat(), "what": e.what, "words": list(e.words), "by": e.by}
        for e in entries
    ]
    return json.dumps({"about": dict(facts), "items": told}, ensure_ascii=False, indent=1).encode()


def left_out_page(title: str, left_out: Sequence[LeftOut]) -> str:
    """For the school alone: what was held back, and on which exemption."""
    entries = [
        Entry(item.ref, item.on, f"Left out: {in_words(item.exemption)}. {item.why}") for item in left_out
    ]
    return page(title, {"Left out": str(len(left_out))}, [("What was left out, and why", entries)])


def archive(files: Mapping[str, bytes]) -> bytes:
    """Files by their paths as one zip, byte for byte the same for the same files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            zipped.writestr(entry, files[name])
    return packed.getvalue()
