"""Timers as rows with a version: some are read, then each is updated if nobody did so first."""

from dataclasses import dataclass

from benchmarks.population import ON
from casework.storage.database import Database, driver


@dataclass(frozen=True)
class RowByRow:
    """Every timer that is due, each in a transaction of its own with its row in the log."""

    batch: int

    def __call__(self, db: Database) -> int:
        """Says how many this worker did."""
        done = 0
        with db.owner_engine.connect() as tx:
            owner = driver(tx)
            owner.rollback()
            while True:
                with owner.transaction():
                    found = owner.execute(
                        "select timer_id, version from peer.timer where state = 0 and due_on <= %s"
                        " order by due_on, timer_id limit %s",
                        (ON, self.batch),
                    ).fetchall()
                if not found:
                    return done
                for timer_id, version in found:
                    with owner.transaction():
                        claimed = owner.execute(
                            "update peer.timer set state = 1, version = version + 1"
                            " where timer_id = %s and version = %s and state = 0",
                            (timer_id, version),
                        ).rowcount
                        if claimed:
                            owner.execute("insert into peer.done (timer_id) values (%s)", (timer_id,))
                            done += 1
