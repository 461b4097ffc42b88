"""The installation's Word templates, read once and shared by every letter."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Lock

from casework.documents.catalogue import template_named
from casework.documents.compiled import CompiledTemplate
from casework.documents.declared import Field, Kind, Template
from casework.documents.errors import TemplateFault
from casework.documents.large_print import enlarged
from casework.documents.printing import printed


@dataclass(frozen=True, slots=True)
class Rendered:
    """A Word file, its SHA-256, and the SHA-256 of the template it was made from."""

    content: bytes
    sha256: str
    template_sha256: str


class Letters:
    """Every template of one folder. One object serves a whole program: threads may share it."""

    def __init__(self, folder: Path) -> None:
        """`folder` holds one .docx for each template of the catalogue."""
        self.folder = folder
        self._compiled: dict[str, CompiledTemplate] = {}
        self._lock = Lock()

    def render(
        self,
        template_name: str,
        fields: Mapping[str, object],
        own: bytes | None = None,
        large_print: bool = False,
    ) -> Rendered:
        """The document for one reader, from our template or, with `own`, from the school's version of it.

        In large print it is the same template with larger letters.

        Raises:
            MissingFields: Something required is missing; all of it is named, with where to enter it.
            WrongFields: A value is not declared, or is of another kind.
            TemplateFault: The Word file cannot be used.
        """
        template = template_named(template_name)
        context = printed(template, fields)
        if own is None and not large_print:
            compiled = self.compiled(template)
        else:
            file = own if own is not None else self.compiled(template).file
            compiled = self._kept(template, enlarged(file) if large_print else file)
        content = compiled.fill(context)
        return Rendered(content, sha256(content).hexdigest(), compiled.sha256)

    def compiled(self, template: Template) -> CompiledTemplate:
        """Our own template, read on first use."""
        with self._lock:
            if template.name not in self._compiled:
                path = self.folder / template.file
                try:
                    file = path.read_bytes()
                except FileNotFoundError as error:
                    says = f"The file {template.file} is not among the templates. Put it back."
                    raise TemplateFault(template.name, says) from error
                self._compiled[template.name] = CompiledTemplate(template.name, file)
            return self._compiled[template.name]

    def _kept(self, template: Template, file: bytes) -> CompiledTemplate:
        key = sha256(file).hexdigest()
        with self._lock:
            if key not in self._compiled:
                self._compiled[key] = CompiledTemplate(template.name, file)
            return self._compiled[key]


def faults(template: Template, file: bytes) -> tuple[str, ...]:
    """What keeps a school's own version of a template from being used, each as a sentence; empty if nothing.

    Raises:
        TemplateFault: The file is no Word document, or holds more than fields and conditions.
    """
    compiled = CompiledTemplate(template.name, file)
    uses, declared = compiled.uses, {field.name: field for field in template.fields}
    unknown = sorted(uses.fields.keys() - declared.keys())
    found = [f"It prints '{name}', which this document does not know." for name in unknown]
    for name, field in declared.items():
        used, expected = uses.fields.get(name, frozenset()), _expected(field)
        if not used and not field.required:
            continue
        found += [f"It does not print {_use(name, use)}." for use in sorted(expected - used)]
        found += [f"It prints {_use(name, use)}, which it has not." for use in sorted(used - expected)]
        if not field.required and name in uses.unconditional:
            found.append(f"It prints '{name}' outside a condition on it, which may leave a gap.")
    text = " ".join(compiled.text.split())
    found += [
        f"It does not say '{words}' ({part.says.lower()})."
        for part in template.contents
        for words in part.words
        if words not in text
    ]
    return tuple(found)


def _expected(field: Field) -> frozenset[str]:
    match field.kind:
        case Kind.ROWS:
            return frozenset(column.name for column in field.columns)
        case Kind.LINES:
            return frozenset({"each"})
    return frozenset({"whole"})


def _use(name: str, use: str) -> str:
    return {"whole": f"'{name}'", "each": f"each of '{name}'"}.get(use, f"'{name}.{use}'")
