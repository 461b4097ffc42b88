"""Whether every pack is well formed, cites its sources and loosens nothing above it."""

from pathlib import Path

from casework.domain import Problem
from casework.policy.load import ENGLAND, PACKS, folded, manifest, names


def check(packs: Path = PACKS) -> tuple[Problem, ...]:
    """Every problem in every pack: each is folded on the layers it may stand on.

    England is checked alone, an authority and a trust on England, a school on England and its trust, and on
    every authority.
    """
    england = packs / ENGLAND
    authorities = [packs / "la" / name for name in names(packs / "la")]
    trusts = [packs / "trust" / name for name in names(packs / "trust")]
    stacks: list[list[Path]] = [[england]]
    stacks += [[england, above] for above in authorities + trusts]
    for name in names(packs / "school"):
        school = packs / "school" / name
        trust = manifest(school).get("trust", "")
        over = [packs / "trust" / trust] if trust else []
        stacks.append([england, *over, school])
        stacks += [[england, authority, *over, school] for authority in authorities]
    found = [problem for stack in stacks for problem in folded(stack, packs)[1]]
    return tuple(dict.fromkeys(found))
