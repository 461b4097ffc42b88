"""Who may do what, printed: pages, acts and rows by role, from the tables that the code itself asks."""

from collections.abc import Iterable, Mapping

from casework.actions.access import MAY, ROWS
from casework.domain import Role
from casework.web import wording
from casework.web.guard import SIGNED_IN
from casework.web.routes import PAGES

HEAD = """# Who may do what

Printed from the tables that the code asks; a test holds it, and others walk every page and every table as
every role, at the own school and at another. Print it again with

```sh
python -c "from casework.web.matrix import document; print(document(), end='')" > docs/access.md
```

A role is held at a school, for a trust or for an LA, from a day and perhaps until one; one person may hold
several, and acts on a case with those they hold at its school. Another school's page answers as if there were
none.
"""


def document() -> str:
    """The whole page of docs."""
    pages = {
        f"{page.name} `{page.path}`": page.roles or SIGNED_IN for page in PAGES if page.roles is not None
    }
    return "\n".join(
        (
            HEAD,
            "## Acts\n",
            _ticks({act.value: roles for act, roles in MAY.items()}),
            "\n## Pages\n",
            _ticks(pages),
            "\n## Rows, by row security in PostgreSQL\n",
            _rows(),
            "",
        )
    )


def _ticks(lines: Mapping[str, Iterable[Role]]) -> str:
    return _table({name: ["yes" if role in roles else "" for role in Role] for name, roles in lines.items()})


def _rows() -> str:
    return _table(
        {
            table: [shown[role.value].value if role.value in shown else "" for role in Role]
            for table, shown in sorted(ROWS.items())
        }
    )


def _table(lines: Mapping[str, list[str]]) -> str:
    heading = ["", *(wording.role(role.value) for role in Role)]
    rows = [heading, ["---"] * len(heading), *([name, *cells] for name, cells in lines.items())]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)
