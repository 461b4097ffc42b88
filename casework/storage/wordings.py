"""A school's own wording of a document: Word files by version, none ever altered.

A version without a file says that the school went back to ours.
"""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from sqlalchemy import Connection, text

from casework.domain import NotFound


@dataclass(frozen=True, slots=True)
class Wording:
    """One version of a school's own wording; no content where the school went back to ours."""

    template: str
    version: int
    content: bytes | None
    sha256: str
    put_on: date
    by: str


def put(tx: Connection, urn: str, template: str, content: bytes | None, on: date, by: str) -> int:
    """Put in the next version; gives its number.

    Raises:
        NotFound: The school is not on file, or not one of this officer's.
    """
    version = tx.execute(
        text("""
            insert into own_wording (school_id, template, version, content, sha256, put_on, by)
            select school_id, :template, 1 + coalesce((select max(version) from own_wording w
                where w.school_id = school.school_id and w.template = :template), 0),
                :content, :sha256, :on, :by
            from school where urn = :urn returning version
        """),
        {
            "urn": urn,
            "template": template,
            "content": content,
            "sha256": "" if content is None else sha256(content).hexdigest(),
            "on": on,
            "by": by,
        },
    ).scalar_one_or_none()
    if version is None:
        raise NotFound("school", urn, "Import the school first, or ask for access to it.")
    return int(version)


def current(tx: Connection, urn: str, template: str) -> Wording | None:
    """The school's wording in use, or None where it uses ours."""
    found = versions(tx, urn, template)
    return found[-1] if found and found[-1].content is not None else None


def versions(tx: Connection, urn: str, template: str = "") -> tuple[Wording, ...]:
    """Every version a school has put in, of one document or of all, oldest first."""
    rows = tx.execute(
        text("""
            select template, version, content, sha256, put_on, by
            from own_wording join school using (school_id)
            where urn = :urn and (:template = '' or template = :template)
            order by template, version
        """),
        {"urn": urn, "template": template},
    )
    return tuple(
        Wording(
            row.template,
            row.version,
            None if row.content is None else bytes(row.content),
            row.sha256,
            row.put_on,
            row.by,
        )
        for row in rows
    )
