"""A Word template parsed once and filled many times.

docxtpl parses, patches and compiles a template for every letter; here the patched XML is compiled once, and
what no field changes is kept deflated. Every part comes out as docxtpl's own would, byte for byte. A template
that uses what this cannot do (column loops, cell shading, pictures in the text, fields in footnotes or in the
file's properties) is filled by docxtpl itself, under the same sandbox.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from xml.parsers.expat import ExpatError, ParserCreate

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, Template, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from casework.documents.errors import TemplateFault
from casework.documents.printing import Printed

Context = Mapping[str, Printed]
_BODY = "word/document.xml"
_EXPRESSION = re.compile(r"<[^>]*>|\{\{|\{%|\{#")
_BREAK = '</w:t><w:br/><w:t xml:space="preserve">'
_EMPTY = re.compile(r"<w:t( [^>]*)?></w:t>")
_ONLY_DOCXTPL = re.compile(r"\{%-?\s*(?:tc|vm)\b|\{_\{|\}_\}|\{_%|%_\}")


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja with nothing to call: no globals, no filters, every value escaped, no gap for a missing one."""

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined)
        self.globals.clear()
        self.filters.clear()


@dataclass(frozen=True)
class Uses:
    """What a template prints of each field, and which fields stand outside a condition on themselves.

    Of a field is printed `whole`, `each` of its lines, or the columns of its rows by name.
    """

    fields: Mapping[str, frozenset[str]]
    unconditional: frozenset[str]


class CompiledTemplate:
    """One Word template, ready to fill. Filling changes nothing in it, so threads may share it."""

    def __init__(self, name: str, file: bytes) -> None:
        """Raises TemplateFault if the file is no Word document, or holds more than fields and conditions."""
        self.name, self.file = name, file
        self.sha256 = sha256(file).hexdigest()
        self._env = Sandbox()
        word = _opened(name, file)
        xml = word.patch_xml(word.get_xml())
        sources = _headers_and_footers(word)
        self.uses = _uses(name, self._env, [xml, *sources.values()])
        self._whole = all(_blocks_are_whole(self._env, source) for source in (xml, *sources.values()))
        self.text = re.sub(r"<[^>]+>", "", re.sub(r"</w:p>", "\n", xml))
        self._static, self._order = _parts(word)
        self.by_docxtpl = self._needs_docxtpl(word)
        if self.by_docxtpl:
            return
        self._templates = {_BODY: self._env.from_string(_whole_body(word, xml))}
        for member in sources:
            declaration = "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
            self._templates[member] = self._env.from_string(declaration + sources[member])
        for member in self._templates:
            del self._static[member]

    def fill(self, context: Context) -> bytes:
        """The Word file for one reader. Equal contexts give equal bytes."""
        try:
            if self.by_docxtpl:
                return self._fill_by_docxtpl(context)
            marked = {name: _marked(value) for name, value in context.items()}
            made = {
                member: self._member(member, template, marked) for member, template in self._templates.items()
            }
        except TemplateError as error:
            raise TemplateFault(self.name, f"{error} Correct it in Word, then upload it again.") from error
        return _zipped([(member, made.get(member) or self._static[member]) for member in self._order])

    def _member(self, member: str, template: Template, marked: Mapping[str, object]) -> "_Member":
        text = template.render(marked)
        if "></w:t>" in text:
            text = _EMPTY.sub(r"<w:t\1/>", text)
        xml = text.encode()
        if not (self._whole or _is_whole(text)):
            says = f"A condition or loop in {member} cuts through a paragraph or table. "
            raise TemplateFault(self.name, says + "Give each its own paragraph or row.")
        return _deflated(xml)

    def _fill_by_docxtpl(self, context: Context) -> bytes:
        word = DocxTemplate(io.BytesIO(self.file))
        word.render(dict(context), self._env, autoescape=True)
        static, order = _parts(word)
        return _zipped([(member, static[member]) for member in order])

    def _needs_docxtpl(self, word: DocxTemplate) -> bool:
        """Whether the file has column loops, merged cells, pictures in its text, or fields elsewhere."""
        if word.docx._element.xpath(".//wp:docPr"):
            return True
        with zipfile.ZipFile(io.BytesIO(self.file)) as archive:
            for member in archive.namelist():
                text = re.sub(r"<[^>]+>", "", archive.read(member).decode(errors="replace"))
                if member.startswith("word/") and _ONLY_DOCXTPL.search(text):
                    return True
                if re.search(r"footnotes|docProps/core", member) and re.search(r"\{[{%#]", text):
                    return True
        return False


# -- reading a template --------------------------------------------------------------------------------------


def _opened(name: str, file: bytes) -> DocxTemplate:
    try:
        word = DocxTemplate(io.BytesIO(file))
        word.render_init()
    except (ValueError, KeyError, zipfile.BadZipFile) as error:
        raise TemplateFault(name, "It is not a Word document (.docx). Save it as one in Word.") from error
    return word


def _headers_and_footers(word: DocxTemplate) -> dict[str, str]:
    """The patched XML of each header and footer, by its member's name."""
    parts = [part for uri in (word.HEADER_URI, word.FOOTER_URI) for _, part in word.get_headers_footers(uri)]
    return {str(part.partname)[1:]: word.patch_xml(word.get_part_xml(part)) for part in parts}


def _whole_body(word: DocxTemplate, body: str) -> str:
    """The document part as it will be written, with the patched body in it."""
    written: str = word.docx._part.blob.decode()
    head, tail = (
        written[: written.index("<w:body")],
        written[written.rindex("</w:body>") + len("</w:body>") :],
    )
    return head + "<w:body>" + body[body.index(">") + 1 :] + tail


def _parts(word: DocxTemplate) -> tuple[dict[str, "_Member"], list[str]]:
    saved = io.BytesIO()
    word.docx.save(saved)
    with zipfile.ZipFile(saved) as archive:
        order = archive.namelist()
        return {member: _deflated(archive.read(member)) for member in order}, order


def _uses(name: str, env: Sandbox, sources: list[str]) -> Uses:
    """What a template prints, once it is seen to hold nothing but fields, loops and conditions."""
    found: dict[str, set[str]] = {}
    unconditional: set[str] = set()
    for source in sources:
        _only_in_text(name, source)
        try:
            tree = env.parse(source)
        except TemplateError as error:
            raise TemplateFault(name, f"{error} Correct it in Word, then upload it again.") from error
        _Reading(name, found, unconditional).read(tree, {}, frozenset())
    return Uses({field: frozenset(columns) for field, columns in found.items()}, frozenset(unconditional))


def _only_in_text(name: str, source: str) -> None:
    """Refuse a field inside a tag or a field code of Word's own, where its value could be more than text."""
    inside = ""
    for match in _EXPRESSION.finditer(source):
        token = match.group()
        if not token.startswith("{"):
            inside = token
            if re.search(r"\{[{%#]", token):
                raise TemplateFault(
                    name, "A field stands in a picture, link or property. Move it into the text."
                )
        elif token == "{{" and not re.match(r"<w:t[ >]", inside):
            raise TemplateFault(
                name, "A field stands inside one of Word's own fields. Move it into the text."
            )


class _Reading:
    """Walks a template's syntax tree; anything that is not a field, a loop or a condition is refused."""

    def __init__(self, name: str, found: dict[str, set[str]], unconditional: set[str]) -> None:
        self.name, self.found, self.unconditional = name, found, unconditional

    def read(self, node: nodes.Node, loops: Mapping[str, str], conditions: frozenset[str]) -> None:
        match node:
            case nodes.Template() | nodes.Output():
                self._each(node.iter_child_nodes(), loops, conditions)
            case nodes.TemplateData():
                return
            case nodes.For(target=nodes.Name(name=item), iter=nodes.Name(name=field), test=None, else_=[]):
                self.found.setdefault(field, set())
                self._each(node.body, {**loops, item: field}, conditions | {field})
            case nodes.If():
                self._condition(node.test, loops)
                named = {name.name for name in node.test.find_all(nodes.Name)}
                if isinstance(node.test, nodes.Name):
                    named.add(node.test.name)
                self._each(node.body, loops, conditions | named)
                self._each([*node.elif_, *node.else_], loops, conditions)
            case nodes.Name(name=field):
                if field in loops:
                    self.found[loops[field]].add("each")
                    return
                self.found.setdefault(field, set()).add("whole")
                if field not in conditions:
                    self.unconditional.add(field)
            case nodes.Getattr(node=nodes.Name(name=item), attr=column) if item in loops:
                self.found[loops[item]].add(column)
            case _:
                raise TemplateFault(
                    self.name,
                    "Only fields, {% if field %} and {% for row in field %} may stand in double or % braces; "
                    f"it holds something else ({type(node).__name__.lower()}). Take it out in Word.",
                )

    def _each(
        self, several: Iterable[nodes.Node], loops: Mapping[str, str], conditions: frozenset[str]
    ) -> None:
        for node in several:
            self.read(node, loops, conditions)

    def _condition(self, test: nodes.Node, loops: Mapping[str, str]) -> None:
        match test:
            case nodes.Not(node=inner):
                self._condition(inner, loops)
            case nodes.And(left=left, right=right) | nodes.Or(left=left, right=right):
                self._condition(left, loops)
                self._condition(right, loops)
            case nodes.Getattr(node=nodes.Name(name="loop"), attr="first" | "last"):
                return
            case nodes.Name(name=field) if field not in loops:
                self.found.setdefault(field, set())
            case _:
                self.read(test, loops, frozenset())


def _blocks_are_whole(env: Sandbox, source: str) -> bool:
    """Whether every branch and loop holds whole elements: then whatever comes out is well formed."""

    def whole(block: Iterable[nodes.Node]) -> bool:
        text = []
        for node in block:
            match node:
                case nodes.Output():
                    text += [part.data for part in node.nodes if isinstance(part, nodes.TemplateData)]
                case nodes.For():
                    if not whole(node.body):
                        return False
                case nodes.If():
                    if not (whole(node.body) and whole(node.elif_) and whole(node.else_)):
                        return False
        return _is_whole(f"<all>{''.join(text)}</all>")

    return whole(env.parse(source).body)


def _is_whole(xml: str) -> bool:
    """Whether XML is well formed; its prefixes are declared elsewhere."""
    try:
        ParserCreate().Parse(xml, True)
    except ExpatError:
        return False
    return True


# -- writing a file ------------------------------------------------------------------------------------------


def _marked(value: Printed) -> object:
    """Values escaped as the XML writer escapes them, a line break as Word's own."""
    if isinstance(value, str):
        return _text(value)
    return [
        _text(item) if isinstance(item, str) else {column: _text(text) for column, text in item.items()}
        for item in value
    ]


def _text(value: str) -> Markup:
    text = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return Markup(text.replace("\n", _BREAK))


_Member = tuple[int, int, bytes]
"""A member of the zip: its checksum, its size, its deflated bytes."""


def _deflated(content: bytes) -> _Member:
    writer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return zlib.crc32(content), len(content), writer.compress(content) + writer.flush()


def _zipped(members: list[tuple[str, _Member]]) -> bytes:
    """A zip file with every member dated 1 January 1980, so that equal letters are equal bytes."""
    out, directory = io.BytesIO(), []
    for name, (checksum, size, content) in members:
        encoded, offset = name.encode(), out.tell()
        common = (20, 0, 8, 0, 33, checksum, len(content), size, len(encoded), 0)
        out.write(struct.pack("<I5H3I2H", 0x04034B50, *common) + encoded + content)
        directory.append(struct.pack("<I6H3I5H2I", 0x02014B50, 20, *common, 0, 0, 0, 0, offset) + encoded)
    start, entries = out.tell(), b"".join(directory)
    end = struct.pack("<I4H2IH", 0x06054B50, 0, 0, len(members), len(members), len(entries), start, 0)
    out.write(entries + end)
    return out.getvalue()
