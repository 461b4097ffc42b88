"""Make every Word template anew from its words: `make templates`."""

import sys
from pathlib import Path

from casework.documents import CATALOGUE
from wording.template import SOURCES, template_of

FOLDER = Path(__file__).parents[1] / "templates" / "documents"


def main() -> int:
    """Write each template; name what is declared without words, or has words and is not declared."""
    words = {path.stem for path in SOURCES.glob("*.txt")}
    for name in sorted(CATALOGUE.keys() & words):
        made, path = template_of(name), FOLDER / CATALOGUE[name].file
        if not path.is_file() or path.read_bytes() != made:
            path.write_bytes(made)
            sys.stdout.write(f"{path.name}\n")
    strays = sorted(CATALOGUE.keys() ^ words)
    for name in strays:
        sys.stderr.write(f"{name}: declared without words, or worded without a declaration.\n")
    return 1 if strays else 0


if __name__ == "__main__":
    sys.exit(main())
