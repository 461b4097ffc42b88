"""How a test writes a pack: a copy of the real ones with a file or two of its own."""

import shutil
from pathlib import Path

from casework.policy.load import PACKS

SOURCE = """
[{name}.source]
title = "{title}"
href = "https://example.org/policy"
force = "{force}"
verified = true
"""


def copy_of_packs(folder: Path) -> Path:
    """The shipped packs, free to be spoiled."""
    return Path(shutil.copytree(PACKS, folder / "packs"))


def entry(
    name: str, value: str, mode: str = "add", force: str = "school policy", since: str = "2024-08-19"
) -> str:
    """The text of one entry."""
    source = SOURCE.format(name=name, title="The school's own policy", force=force)
    return (
        f'[{name}]\nmode = "{mode}"\nsays = "What the school asks for."\n{source}\n'
        f"[{name}.from]\n{since} = {value}\n"
    )


def school_with(packs: Path, file: str, text: str, name: str = "invented") -> Path:
    """A school pack holding one file."""
    pack = packs / "school" / name
    pack.mkdir(parents=True, exist_ok=True)
    (pack / file).write_text(text, "utf-8")
    return pack
