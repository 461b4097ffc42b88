"""One test client that reads pages as a person does, and holds each to title, heading, labels and links."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lxml import html
from starlette.responses import Response
from starlette.testclient import TestClient

from tests.web.world import PASSWORD

Data = Mapping[str, str | Sequence[str]]


@dataclass
class Seen:
    """A page as it came: its status, where it led, and what is on it."""

    status: int
    location: str
    text: str
    headers: Mapping[str, str]
    content: bytes
    tree: html.HtmlElement | None = field(repr=False, default=None)

    @property
    def heading(self) -> str:
        """The first heading."""
        assert self.tree is not None
        return words(self.tree.xpath("//h1")[0])

    @property
    def main(self) -> str:
        """Everything the page says, without its frame."""
        assert self.tree is not None
        return words(self.tree.xpath("//main")[0])

    def links(self) -> list[str]:
        """Where the page leads inside the service."""
        assert self.tree is not None
        return [href for href in self.tree.xpath("//a/@href") if href.startswith(("/", "#", "?"))]


def words(element: html.HtmlElement) -> str:
    """The text of an element with single spaces."""
    return " ".join(element.text_content().split())


class Browser:
    """A signed-in (or not) browser without JavaScript."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def sign_in(self, officer_id: str, password: str = PASSWORD) -> Seen:
        """Sign in through the page."""
        seen = self.get("/sign-in")
        return self.send(seen, {"name": officer_id, "password": password}, action="/sign-in")

    def get(self, path: str) -> Seen:
        """Open a page, and hold it to what every page must have."""
        return self._seen(self.client.get(path))

    def follow(self, seen: Seen) -> Seen:
        """Go where a page sent us."""
        assert seen.location, f"no redirect: {seen.status} {seen.text[:2000]}"
        return self.get(seen.location)

    def send(
        self,
        page: Seen,
        answers: Data,
        action: str = "",
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
    ) -> Seen:
        """Fill in and send a form of a page: what it holds already goes with the answers."""
        form = self.form(page, action)
        data: dict[str, str | Sequence[str]] = dict(hidden_of(form))
        data |= answers
        target = form.get("action") or str(page.headers.get("x-path", ""))
        return self._seen(self.client.post(target, data=data, files=files))

    def form(self, page: Seen, action: str = "") -> html.HtmlElement:
        """The form of a page that goes to an address; its only form in the main part where none is named."""
        assert page.tree is not None
        forms = page.tree.xpath("//main//form[@method='post']")
        if action:
            forms = [form for form in forms if form.get("action") == action]
        assert forms, f"no form to {action or 'send'} on the page {page.heading!r}"
        return forms[0]

    def post(self, path: str, data: Data) -> Seen:
        """Send a form from nowhere."""
        return self._seen(self.client.post(path, data=dict(data)))

    def _seen(self, response: Response) -> Seen:
        kind = response.headers.get("content-type", "")
        headers = dict(response.headers) | {"x-path": str(response.request.url.raw_path.decode())}  # type: ignore[attr-defined]
        seen = Seen(
            response.status_code,
            response.headers.get("location", ""),
            response.text if "html" in kind else "",  # type: ignore[attr-defined]
            headers,
            response.content,  # type: ignore[attr-defined]
        )
        if "html" in kind and seen.text:
            seen.tree = html.document_fromstring(seen.text)
            hold_to_standard(seen)
        return seen


def hidden_of(form: html.HtmlElement) -> list[tuple[str, str]]:
    """The hidden fields of a form."""
    return [(i.get("name"), i.get("value", "")) for i in form.xpath(".//input[@type='hidden']")]


def hold_to_standard(page: Seen) -> None:
    """Title, language, one first heading, labels for fields, words in links, ids that are unique."""
    tree = page.tree
    assert tree is not None
    title = words(tree.xpath("//title")[0])
    assert title.endswith(" - casework")
    assert len(title) > len(" - casework")
    assert tree.get("lang") == "en-GB"
    assert len(tree.xpath("//h1")) == 1, title
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids)), f"{title}: {sorted(i for i in ids if ids.count(i) > 1)}"
    labelled = set(tree.xpath("//label/@for"))
    fields = tree.xpath("//input[not(@type='hidden')] | //select | //textarea")
    for element in fields:
        assert element.get("id") in labelled, f"{title}: no label for {html.tostring(element)[:200]!r}"
    for link in tree.xpath("//a | //button"):
        assert words(link), f"{title}: a link without words: {html.tostring(link)[:200]!r}"
    for form in tree.xpath("//form[@method='post']"):
        assert form.xpath(".//input[@name='csrf']/@value"), f"{title}: a form without its token"
    assert not tree.xpath("//script[not(@src)] | //style | //@style"), (
        f"{title}: script or style inside the page"
    )
    for name in tree.xpath("//@aria-labelledby | //@aria-describedby"):
        assert set(name.split()) <= set(ids), f"{title}: {name} names nothing"
    for anchor in tree.xpath("//a/@href"):
        assert not anchor.startswith("#") or anchor[1:] in ids, f"{title}: {anchor} leads nowhere"
