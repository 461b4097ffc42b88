"""What an act on a case is to its page: its fields, its roles and the one action it calls."""

from collections.abc import Callable
from dataclasses import dataclass

from casework.actions.case_view import Around
from casework.actions.installation import Installation
from casework.actions.recording import By
from casework.domain import Role
from casework.web.forms import Filled
from casework.web.pages.asked import Fields


@dataclass(frozen=True)
class Recording:
    """One thing to record. `fields` are made for a case; `about` names the parameters its address takes.
    `drafts`: what is begun may be kept; never of what is sealed. `first`: what must be read before."""

    path: str
    title: str
    button: str
    done: str
    roles: frozenset[Role]
    fields: Callable[[Around], Fields]
    run: Callable[[Installation, By, str, Filled], object]
    group: str = "Record"
    intro: str = ""
    about: tuple[str, ...] = ()
    listed: bool = True
    drafts: bool = True
    first: Callable[[Around], tuple[str, ...]] = lambda around: ()
