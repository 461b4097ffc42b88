"""Whether every pack is well formed, cites its sources and loosens nothing above it."""

from pathlib import Path

from casework.domain import NotFound, Problem
from casework.policy.load import (
    ENGLAND,
    MANIFEST,
    PACKS,
    PolicyRefused,
    folded,
    manifest,
    names,
    read,
    school_layers,
)


def check(packs: Path = PACKS) -> tuple[Problem, ...]:
    """Every problem in every pack: each is folded on the layers it may stand on.

    England is checked alone, an authority and a trust on England, a school on England and its trust, and on
    every authority.
    """
    england = read(packs / ENGLAND, packs)
    authorities = [read(packs / "la" / name, packs) for name in names(packs / "la")]
    trusts = {name: read(packs / "trust" / name, packs) for name in names(packs / "trust")}
    stacks = [[england], *([england, above] for above in [*authorities, *trusts.values()])]
    found: list[Problem] = []
    for name in names(packs / "school"):
        try:
            trust = trusts.get(manifest(packs / "school" / name).trust)
            own = [*([trust] if trust else []), *school_layers(name, packs)]
        except PolicyRefused as refused:
            found += refused.problems
            continue
        except NotFound as missing:
            place = f"school/{name}/{MANIFEST}"
            found.append(Problem(place, 0, "base", "", str(missing), "Correct the manifest."))
            continue
        stacks.append([england, *own])
        stacks += [[england, authority, *own] for authority in authorities]
    found += [problem for stack in stacks for problem in folded(stack)[1]]
    return tuple(dict.fromkeys(found))
