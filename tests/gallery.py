"""Every document as its reader sees it: PDF and PNG under gallery-out/, to be looked at page by page.

`make gallery` renders an ordinary case, the longest, the strangest and the emptiest of every document, what a
parent reads in large print too. It needs soffice and pdftoppm, and is no part of `make test`. `ONLY=name`
makes one alone.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from casework.documents import CATALOGUE, Audience, Letters, pdf
from tests.documents import samples

HERE = Path(__file__).parents[1]
CASES = {
    "ordinary": samples.ordinary,
    "longest": samples.longest,
    "strangest": samples.strangest,
    "emptiest": samples.emptiest,
}
_BATCH = 40


def main(arguments: list[str]) -> int:
    """Make the gallery; says how many files it holds."""
    parser = argparse.ArgumentParser(prog="make gallery")
    parser.add_argument("--out", type=Path, default=HERE / "gallery-out")
    parser.add_argument("--only", default="")
    parser.add_argument("--cases", default=",".join(CASES))
    asked = parser.parse_args(arguments)
    lacking = [program for program in ("soffice", "pdftoppm") if shutil.which(program) is None]
    if lacking:
        sys.stderr.write(f"{' and '.join(lacking)} not found. {pdf.INSTALL} poppler-utils\n")
        return 1
    only = set(filter(None, asked.only.split(","))) or set(CATALOGUE)
    letters = Letters(HERE / "templates" / "documents")
    made = []
    for case in asked.cases.split(","):
        for name, fields in CASES[case]().items():
            if name in only:
                made.append((f"{name}-{case}", letters.render(name, fields).content))
                if case == "ordinary" and CATALOGUE[name].audience is Audience.PARENT:
                    large = letters.render(name, fields, large_print=True)
                    made.append((f"{name}-large-print", large.content))
    shutil.rmtree(asked.out, ignore_errors=True)
    asked.out.mkdir(parents=True)
    for start in range(0, len(made), _BATCH):
        batch = made[start : start + _BATCH]
        for (name, word), content in zip(batch, pdf.to_pdf(batch), strict=True):
            (asked.out / f"{name}.docx").write_bytes(word)
            (asked.out / f"{name}.pdf").write_bytes(content)
            command = ["pdftoppm", "-r", "50", "-png", str(asked.out / f"{name}.pdf"), str(asked.out / name)]
            subprocess.run(command, check=True)
        sys.stdout.write(f"{min(start + _BATCH, len(made))} of {len(made)} documents\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
