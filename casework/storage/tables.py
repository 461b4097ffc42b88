"""How a table is made: who may do what with it, whose rows it shows, and what is never changed in it.

Every migration makes its tables through these functions, so that no table is forgotten: `grant` says
what the application may do, `secure` shows rows by school, `append_only` lets nothing be altered.
"""

from collections.abc import Iterable

from alembic import op

EVERYTHING = "(select current_setting('casework.schools', true)) = '*'"
"""True in a transaction that sees every school's people: the engine's and an administrator's."""

SCOPE = "(select string_to_array(nullif(current_setting('casework.schools', true), '*'), ',')::int[])::int[]"
"""The ids of the schools that the transaction's officer sees; none if nothing was set.

Cast within the select, which runs once a statement: outside it the list would be read anew for every row. The
second cast does nothing but say that this is a list, and no query to be compared with.
"""


def schools_in_scope(column: str) -> str:
    """The condition that shows a row by its school. Nothing is visible where no scope was set."""
    return f"({EVERYTHING} or {column} = any ({SCOPE}))"


def casework_at(column: str) -> str:
    """The condition that shows a row to those who work on cases at its school, and to the engine."""
    mine = "string_to_array(nullif(current_setting('casework.cases', true), '*'), ',')::int[]"
    return (
        f"((select current_setting('casework.cases', true)) = '*' or {column} = any ((select {mine})::int[]))"
    )


def pupils_in_scope(table: str) -> str:
    """The condition that shows a row by its pupil: one who is or was on the roll of a school in scope.

    Asked of each row alone: a list of a few pupils must not read the whole roll.
    """
    return f"({EVERYTHING} or exists (select from enrolment roll where roll.pupil_id = {table}.pupil_id))"


def grant(table: str, rights: str) -> None:
    """Give the application rights on a table or view, e.g. `select, insert, update (ends_on)`.

    They are written down in `app_right`, from where they are given again whenever the application's role
    changes. Deleting and truncating are for no one unless named.
    """
    op.execute(
        f"insert into app_right (table_name, rights) values ('{table}', '{rights}')"
        " on conflict (table_name) do update set rights = excluded.rights"
    )


def secure(table: str, rights: str, shown: str | None = None) -> None:
    """Grant rights on a table and show only rows for which `shown` holds.

    Without `shown` the table must have a column `school_id`.
    """
    condition = shown or schools_in_scope("school_id")
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"create policy by_school on {table} using {condition} with check {condition}")
    grant(table, rights)


def replace_policy(table: str, shown: str) -> None:
    """Show the rows of a table that is secured already for another reason than before."""
    op.execute(f"drop policy by_school on {table}")
    op.execute(f"create policy by_school on {table} using {shown} with check {shown}")


def append_only(*tables: str) -> None:
    """Refuse every update, delete and truncation, even the owner's."""
    for table in tables:
        op.execute(
            f"create trigger never_changed before update or delete or truncate on {table}"
            " for each statement execute function refuse_change()"
        )


def run(statements: Iterable[str]) -> None:
    """Execute a migration's statements in order."""
    for statement in statements:
        op.execute(statement)
