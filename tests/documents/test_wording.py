"""From words to a template: what each kind of line becomes, and what is refused."""

import tomllib
from pathlib import Path

import pytest

from casework.documents import CATALOGUE
from casework.documents.large_print import LEAST, enlarged
from tests.documents import word
from wording import template
from wording.template import SOURCES, WordingFault, template_of

PACKS = Path(__file__).parents[2] / "casework" / "policy" / "packs"
WORDS = """# About {{ pupil_first }}

It's **{{ missed }}** so far,
and no more.

~ Kept with what follows:

-* offers

|# What was agreed (60 40)
| What | > When
|{% for row in actions %}
| {{ row.what }} | {{ row.by_when }}
|{% endfor %}
|_ By hand |

<school_address>
"""


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder of words of one's own, in the place of ours."""
    monkeypatch.setattr(template, "SOURCES", tmp_path)
    return tmp_path / "supportive_plan.txt"


def test_each_kind_of_line(made: Path) -> None:
    made.write_text(WORDS, encoding="utf-8")
    content = template_of("supportive_plan")

    paragraphs = [p for p in word.paragraphs(content) if p]
    assert paragraphs[:3] == [
        "About {{ pupil_first }}",
        "It’s {{ missed }} so far, and no more.",
        "Kept with what follows:",
    ]
    assert "{%p for line in offers %}" in paragraphs
    assert "{%tr for row in actions %}" in paragraphs
    assert paragraphs[-1].startswith("{% for line in school_address %}")
    opened = word.opened(content)
    assert [cell.text for cell in opened.tables[0].rows[-1].cells] == ["By hand", ""]
    assert [run.text for run in opened.paragraphs[1].runs if run.bold] == ["{{ missed }}"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        pytest.param("|# No widths\n| a | b", "names no table", id="a table without widths"),
        pytest.param("|# Two (50 50)\n| a | b\n| only one", "has 1 cells", id="a cell left out"),
        pytest.param("!page portrait", "is no line of a document", id="an order that is none"),
    ],
)
def test_what_is_no_line_of_a_document_is_refused(made: Path, line: str, says: str) -> None:
    made.write_text(f"# Title\n\n{line}\n", encoding="utf-8")
    with pytest.raises(WordingFault, match=says):
        template_of("supportive_plan")


def test_every_declared_document_has_its_words() -> None:
    assert {path.stem for path in SOURCES.glob("*.txt")} == CATALOGUE.keys()


@pytest.mark.parametrize("name", ["notice_to_improve", "cme_report"])
def test_large_print_is_large_everywhere_and_leaves_the_window(name: str) -> None:
    large = word.parts(enlarged(template_of(name)))
    for part in ("word/document.xml", "word/styles.xml", "word/footer1.xml"):
        sizes = [int(piece.split(b'"')[1]) for piece in large[part].split(b"<w:sz ")[1:]]
        assert all(size >= LEAST for size in sizes), part
    assert b"framePr" not in large["word/document.xml"]


def test_the_national_pack_says_who_approves_each_document() -> None:
    said = tomllib.loads((PACKS / "school" / "national" / "documents.toml").read_text(encoding="utf-8"))
    assert {f"approval_{name}" for name in CATALOGUE} == {key for key in said if key.startswith("approval_")}
    assert not [
        name
        for name, template in CATALOGUE.items()
        if template.goes_always and said[f"approval_{name}"]["from"]["2024-08-19"]["by"]
    ], "a form about a child in danger waits for nobody"


def test_every_letter_a_pack_names_is_in_the_catalogue() -> None:
    named = {
        entry["template"]
        for path in PACKS.rglob("letters.toml")
        for letter in tomllib.loads(path.read_text(encoding="utf-8")).values()
        for entry in (letter.get("from") or {}).values()
    }
    assert named
    assert named <= CATALOGUE.keys()
