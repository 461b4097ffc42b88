"""A run written down: as JSON, as a table of ratios on the terminal, and in docs/performance.md."""

import json
import statistics
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.goals import Goal, Verdict, judged
from benchmarks.measuring import Measured, Ratio, Timing, folder_for

SCHEMA = 1
BEGIN, END = "<!-- ratios: written by python -m benchmarks --table -->", "<!-- end of ratios -->"


def as_json(measured: Measured, goals: Sequence[Goal], commit: str) -> dict[str, Any]:
    """One workload."""
    verdicts = judged(goals, [measured])
    told = {(v.figure.of, v.figure.to) for v in verdicts}
    others = [measured.ratio(of, to) for of, to in measured.pairs if (of, to) not in told]
    return {
        "name": measured.name,
        "size": dict(measured.size),
        "seed": measured.seed,
        "identical": True,
        "commit": commit,
        "load_before": measured.load_before,
        "load_after": measured.load_after,
        "rerun": measured.rerun,
        "rounds": max((len(t.seconds) for t in measured.timings.values()), default=0),
        "peers": {name: _timing(timing) for name, timing in measured.timings.items()},
        "values": dict(measured.values),
        "ratios": [*(_verdict(v) for v in verdicts), *(_ratio(ratio) for ratio in others)],
    }


def _timing(timing: Timing) -> dict[str, Any]:
    first, third = timing.quartiles
    return {
        "median_s": _short(timing.median),
        "min_s": _short(min(timing.seconds)),
        "q1": _short(first),
        "q3": _short(third),
        "items": timing.items,
        "per_s": _short(timing.items / timing.median),
        "peak_mb": timing.peak_mb and round(timing.peak_mb),
        "once": timing.once,
        "processor_s": _short(statistics.median(timing.processor)) if timing.processor else None,
    }


def _ratio(ratio: Ratio) -> dict[str, Any]:
    return {
        "of": ratio.of,
        "to": ratio.to,
        "median": _short(ratio.median),
        "low": _short(ratio.low),
        "high": _short(ratio.high),
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    goal, by_processor = verdict.goal, verdict.by_processor
    return {
        **_ratio(verdict.figure),
        "by_processor": by_processor and _short(by_processor.median),
        "goal": goal.name,
        "says": goal.says,
        "better": goal.better,
        "gate": goal.gate,
        "aim": goal.aim,
        "ok": verdict.ok,
        "ok_by_processor": verdict.ok_by_processor,
        "aimed": verdict.aimed,
        "noisy": verdict.noisy,
    }


def _short(number: float) -> float:
    return float(f"{number:.4g}")


def write(path: Path, env: Mapping[str, Any], commit: str, workloads: Sequence[Mapping[str, Any]]) -> None:
    """Write a run down; workloads of an earlier run that were not run again are kept beside it."""
    kept: dict[Any, Mapping[str, Any]] = {_key(item): item for item in [*_earlier(path), *workloads]}
    folder_for(path)
    found = {"schema": SCHEMA, "commit": commit, "env": env, "workloads": list(kept.values())}
    path.write_text(json.dumps(found, indent=1) + "\n")


def _earlier(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    found = json.loads(path.read_text())
    return list(found["workloads"]) if found.get("schema") == SCHEMA else []


def _key(workload: Mapping[str, Any]) -> tuple[str, tuple[tuple[str, int], ...]]:
    return workload["name"], tuple(sorted(workload["size"].items()))


# -- the table -----------------------------------------------------------------------------------------------


def table(workloads: Iterable[Mapping[str, Any]]) -> str:
    """The goals with their ratios, then every peer with its pace, as Markdown."""
    found = list(workloads)
    rows = [(ratio, item) for item in found for ratio in item["ratios"] if "goal" in ratio]
    rows.sort(key=lambda row: row[0]["goal"])
    goals = [
        [
            ratio["goal"],
            ratio["says"],
            _size(item["size"]),
            f"**{_number(ratio['median'])}**{_range(ratio)}",
            _number(ratio["by_processor"]) if ratio.get("by_processor") else "",
            f"{_bound(ratio)} {_number(ratio['gate'])}",
            _number(ratio["aim"]),
            _how(ratio),
        ]
        for ratio, item in rows
    ]
    peers = [
        [item["name"], _size(item["size"]), name, _pace(item, name), _against(item, name)]
        for item in found
        for name in item["peers"]
    ]
    return "\n\n".join(
        [
            _markdown(["Goal", "Job", "Size", "Ratio (rounds)", "By processor", "Gate", "Aim", ""], goals),
            _markdown(["Workload", "Size", "Peer", "A second", "Times as long as the product"], peers),
        ]
    )


def put_into(path: Path, workloads: Iterable[Mapping[str, Any]], env: Mapping[str, Any]) -> None:
    """Put the table into a page, between its two markers.

    Raises:
        ValueError: The page has no markers.
    """
    page = path.read_text()
    head, _, rest = page.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not end:
        raise ValueError(f"{path.name} has no place for the table, between {BEGIN} and {END}")
    found = list(workloads)
    settings = ", ".join(f"{name} {value}" for name, value in env["settings"].items())
    loads = [item[when] for item in found for when in ("load_before", "load_after")]
    busy = f"; load {min(loads):.1f} to {max(loads):.1f}" if loads else ""
    commits = ", ".join(sorted({item["commit"] for item in found} - {""}))
    says = (
        f"{env['cores']} cores ({env['cpu']}){busy}. Python {env['python']}, PostgreSQL {env['postgres']} "
        f"({settings}), numpy {env['numpy']}, psycopg {env['psycopg']}, SQLAlchemy {env['sqlalchemy']}, "
        f"docxtpl {env['docxtpl']}. Commit {commits}."
    )
    path.write_text(f"{head}{BEGIN}\n\n{says}\n\n{table(found)}\n\n{END}{tail}")


def _markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _size(size: Mapping[str, int]) -> str:
    return ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in size.items())


def _number(number: float) -> str:
    if number >= 100:
        return f"{number:,.0f}"
    return f"{number:.3g}"


def _range(ratio: Mapping[str, Any]) -> str:
    if ratio["low"] == ratio["high"]:
        return ""
    return f" ({_number(ratio['low'])} to {_number(ratio['high'])})"


def _bound(ratio: Mapping[str, Any]) -> str:
    return "at most" if ratio["better"] in ("slower", "at_most") else "at least"


def _how(ratio: Mapping[str, Any]) -> str:
    said = "aim reached" if ratio["aimed"] else "gate held" if ratio["ok"] else "**missed**"
    if ratio["noisy"]:
        said += ", noisy"
    return f"{said}; held by processor" if not ratio["ok"] and ratio["ok_by_processor"] else said


def _pace(item: Mapping[str, Any], name: str) -> str:
    peer = item["peers"][name]
    return f"{_number(peer['per_s'])}{' (one run)' if peer['once'] else ''}"


def _against(item: Mapping[str, Any], name: str) -> str:
    product = item["peers"].get("product")
    if product is None or name == "product":
        return ""
    return _number(product["per_s"] / item["peers"][name]["per_s"])
