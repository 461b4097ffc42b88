"""What can be wrong with a pack's files, in words a person can act on."""

from collections.abc import Sequence

from casework.domain.errors import CaseworkError


class CannotBind(CaseworkError):
    """A file that was to go in a pack cannot be opened or has no page."""

    def __init__(self, title: str, why: str) -> None:
        self.title = title
        super().__init__(f"{title} cannot go in the pack: {why} Save it again as PDF and add it anew.")


class NotFoundToRedact(CaseworkError):
    """Words that were to be taken out stand nowhere, or a page that was named is not there."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        super().__init__(
            f"Nothing was found for {', '.join(names)}. "
            "Copy the words as the page shows them, or withhold the page."
        )


class CannotRedact(CaseworkError):
    """A page's letters cannot be read one by one, so that nobody could say they are gone."""

    def __init__(self, pages: Sequence[int]) -> None:
        self.pages = tuple(pages)
        named = ", ".join(map(str, pages))
        super().__init__(
            f"The words on page {named} cannot be taken out one by one. Withhold the whole page, "
            "or keep it as it is and say that it was looked at."
        )


class StillThere(CaseworkError):
    """After redaction something could still be read: the file is not given out."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        super().__init__(
            f"{', '.join(names)} could still be read in the file, so no redacted twin was made. "
            "Withhold the pages that hold it."
        )
