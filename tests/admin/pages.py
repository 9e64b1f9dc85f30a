"""Pages as a browser handles them: a form is sent back with all that it was shown with."""

from html.parser import HTMLParser
from typing import Any

from django.test import Client as Browser

Data = dict[str, Any]


class FormReader(HTMLParser):
    """Collects what a browser would send of the form whose id ends in `_form` without a word typed."""

    def __init__(self) -> None:
        super().__init__()
        self.data: Data = {}
        self.inside = False
        self.select = self.textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = values.get("method") == "post" and values.get("id", "").endswith("_form")
        elif not self.inside or "disabled" in values:
            return
        elif tag == "input":
            self.read_input(values)
        elif tag == "select":
            self.select = values["name"]
        elif tag == "option" and self.select and ("selected" in values or self.select not in self.data):
            self.data[self.select] = values.get("value", "")
        elif tag == "textarea":
            self.textarea = values["name"]
            self.data[self.textarea] = ""

    def read_input(self, values: dict[str, str]) -> None:
        kind, name = values.get("type", "text"), values.get("name")
        if name is None or kind in ("submit", "button"):
            return
        if kind not in ("checkbox", "radio"):
            self.data[name] = values.get("value", "")
        elif "checked" in values:
            self.data[name] = values.get("value", "on")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.textarea = ""

    def handle_data(self, data: str) -> None:
        if self.textarea:
            # The first newline after the tag is no part of the text.
            self.data[self.textarea] += data if self.data[self.textarea] else data.removeprefix("\n")


def form_on(response: Any) -> Data:
    """What the page's form holds as it was rendered."""
    reader = FormReader()
    reader.feed(response.content.decode())
    return {name: value for name, value in reader.data.items() if "__prefix__" not in name}


def save(office: Browser, url: str, **changes: Any) -> Any:
    """Open a page, change some of its fields and save it; a change to None takes the tick out of a box."""
    page = office.get(url)
    assert page.status_code == 200
    data = form_on(page) | changes
    return office.post(url, {name: value for name, value in data.items() if value is not None})


def errors(response: Any) -> dict[str, list[str]]:
    """What the page says is wrong, by field."""
    return dict(response.context["adminform"].form.errors)


def said(response: Any) -> str:
    """The last message that the next page will show."""
    *_, last = response.wsgi_request._messages
    return str(last)
