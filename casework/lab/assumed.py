"""What a replay assumes of the people, said with every result; and what no register can tell."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Assumed:
    """How officers and families are taken to act.

    Args:
        acts: Officers do what the engine asks on the day it falls due; otherwise nobody does anything, and
            only what the engine does by itself is seen.
        parents_come: Parents come to the meetings they are asked to.
    """

    acts: bool = True
    parents_come: bool = True

    def says(self) -> tuple[str, ...]:
        """The assumptions, one sentence each."""
        return (*_ALWAYS, *(self._acts() if self.acts else _NOBODY))

    def _acts(self) -> tuple[str, ...]:
        come = "come" if self.parents_come else "do not come"
        return (
            "Officers do what is asked of them on the day it falls due, or on the next school day where it "
            "was asked and due the same evening.",
            f"Parents {come} to the meetings they are asked to.",
            "Help is offered to every parent in law when the first task of help falls due, or at the first "
            "review where the pack asks for none. A review finds that it helped where no unauthorised "
            "session was missed since; where it did, no notice counts as proposed.",
            "Where every session relied on is term-time leave, a person records that support is not "
            "appropriate.",
            "Social workers and others who must be consulted were; nothing is held, stopped or overridden.",
            "To see whether a penalty notice would be proposed next, each notice to improve proposed is "
            "taken as given the next school day, for the authority's length or the longest it may have, and "
            "as not improved where an unauthorised session falls inside it.",
        )


_ALWAYS = (
    "Registers are taken as they are known now: a mark amended since counts as it now stands.",
    "The first day makes a first list, as for a new school, and everybody on it is accepted that day.",
    "No case is closed, paused or set quiet by a person.",
    "Earlier notices count; those issued inside the dates are left out, for another policy might have "
    "brought none.",
)
_NOBODY = ("Nobody acts on what is asked, so that nothing follows from an act.",)

UNKNOWABLE = (
    "What families and pupils would have said, and whether help would have worked.",
    "Who would have been told what: a notice is proposed to a person, who may say no. None is issued here.",
    "First-day calls: they rest on what a register showed that morning, and the reason has come in since.",
    "What staff knew beside the register: barriers, safeguarding, illness, requests for leave.",
)
"""What a replay of registers leaves open."""
