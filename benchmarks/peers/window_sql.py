"""The sweep as window SQL over one narrow row a mark, tuned: staged into temporary tables with statistics.

What a careful database developer would write. The calendar's ordinals are kept and not ranked each night,
each stage is ANALYZEd before the next reads it, and what several stages need is worked out once. The classes
of the codes, the limits and the triggers come from the same policy as the product's.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import psycopg

from benchmarks.facts import COLUMNS
from casework.domain.register import byte_of
from casework.facts import CodeClasses, Limits
from casework.facts.codes import CodeClass
from casework.policy import Policy
from casework.rules import triggers

CODES = """
create table peer.code (
    code "char" primary key, possible boolean not null, attended boolean not null,
    authorised boolean not null, unauthorised boolean not null, counts boolean not null,
    unauthorised_run boolean not null,
    return_run boolean not null, ill boolean not null, late boolean not null, unexplained boolean not null
);
"""

STAGES = (
    # Every mark that is looked at, with its ordinals and classes.
    """
    create temporary table seen on commit drop as
    select m.pupil_id, e.school_id, c.session_no, c.day_no, c.week_no, c.half_term, c.weekday, c.session_date,
        c.half, k.*
    from peer.enrolment e
        join peer.mark m on m.pupil_id = e.pupil_id
        join peer.calendar c on c.school_id = e.school_id and c.session_date = m.session_date
            and c.half = m.half
        join peer.code k on k.code = m.code
    where m.session_date <= %(on)s and m.session_date between e.first and e.last and {chosen}
    """,
    """
    create temporary table school_now on commit drop as
    select school_id, max(day_no) as last_day, max(week_no) as last_week,
        (array_agg(half_term order by session_no desc))[1] as half_term
    from peer.calendar where session_date <= %(on)s group by school_id
    """,
    # Sums by period.
    """
    create temporary table sums on commit drop as
    select pupil_id,
        count(*) filter (where possible) as y_possible,
        count(*) filter (where attended) as y_attended,
        count(*) filter (where authorised) as y_authorised,
        count(*) filter (where unauthorised) as y_unauthorised,
        count(*) filter (where possible and in_term) as t_possible,
        count(*) filter (where attended and in_term) as t_attended,
        count(*) filter (where authorised and in_term) as t_authorised,
        count(*) filter (where unauthorised and in_term) as t_unauthorised,
        count(*) filter (where possible and in_half) as h_possible,
        count(*) filter (where attended and in_half) as h_attended,
        count(*) filter (where authorised and in_half) as h_authorised,
        count(*) filter (where unauthorised and in_half) as h_unauthorised,
        count(*) filter (where late and in_half) as late_half,
        count(*) filter (where late and in_term) as late_term,
        count(*) filter (where ill) as ill,
        count(*) filter (where unexplained and last_day - day_no > %(unexplained)s) as overdue,
        count(*) filter (where absent and weekday = 0) as monday,
        count(*) filter (where absent and weekday = 1) as tuesday,
        count(*) filter (where absent and weekday = 2) as wednesday,
        count(*) filter (where absent and weekday = 3) as thursday,
        count(*) filter (where absent and weekday = 4) as friday
    from (
        select seen.*, authorised or unauthorised as absent, last_day,
            seen.half_term / 2 = now.half_term / 2 as in_term, seen.half_term = now.half_term as in_half
        from seen join school_now now using (school_id)
    ) marked group by pupil_id
    """,
    # Illness that begins: the possible session before was none.
    """
    create temporary table episodes on commit drop as
    select pupil_id, count(*) as episodes from (
        select pupil_id, school_id, half_term, ill,
            lag(ill) over (partition by pupil_id order by session_no) as was_ill
        from seen where possible
    ) after join school_now using (school_id, half_term)
    where ill and was_ill is distinct from true group by pupil_id
    """,
    # School days with a possible session, and the island of days that each belongs to, for each run.
    """
    create temporary table days on commit drop as
    select pupil_id, day_no, session_date, run_u, run_r, run_i,
        count(*) filter (where not run_u) over each as island_u,
        count(*) filter (where not run_r) over each as island_r,
        count(*) filter (where not run_i) over each as island_i
    from (
        select pupil_id, day_no, session_date, bool_and(unauthorised_run) as run_u,
            bool_and(return_run) as run_r, bool_and(ill) as run_i
        from seen where possible group by pupil_id, day_no, session_date
    ) day window each as (partition by pupil_id order by day_no rows unbounded preceding)
    """,
    *(
        f"""
        create temporary table runs_{run} on commit drop as
        select pupil_id, max(days) as longest,
            (array_agg(days order by island desc))[1] as days,
            (array_agg(started order by island desc))[1] as started,
            (array_agg(ended order by island desc))[1] as ended
        from (
            select pupil_id, island_{run} as island, count(*) filter (where run_{run}) as days,
                min(session_date) filter (where run_{run}) as started,
                max(session_date) filter (where run_{run}) as ended
            from days group by pupil_id, island_{run}
        ) island group by pupil_id
        """
        for run in "uri"
    ),
    *(
        f"""
        create temporary table unmarked_{run} on commit drop as
        select r.pupil_id, count(*) filter (where m.pupil_id is null) as unmarked
        from runs_{run} r join peer.enrolment e using (pupil_id)
            join peer.calendar c on c.school_id = e.school_id and c.session_date between r.started and r.ended
            left join seen m on m.pupil_id = r.pupil_id and m.session_no = c.session_no
        where r.days > 0 group by r.pupil_id
        """
        for run in "uri"
    ),
    # School weeks: those with an absence, and the unauthorised sessions of the window that ends with each.
    """
    create temporary table weeks on commit drop as
    select pupil_id, week_no, absent, counts,
        sum(counts) over (
            partition by pupil_id order by week_no range between %(weeks)s - 1 preceding and current row
        ) as in_window
    from (
        select pupil_id, week_no, bool_or(authorised or unauthorised) as absent,
            count(*) filter (where counts) as counts
        from seen where authorised or unauthorised or counts group by pupil_id, week_no
    ) week
    """,
    """
    create temporary table windows on commit drop as
    select weeks.pupil_id, count(*) filter (where absent) as broken_weeks, max(in_window) as most,
        coalesce(sum(counts) filter (where week_no > last_week - %(weeks)s), 0) as now
    from weeks join peer.enrolment using (pupil_id) join school_now using (school_id)
    group by weeks.pupil_id
    """,
    # Judged session by session: the limit is met when the session `limit` - 1 before lies in the window.
    """
    create temporary table towards on commit drop as
    select pupil_id, school_id, week_no, (session_date - date '0001-01-01' + 1) * 2 + half as session,
        row_number() over each as number,
        week_no - lag(week_no, %(limit)s - 1) over each < %(weeks)s as meets
    from seen join windows using (pupil_id) where counts and most >= %(limit)s
    window each as (partition by pupil_id order by session_no)
    """,
    """
    create temporary table met on commit drop as
    select towards.pupil_id, max(session) filter (where towards.number = first.number) as first_met,
        array_agg(session order by session)
            filter (where towards.number > first.number - %(limit)s and towards.number <= first.number)
            as first_counted,
        array_agg(session order by session)
            filter (where week_no > last_week - %(weeks)s and windows.now >= %(limit)s) as counted
    from towards join school_now using (school_id) join windows using (pupil_id)
        left join (
            select pupil_id, min(number) as number from towards where meets group by pupil_id
        ) first on first.pupil_id = towards.pupil_id
    group by towards.pupil_id
    """,
)

_STAGED = (
    *("seen", "school_now", "sums", "episodes", "days", "runs_u", "runs_r", "runs_i"),
    *("unmarked_u", "unmarked_r", "unmarked_i", "weeks", "windows", "towards", "met"),
)

_EXPRESSIONS: Mapping[str, str] = {
    **{
        f"{period}.{name}": f"s.{short}_{name}"
        for period, short in (("year", "y"), ("term", "t"), ("half_term", "h"))
        for name in ("possible", "attended", "authorised", "unauthorised")
    },
    **{
        f"{period}.absent": f"s.{short}_authorised + s.{short}_unauthorised"
        for period, short in (("year", "y"), ("term", "t"), ("half_term", "h"))
    },
    "late_half_term": "s.late_half",
    "late_term": "s.late_term",
    "illness_episodes_half_term": "episodes.episodes",
    "illness_sessions_year": "s.ill",
    **{
        f"{run}.{name}": f"{table}_{run[0]}.{column}"
        for run in ("unauthorised_run", "return_run", "illness_run")
        for name, table, column in (
            ("days", "runs", "days"),
            ("longest", "runs", "longest"),
            ("unmarked", "unmarked", "unmarked"),
        )
    },
    "overdue_n_sessions": "s.overdue",
    "broken_weeks_year": "windows.broken_weeks",
    **{
        f"absent_by_weekday.{day}": f"s.{day}"
        for day in ("monday", "tuesday", "wednesday", "thursday", "friday")
    },
    "threshold.sessions": "windows.now",
    "threshold.most": "windows.most",
    **{
        f"{run}.started_on": f"runs_{run[0]}.started - date '0001-01-01' + 1"
        for run in ("unauthorised_run", "return_run", "illness_run")
    },
    "threshold.first_met": "met.first_met",
}

_COMPARISONS = {
    "at_least": "{total} >= {limit}",
    "more_than": "{total} > {limit}",
    "exactly": "{total} = {limit}",
    "share_at_least": "({total}) * 100 >= {limit} * ({whole}) and ({whole}) >= {least}",
    "share_more_than": "({total}) * 100 > {limit} * ({whole}) and ({whole}) >= {least}",
}


def fill_codes(copy: psycopg.Connection[tuple[object, ...]], codes: CodeClasses, on: date) -> None:
    """The classes in force on a day; the population holds no earlier mark."""
    copy.execute(CODES)
    classes = [known for begins, known in codes.classes if begins <= on][-1]
    for code, kind in classes.items():
        possible = kind.is_possible
        flags = (
            possible,
            kind is CodeClass.ATTENDING,
            kind is CodeClass.AUTHORISED,
            kind is CodeClass.UNAUTHORISED,
            possible and code in codes.threshold,
            possible and code in codes.unauthorised_run,
            possible and code in codes.return_run,
            possible and code in codes.illness,
            possible and code in codes.late,
            possible and code in codes.unexplained,
        )
        copy.execute(
            f'insert into peer.code values (%s::"char", {", ".join(["%s"] * len(flags))})',
            (chr(byte_of(code)), *flags),
        )
    copy.execute("analyze peer.code")


def run(
    copy: psycopg.Connection[tuple[object, ...]],
    policy: Policy,
    limits: Limits,
    on: date,
    pupils: Sequence[int] | None = None,
) -> list[tuple[Any, ...]]:
    """Every pupil's line, in one transaction that the caller ends; `pupils` (ids) for some alone."""
    values = {
        "on": on,
        "weeks": limits.threshold_school_weeks,
        "limit": limits.threshold_sessions,
        "unexplained": limits.unexplained_school_days,
        "pupils": pupils,
    }
    chosen = "true" if pupils is None else "e.pupil_id = any (%(pupils)s::int[])"
    copy.execute("set local work_mem = '512MB'")
    for name, stage in zip(_STAGED, STAGES, strict=True):
        # Only CREATE TABLE AS is not allowed parameters, so the few integers and the day are put in as text.
        copy.execute(psycopg.ClientCursor(copy).mogrify(stage.replace("{chosen}", chosen), values))
        copy.execute(f"analyze {name}")
    listed = ", ".join(f"coalesce({_EXPRESSIONS[name]}, 0)::bigint" for name in COLUMNS if name != "mask")
    which = "" if pupils is None else "where e.pupil_id = any (%(pupils)s::int[])"
    query = f"""
        select urn, upn, {listed}, {_mask(policy, on)}, met.counted, met.first_counted
        from peer.enrolment e join pupil using (pupil_id) join school using (school_id)
            left join sums s using (pupil_id) left join episodes using (pupil_id)
            left join runs_u using (pupil_id) left join runs_r using (pupil_id)
            left join runs_i using (pupil_id) left join unmarked_u using (pupil_id)
            left join unmarked_r using (pupil_id) left join unmarked_i using (pupil_id)
            left join windows using (pupil_id) left join met using (pupil_id)
        {which}
    """
    with copy.cursor(binary=True) as cursor:
        return cursor.execute(query, values if pupils is not None else None).fetchall()


def _mask(policy: Policy, on: date) -> str:
    """The triggers of the policy as one expression of bits."""
    bits = []
    for trigger in triggers.definitions(policy, on):
        holds = _COMPARISONS[trigger.comparison].format(
            total=_total(trigger.measure),
            whole=_total(trigger.of) if trigger.of else "0",
            limit=trigger.limit,
            least=max(1, trigger.possible_at_least),
        )
        bits.append(f"(case when {holds} then {1 << trigger.bit} else 0 end)::bigint")
    return " | ".join(bits) or "0"


def _total(names: Sequence[str]) -> str:
    return " + ".join(f"coalesce({_EXPRESSIONS[name]}, 0)" for name in names)
