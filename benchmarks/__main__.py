"""The command: `python -m benchmarks`.

Runs every workload with its peers, prints the table of ratios and writes it down as JSON. Without `--gate` it
only tells; with it, a goal that is missed ends the run with exit code 1.
"""

import argparse
import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import goals as goals_of
from benchmarks.goals import Goal
from benchmarks.installation import Bench, bench
from benchmarks.machine import commit, describe
from benchmarks.measuring import Different, Measured, SetUp, measure, measure_again
from benchmarks.results import as_json, put_into, table, write
from benchmarks.workloads import LARGE, WORKLOADS

GOALS = Path(__file__).parent / "goals.toml"


def main(words: Sequence[str] | None = None) -> int:
    """Run what is asked for; 0 done, 1 answers differ or a gate was missed."""
    asked = _arguments(words)
    goals = goals_of.read(asked.gate or GOALS)
    seed = random.SystemRandom().randrange(10**6) if asked.seed is None else asked.seed
    path = asked.json or Path("bench-out") / ("full.json" if asked.full else "quick.json")
    print(f"seed {seed}", flush=True)
    names = asked.only.split(",") if asked.only else list(WORKLOADS)
    measured: list[Measured] = []
    try:
        with bench(asked.full, seed) as made:
            env = describe(made.superuser_url)
            for name in names:
                measured += _run((WORKLOADS | LARGE)[name], made, goals)
                written = [as_json(item, goals, commit()) for item in measured]
                write(path, env, commit(), written)
    except Different as fault:
        print(fault, file=sys.stderr)
        return 1
    print(f"\n{table(written)}\n\nWritten to {path}")
    if asked.table:
        kept = json.loads(path.read_text())
        put_into(asked.table, kept["workloads"], env)
    missed = [verdict for verdict in goals_of.judged(goals, measured) if not verdict.ok]
    for verdict in missed:
        said = f"{verdict.goal.name}: {verdict.figure.median:.4g}, gate {verdict.goal.gate:g}"
        print(f"{said}{' (noisy)' if verdict.noisy else ''}", file=sys.stderr)
    return 1 if missed and asked.gate else 0


def _run(set_up: SetUp, made: Bench, goals: Sequence[Goal]) -> list[Measured]:
    found = []
    with set_up(made) as workloads:
        for workload in workloads:
            print(f"{workload.name}: {', '.join(workload.peers) or 'counting'}", flush=True)
            measured = measure(workload, made.seed, made.processor_seconds)
            if any(not v.ok and v.noisy for v in goals_of.judged(goals, [measured])):
                print(f"{workload.name}: noisy, once more", flush=True)
                measured = measure_again(workload, measured, made.processor_seconds)
            for verdict in goals_of.judged(goals, [measured]):
                print(f"  {verdict.goal.name} {verdict.figure.median:.4g}", flush=True)
            found.append(measured)
    return found


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="small sizes, a few minutes (what is usual)")
    size.add_argument("--full", action="store_true", help="the sizes of docs/performance.md")
    parser.add_argument("--only", help=f"some workloads, with commas: {', '.join(WORKLOADS | LARGE)}")
    parser.add_argument("--json", type=Path, help="where to write the result; kept workloads stay in it")
    parser.add_argument("--gate", type=Path, help="exit 1 if a goal of this file is missed")
    parser.add_argument("--table", type=Path, help="a page to put the table into, between its markers")
    parser.add_argument("--seed", type=int, help="the seed of a run to be repeated")
    asked = parser.parse_args(words)
    unknown = set(asked.only.split(",") if asked.only else ()) - (WORKLOADS | LARGE).keys()
    if unknown:
        parser.error(f"there is no workload {', '.join(sorted(unknown))}")
    return asked


if __name__ == "__main__":
    sys.exit(main())
