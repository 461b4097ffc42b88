"""Whether every pack is well formed, cites its sources and loosens nothing above it."""

from pathlib import Path

from casework.domain import Problem
from casework.policy.load import ENGLAND, PACKS, folded, manifest, names, read


def check(packs: Path = PACKS) -> tuple[Problem, ...]:
    """Every problem in every pack: each is folded on the layers it may stand on.

    England is checked alone, an authority and a trust on England, a school on England and its trust, and on
    every authority.
    """
    england = read(packs / ENGLAND, packs)
    authorities = [read(packs / "la" / name, packs) for name in names(packs / "la")]
    trusts = {name: read(packs / "trust" / name, packs) for name in names(packs / "trust")}
    stacks = [[england], *([england, above] for above in [*authorities, *trusts.values()])]
    for name in names(packs / "school"):
        folder = packs / "school" / name
        school = read(folder, packs)
        trust = trusts.get(manifest(folder).get("trust", ""))
        over = [trust] if trust else []
        stacks.append([england, *over, school])
        stacks += [[england, authority, *over, school] for authority in authorities]
    found = [problem for stack in stacks for problem in folded(stack)[1]]
    return tuple(dict.fromkeys(found))
