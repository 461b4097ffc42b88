"""Every Word template against its declaration, and against what a reader with a screen reader needs."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
import textstat

from casework.documents import CATALOGUE, Audience, Kind, Letters, Template, faults
from tests.documents import samples, word
from wording.template import template_of

FOLDER = Path(__file__).parents[2] / "templates" / "documents"
LETTERS = Letters(FOLDER)
EVERY = [pytest.param(template, id=name) for name, template in CATALOGUE.items()]
TO_PARENTS = [pytest.param(t, id=n) for n, t in CATALOGUE.items() if t.audience is Audience.PARENT]
ORDINARY = samples.ordinary()


def test_every_file_is_declared_and_every_declaration_has_its_file():
    assert {path.name for path in FOLDER.iterdir()} == {template.file for template in CATALOGUE.values()}


@pytest.mark.parametrize("template", EVERY)
def test_fields_of_the_file_and_of_the_declaration_agree(template: Template):
    """Both ways, with columns, and with what must be said in fixed words; optional fields leave no gap."""
    assert faults(template, (FOLDER / template.file).read_bytes()) == ()


@pytest.mark.parametrize("template", EVERY)
def test_each_field_says_where_to_enter_it(template: Template):
    columns = [column for field in template.fields for column in field.columns]
    assert all(field.where for field in (*template.fields, *columns))
    assert len({field.name for field in template.fields}) == len(template.fields)
    assert all(bool(field.columns) == (field.kind is Kind.ROWS) for field in template.fields)
    assert all(bool(field.unit) == (field.kind is Kind.COUNT) for field in template.fields)
    declared = {field.name for field in template.fields}
    assert all(declared.issuperset(part.fields) for part in template.contents)


@pytest.mark.parametrize("template", EVERY)
def test_a_screen_reader_can_follow_it(template: Template):
    """Language, title, one first heading and no level left out, header rows, no pictures, a size to read."""
    made = word.opened(LETTERS.render(template.name, ORDINARY[template.name]).content)

    styles = made.styles.element.xml
    assert 'w:lang w:val="en-GB"' in styles
    assert (made.core_properties.language, made.core_properties.title) == ("en-GB", template.title)
    levels = [int(p.style.name[-1]) for p in made.paragraphs if p.style.name.startswith("Heading")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    for table in made.tables:
        assert table.rows[0]._tr.trPr.find(f"{word.W}tblHeader") is not None
        assert table._tbl.tblPr.find(f"{word.W}tblCaption") is not None
        assert all(cell.text.strip() for cell in table.rows[0].cells)
        assert not table._tbl.xpath(".//w:gridSpan | .//w:vMerge")
    assert not made.element.body.xpath(".//w:drawing | .//w:pict")
    assert made.styles["Normal"].font.name == "Arial"
    assert made.styles["Normal"].font.size.pt >= (12 if template.audience is Audience.PARENT else 11)


@pytest.mark.parametrize("template", EVERY)
def test_it_is_what_its_words_make(template: Template):
    """The words under `wording/` are what is reviewed: `make templates` after a change to them."""
    kept = word.parts((FOLDER / template.file).read_bytes())

    made = word.parts(template_of(template.name))

    assert [name for name in kept.keys() | made.keys() if kept.get(name) != made.get(name)] == []


@pytest.mark.parametrize("template", EVERY)
def test_it_holds_nothing_of_whoever_made_it(template: Template):
    made = word.parts((FOLDER / template.file).read_bytes())
    assert not re.search(rb"/tmp/|/home/|python-docx", b"".join(made.values()))


@pytest.mark.parametrize("template", TO_PARENTS)
def test_a_parent_can_read_it(template: Template):
    """A reading age of 9 to 11 at most is a school grade of 6 at most, by two measures; no long sentence."""
    sentences = word.prose(LETTERS.render(template.name, ORDINARY[template.name]).content)

    assert max(len(sentence.split()) for sentence in sentences) <= 25
    assert grades(sentences) <= (6, 6)


def test_the_measure_tells_law_from_a_letter():
    statute = (
        "The local authority shall consider whether it would be appropriate, instead of or as well as "
        "instituting the proceedings, to apply for an education supervision order with respect to the child."
    )
    assert min(grades([statute])) > 11


def grades(sentences: list[str]) -> tuple[float, float]:
    """School grades after Flesch and Kincaid, by syllables, and after Coleman and Liau, by letters."""
    words = " ".join(" ".join(re.findall(r"[\w’'£-]+|[.?!]", s)).replace(" .", ".") for s in sentences)
    return textstat.flesch_kincaid_grade(words), textstat.coleman_liau_index(words)


@pytest.mark.parametrize("template", TO_PARENTS)
def test_help_comes_before_warning(template: Template):
    said = word.text(LETTERS.render(template.name, ORDINARY[template.name]).content)

    help_at = min(said.find(words) for words in ("help", "talk") if words in said)
    assert help_at < min(
        (said.find(w) for w in ("may send you", "code G", "court") if w in said), default=len(said)
    )
    reached = next(name for name in ("contact_phone", "la_phone", "school_phone") if template.field(name))
    assert str(ORDINARY[template.name][reached]) in said
    assert "interpreter" in said


@pytest.mark.parametrize(
    "name", ["concern_letter", "meeting_invitation", "supportive_plan", "notice_to_improve"]
)
def test_sessions_and_days_come_before_the_percentage(name: str):
    said = word.text(LETTERS.render(name, ORDINARY[name]).content)
    assert said.index("16 sessions") < said.index("8 school days") < said.index("84%")
