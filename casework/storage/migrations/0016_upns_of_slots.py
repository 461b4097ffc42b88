"""The UPN of every slot of a roll beside its pupil, so that a feed is matched without reading anyone's roll.

A UPN is never given to another pupil and never changes, so the copy cannot go stale; the database makes it.
"""

from casework.storage.tables import run

revision = "0016_upns_of_slots"
down_revision = "0015_outbox"
branch_labels = None
depends_on = None

UPNS = (
    """
    create function refuse_other_upn() returns trigger language plpgsql as $$
    begin
        raise exception 'a pupil keeps the UPN they are on file with'
            using errcode = 'insufficient_privilege';
    end $$
    """,
    """
    create trigger upn_stays before update on pupil for each row
        when (old.upn is distinct from new.upn) execute function refuse_other_upn()
    """,
    # In the order of the slots, with commas between. Kept as it is: a feed takes it whole, and quickly.
    "alter table roll_year add column upns text not null default ''",
    "alter table roll_year alter column upns set storage external",
    """
    create function name_slots() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
    declare
        named integer := 0;
        fresh text;
    begin
        new.upns := '';
        if tg_op = 'UPDATE' and old.upns <> '' then
            named := cardinality(old.pupil_ids);
            new.upns := old.upns;
        end if;
        select string_agg(coalesce(upn, ''), ',' order by number) into fresh
            from unnest(new.pupil_ids[named + 1:]) with ordinality as slot (pupil_id, number)
            left join pupil using (pupil_id);
        new.upns := concat_ws(',', nullif(new.upns, ''), fresh);
        return new;
    end $$
    """,
    """
    create trigger upns_of_slots before insert or update on roll_year for each row
        execute function name_slots()
    """,
    "update roll_year set pupil_ids = pupil_ids",
)


def upgrade() -> None:
    """Add the column, name the slots that were given out before, and hold every UPN to its pupil."""
    run(UPNS)
