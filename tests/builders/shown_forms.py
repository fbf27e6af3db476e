"""The forms of a page as a browser would read them: controls, what they hold, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.builders.markup import read


@dataclass
class ShownForm:
    """One form: the text of each text control by name, and each error by the id of its control."""

    action: str
    texts: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    errors: dict[str, str] = field(default_factory=dict)

    def error_at(self, name: str) -> str:
        """What is wrong with a field, whatever precedes its name in the ids of the page."""
        return next(
            (text for id, text in self.errors.items() if id == name or id.endswith(f"-{name}")), ""
        )


class _Reader:
    def __init__(self) -> None:
        self.forms: list[ShownForm] = []
        self._inside = False
        self._area: str | None = None
        self._error: str | None = None
        self._depth = 0

    def start(self, tag: str, given: Mapping[str, str]) -> None:
        """A form, a control, or the sentence about one."""
        if tag == "form":
            self.forms.append(ShownForm(given.get("action", "")))
            self._inside = True
        elif self._inside and tag in ("input", "textarea", "select"):
            self._control(tag, given)
        if self._error is not None:
            self._depth += 1
        elif self._inside and given.get("id", "").endswith("-erreur"):
            self._error, self._depth = given["id"].removesuffix("-erreur"), 1
            self.forms[-1].errors[self._error] = ""

    def end(self, tag: str) -> None:
        """The end of one of them."""
        if tag == "form":
            self._inside = False
        if tag == "textarea" and self._area is not None:
            # A browser leaves out the line end that opens the area.
            held = self.forms[-1].texts
            held[self._area] = held[self._area].removeprefix("\n")
            self._area = None
        if self._error is not None:
            self._depth -= 1
            if not self._depth:
                self._error = None

    def data(self, text: str) -> None:
        """What a text area holds, or what an error says."""
        if self._area is not None:
            self.forms[-1].texts[self._area] += text
        if self._error is not None:
            self.forms[-1].errors[self._error] += text

    def close(self) -> None:
        """The end of the page."""
        for form in self.forms:
            form.errors = {id: text.strip() for id, text in form.errors.items()}

    def _control(self, tag: str, given: Mapping[str, str]) -> None:
        name = given.get("name", "")
        self.forms[-1].names.add(name)
        if tag == "textarea":
            self._area = name
            self.forms[-1].texts[name] = ""
        elif tag == "input" and given.get("type") not in (
            "hidden",
            "radio",
            "checkbox",
            "password",
        ):
            self.forms[-1].texts[name] = given.get("value", "")


def shown_forms(page: str) -> list[ShownForm]:
    """Every form of a page."""
    reader = _Reader()
    read(page, reader)
    return reader.forms


def shown_form(page: str, action: str) -> ShownForm | None:
    """The form that is sent to that address, if the page has it."""
    return next((form for form in shown_forms(page) if form.action == action), None)
