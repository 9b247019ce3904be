"""What a person finds on a page: its links, and the forms that it offers with what they would send."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

TYPED = ("text", "textarea")
CHOSEN = ("radio", "checkbox", "option")


@dataclass
class Control:
    """A place of a form: something typed, one of several to choose from, a button, or a value of the page's own."""

    kind: str
    name: str
    value: str
    # Whether the form sends it as it stands.
    is_set: bool = True


@dataclass
class Form:
    # Which of the page's forms it is.
    place: int
    action: str
    method: str
    controls: list[Control] = field(default_factory=list)

    def control(self, name: str, value: str) -> Control | None:
        """Where somebody would say so; None where the form has no such place, or says something else by itself."""
        for control in self.controls:
            if control.name == name and (control.kind in TYPED or control.value == value):
                return control
        return None

    def takes(self, said: Mapping[str, str]) -> bool:
        return all(self.control(name, value) for name, value in said.items())

    def sends(self, said: Mapping[str, str]) -> dict[str, list[str]]:
        """All that goes along: what stands there already, but for what the person says otherwise."""
        sent: dict[str, list[str]] = {}
        for control in self.controls:
            if control.name and control.is_set and control.name not in said and control.kind != "submit":
                sent.setdefault(control.name, []).append(control.value)
        return sent | {name: [value] for name, value in said.items()}


class Page(HTMLParser):
    """`text` is what is read there; all of the markup where nothing else is given."""

    def __init__(self, address: str, status: int, markup: str, text: str = "") -> None:
        super().__init__()
        self.address = _path(address)
        self.status = status
        self.text = text
        # In the order of the page, as a person's browser numbers them.
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select = ""
        self._written: Control | None = None
        self.feed(markup)
        self.close()

    def ways(self, address: str) -> list[int]:
        """Which links lead there, whatever they fill in on the way: the plain ones first."""
        exact = [place for place, link in enumerate(self.links) if link == address]
        return exact + [place for place, link in enumerate(self.links) if link.split("?")[0] == address]

    def form(self, address: str, said: Mapping[str, str]) -> Form | None:
        """The form that sends this to that address."""
        return next((form for form in self.forms_to(address) if form.takes(said)), None)

    def forms_to(self, address: str) -> list[Form]:
        return [form for form in self.forms if form.method == "post" and form.action.split("?")[0] == address]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(_path(urljoin(self.address, given["href"])))
        elif tag == "form":
            action = _path(urljoin(self.address, given.get("action", "")))
            self._form = Form(len(self.forms), action, given.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None:
            self._add(self._form, tag, given)

    def _add(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "select":
            self._select = name
        elif tag == "option":
            form.controls.append(Control("option", self._select, value, "selected" in given))
        elif tag == "textarea":
            self._written = Control("textarea", name, "")
            form.controls.append(self._written)
        elif tag == "button":
            form.controls.append(Control("submit", name, value))
        elif tag == "input":
            kind = given.get("type", "text")
            form.controls.append(
                Control(kind, name, value, "checked" in given)
                if kind in CHOSEN
                else Control(kind if kind in ("hidden", "submit") else "text", name, value)
            )

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            self._written = None

    def handle_data(self, data: str) -> None:
        if self._written is not None:
            # A line break after the tag belongs to the markup.
            self._written.value += data if self._written.value else data.removeprefix("\n")


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
