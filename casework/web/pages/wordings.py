"""A school's own wording and letterhead of a document: downloaded, edited in Word, put in, taken out."""

from starlette.responses import Response

from casework.actions import wording
from casework.domain import CaseworkError, NotFound
from casework.web import forms
from casework.web.forms import Field, Filled, Kind
from casework.web.pages.case import as_download
from casework.web.uploads import WORD
from casework.web.visit import Visit

UPLOAD = (
    Field(
        "file", "The document, edited and saved in Word", Kind.FILE, "A Word document (.docx), under 8 MB."
    ),
)


def every(visit: Visit) -> Response:
    """Each document, and whether the school has words of its own for it."""
    urn = visit.part("urn")
    lines = wording.every(visit.inst, visit.officer, urn)
    return visit.show("wordings/list.html", urn=urn, lines=lines)


def one(visit: Visit) -> Response:
    """One document: the file in use, its versions, and a place to put in another."""
    if not visit.is_post:
        return _page(visit, forms.empty(UPLOAD))
    form = forms.fill(UPLOAD, visit.form)
    upload = form.upload("file")
    if not form.good or upload is None:
        return _page(visit, form, status=422)
    urn, template = visit.part("urn"), visit.part("template")
    try:
        version = wording.put(visit.inst, visit.by(), urn, template, upload.content)
    except wording.WordingRefused as refused:
        return _page(visit, form, faults=refused.faults, status=422)
    except CaseworkError as refused:
        return _page(visit, form, faults=(str(refused),), status=422)
    said = f"Version {version} is in use. Letters made before keep the words they had."
    return visit.go(f"/schools/{urn}/wordings/{template}", said)


def ours(visit: Visit) -> Response:
    """Use our wording again."""
    urn, template = visit.part("urn"), visit.part("template")
    try:
        wording.back_to_ours(visit.inst, visit.by(), urn, template)
    except CaseworkError as refused:
        return _page(visit, forms.empty(UPLOAD), faults=(str(refused),), status=422)
    return visit.go(f"/schools/{urn}/wordings/{template}", "Our wording is in use again.")


def file(visit: Visit) -> Response:
    """The Word file a document is made from now."""
    urn, template = visit.part("urn"), visit.part("template")
    return as_download(wording.in_use(visit.inst, visit.officer, urn, template), f"{template}.docx", WORD)


def _page(visit: Visit, form: Filled, faults: tuple[str, ...] = (), status: int = 200) -> Response:
    urn, template = visit.part("urn"), visit.part("template")
    lines = {name: (title, version) for name, title, version in wording.every(visit.inst, visit.officer, urn)}
    if template not in lines:
        raise NotFound("document", template, "Choose one of the list.")
    title, version = lines[template]
    versions = wording.versions(visit.inst, visit.officer, urn, template)
    return visit.show(
        "wordings/wording.html",
        status,
        urn=urn,
        name=template,
        title=title,
        version=version,
        versions=versions,
        form=form,
        refusals=faults,
    )
