"""Making a document: what comes out, and what is refused."""

import io
import re
import threading
from functools import cache
from pathlib import Path

import pytest
from docx import Document
from docxtpl import DocxTemplate

from casework.documents import CATALOGUE, Letters, MissingFields, TemplateFault, WrongFields, faults, missing
from casework.documents.compiled import CompiledTemplate, Sandbox
from casework.documents.printing import printed
from casework.domain.errors import NotFound
from tests.documents import samples, word

FOLDER = Path(__file__).parents[2] / "templates" / "documents"
LETTERS = Letters(FOLDER)
NAMES = list(CATALOGUE)
CASES = {
    "ordinary": samples.ordinary(),
    "longest": samples.longest(),
    "strangest": samples.strangest(),
    "emptiest": samples.emptiest(),
}


@cache
def made(name: str, case: str) -> bytes:
    """A document of one case, made once for every test that reads it."""
    return LETTERS.render(name, CASES[case][name]).content


@pytest.mark.parametrize(
    ("name", "case"),
    [(name, "ordinary") for name in NAMES]
    + [(name, case) for name in ("notice_to_improve", "cme_report") for case in CASES if case != "ordinary"],
)
def test_every_part_is_what_docxtpl_would_make(name: str, case: str):
    """Byte for byte, but for the file's properties, which docxtpl writes again."""
    fields = CASES[case][name]
    path = FOLDER / CATALOGUE[name].file
    ours = word.parts(made(name, case))

    theirs = DocxTemplate(path)
    theirs.render(dict(printed(CATALOGUE[name], fields)), Sandbox(), autoescape=True)
    saved = io.BytesIO()
    theirs.save(saved)

    expected = word.parts(saved.getvalue())
    if case == "strangest":  # docxtpl turns `{_{` in anybody's text into `{{`; here text stays as typed.
        ours = {member: part.replace(b"{_{", b"{{") for member, part in ours.items()}
    assert ours.keys() == expected.keys()
    assert [m for m in expected if ours[m] != expected[m] and m != "docProps/core.xml"] == []


@pytest.mark.parametrize("name", NAMES)
def test_equal_letters_are_equal_bytes_whoever_makes_them(name: str):
    fields = CASES["ordinary"][name]
    again = Letters(FOLDER)

    first, second = LETTERS.render(name, fields), again.render(f"{name}.docx", fields)

    assert first == second
    assert len(first.sha256) == len(first.template_sha256) == 64


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("case", CASES)
def test_nothing_prints_none_or_a_gap_or_a_template(name: str, case: str):
    said = word.paragraphs(made(name, case))

    text = "\n".join(said)
    assert "None" not in text
    assert "Undefined" not in text
    if case != "strangest":
        assert "{" not in text
    assert not [
        line for line in said if line.rstrip().endswith((" ,", "( )")) or ", ," in line or "  ." in line
    ]
    assert not re.search(r"(?<!\d)1 (?:\w+ )?(?:sessions|days|weeks|years|notices)\b", text)


@pytest.mark.parametrize("name", NAMES)
def test_text_that_breaks_things_comes_out_as_typed(name: str):
    fields = CASES["strangest"][name]
    said = word.text(made(name, "strangest"))

    typed = [value for value in fields.values() if value == samples.STRANGE]
    assert samples.STRANGE in said or not typed
    assert "49" not in said  # {{ 7 * 7 }} is text, whoever typed it


@pytest.mark.parametrize("name", NAMES)
def test_everything_missing_is_named_at_once_with_where_to_enter_it(name: str):
    template = CATALOGUE[name]
    required = [field.name for field in template.fields if field.required]

    assert [gap.field for gap in missing(name, {})] == required
    with pytest.raises(MissingFields) as refused:
        LETTERS.render(name, {})
    assert len(refused.value.missing) == len(required)
    assert all(gap.where in str(refused.value) for gap in refused.value.missing)


def test_a_gap_in_a_row_is_missing_too():
    fields = dict(CASES["ordinary"]["notice_to_improve"])
    rows = [dict(row) for row in fields["support"]]  # type: ignore[attr-defined]
    rows[1]["outcome"] = " "

    with pytest.raises(MissingFields, match="Support, row 2, outcome: enter it in the case, support offered"):
        LETTERS.render("notice_to_improve", {**fields, "support": rows})


def test_what_is_not_declared_is_refused():
    fields = {**CASES["ordinary"]["concern_letter"], "other_parent": "Somebody"}
    with pytest.raises(WrongFields, match="'other_parent' is not a field of this document"):
        LETTERS.render("concern_letter", fields)


def test_a_document_that_is_not_in_the_catalogue():
    with pytest.raises(NotFound, match="No document is known under eviction_notice"):
        LETTERS.render("eviction_notice", {})


def test_a_report_of_a_missing_child_always_goes_once_the_call_is_recorded():
    known = CASES["ordinary"]["cme_report"]
    least = {key: known[key] for key in ("completed_at", "phone_call", "pupil_surname")}

    said = word.text(LETTERS.render("cme_report", least).content)

    assert "Not known at 10:40" in said
    assert "Okafor" in said
    with pytest.raises(MissingFields, match="Phone call"):
        LETTERS.render("cme_report", {"completed_at": known["completed_at"]})


def test_threads_share_the_templates():
    shared, hashes = Letters(FOLDER), []
    fields = CASES["ordinary"]["notice_to_improve"]

    def work() -> None:
        hashes.extend(shared.render("notice_to_improve", fields).sha256 for _ in range(5))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(hashes) == 20
    assert len(set(hashes)) == 1


# -- a school's own templates --------------------------------------------------------------------------------


def template_of(*paragraphs: str) -> bytes:
    """A Word file with these paragraphs."""
    document, saved = Document(), io.BytesIO()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(saved)
    return saved.getvalue()


@pytest.mark.parametrize(
    "expression",
    [
        pytest.param(
            "{{ cycler.__init__.__globals__.os.popen('id').read() }}", id="the program's own modules"
        ),
        pytest.param("{{ ''.__class__.__mro__ }}", id="a class"),
        pytest.param("{{ school_name.__class__ }}", id="a field's class"),
        pytest.param("{{ school_name|upper }}", id="a filter"),
        pytest.param("{{ 'a' * 1000000000 }}", id="a long sum"),
        pytest.param("{% for n in range(1000000) %}{{ n }}{% endfor %}", id="a call"),
        pytest.param("{% set a = 1 %}", id="an assignment"),
        pytest.param("{% include 'other' %}", id="another file"),
        pytest.param("{% macro f() %}x{% endmacro %}", id="a macro"),
        pytest.param("{% if school_name.__class__ %}x{% endif %}", id="a class in a condition"),
        pytest.param("{{ self.__init__ }}", id="the template itself"),
        pytest.param("{% raw %}{{ x }}{% endraw %}{{ lipsum() }}", id="text made up"),
        pytest.param("{{ }", id="half a field"),
        pytest.param("{% if school_name %}", id="no end"),
    ],
)
def test_a_template_can_run_nothing(expression: str):
    with pytest.raises(TemplateFault, match=r"The template mine cannot be used\."):
        CompiledTemplate("mine", template_of("Dear parent", expression))


def test_a_field_inside_a_field_of_words_own_is_refused():
    document, saved = Document(), io.BytesIO()
    run = document.add_paragraph().add_run()
    instruction = run._r.makeelement(f"{word.W}instrText", {})
    instruction.text = 'INCLUDETEXT "{{ school_name }}"'
    run._r.append(instruction)
    document.save(saved)
    with pytest.raises(TemplateFault, match="one of Word's own"):
        CompiledTemplate("mine", saved.getvalue())


@pytest.mark.parametrize(
    "file", [b"", b"not a zip", b"PK\x03\x04 broken"], ids=["empty", "text", "a broken zip"]
)
def test_what_is_no_word_file_is_refused(file: bytes):
    with pytest.raises(TemplateFault, match="It is not a Word document"):
        CompiledTemplate("mine", file)


def test_a_condition_that_cuts_through_a_paragraph_is_refused_and_never_repaired():
    """docxtpl would mend such a file in silence, and lose words."""
    cut = template_of(
        "One {% if language %} two", "three {% endif %} four", "five {% if language %} six", "{% endif %}"
    )
    whole = CompiledTemplate("mine", cut)
    assert b"three" in word.parts(whole.fill({"language": "Polish"}))["word/document.xml"]

    split = template_of(
        "{%p if language %}", "One {% if language %} two", "{%p endif %}", "three {% endif %} four"
    )

    with pytest.raises(TemplateFault, match="cuts through a paragraph"):
        CompiledTemplate("mine", split).fill({"language": ""})


def test_a_schools_own_wording_is_used_and_named_by_its_hash():
    ours = LETTERS.render("concern_letter", CASES["ordinary"]["concern_letter"])
    own = template_of("{{ school_name }} writes to {{ parent_name }}.")

    theirs = LETTERS.render("concern_letter", CASES["ordinary"]["concern_letter"], own=own)

    assert word.text(theirs.content) == "Larkfield Academy writes to Ms Amira Okafor."
    assert theirs.template_sha256 != ours.template_sha256


def test_a_schools_own_wording_is_checked_against_the_declaration():
    own = template_of(
        "{{ parent_naem }}", "{{ offers }}", "{{ noticed }}", "{% for row in offers %}{{ row.x }}{% endfor %}"
    )

    found = faults(CATALOGUE["concern_letter"], own)

    assert "It prints 'parent_naem', which this document does not know." in found
    assert "It does not print 'parent_name'." in found
    assert "It does not print each of 'offers'." in found
    assert "It prints 'offers.x', which it has not." in found
    assert "It prints 'noticed' outside a condition on it, which may leave a gap." in found
    unsaid = faults(CATALOGUE["attendance_contract"], own)
    assert any("You do not have to sign it" in fault for fault in unsaid)


def test_column_loops_are_left_to_docxtpl():
    document, saved = Document(), io.BytesIO()
    table = document.add_table(rows=1, cols=3)
    for cell, said in zip(
        table.rows[0].cells, ("{%tc for line in offers %}", "{{ line }}", "{%tc endfor %}"), strict=True
    ):
        cell.text = said
    document.save(saved)
    compiled = CompiledTemplate("mine", saved.getvalue())

    filled = compiled.fill({"offers": ["tea & toast", "a <quiet> room", "bus fare"]})

    assert compiled.by_docxtpl
    cells = [cell.text for cell in word.opened(filled).tables[0].rows[0].cells]
    assert cells == ["tea & toast", "a <quiet> room", "bus fare"]
    assert filled == compiled.fill({"offers": ["tea & toast", "a <quiet> room", "bus fare"]})


def test_a_template_that_is_gone_says_so(tmp_path: Path):
    with pytest.raises(TemplateFault, match=r"concern_letter\.docx is not among the templates"):
        Letters(tmp_path).render("concern_letter", CASES["ordinary"]["concern_letter"])
