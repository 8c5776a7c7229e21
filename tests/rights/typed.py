"""What a page still holds of what was typed, and what it says about it; read as a browser reads it."""

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from django import forms

from workflow.templatetags.interface import anchor

VOID = {"input", "meta", "link", "br", "img", "hr", "wbr"}


class Typed(HTMLParser):
    """Collects the values of a page's fields by name, and the sentences of its summary of errors."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self.offered: dict[str, set[str]] = {}  # by name of a group of radio buttons
        self.ids: set[str] = set()
        self.said: list[str] = []
        self._area: str | None = None
        self._select = ""
        self._depth = 0  # inside the summary of errors
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a field with what stands in it."""
        found = {name: value or "" for name, value in attrs}
        self.ids.add(found.get("id", ""))
        name = found.get("name", "")
        if self._depth and tag not in VOID:
            self._depth += 1
        elif {"errsum", "notice"} & set(found.get("class", "").split()):
            self._depth = 1
            self.said.append("")
        if found.get("type") == "radio":
            self.offered.setdefault(name, set()).add(found.get("value", "on"))
        if tag == "input" and (found.get("type") not in {"checkbox", "radio"} or "checked" in found):
            ticked = "on" if found.get("type") in {"checkbox", "radio"} else ""
            self.values.setdefault(name, []).append(found.get("value", ticked))
        elif tag == "textarea":
            self.values.setdefault(name, []).append("")
            self._area = name
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in found:
            self.values.setdefault(self._select, []).append(found.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        """Leave a field or the summary."""
        if tag == "textarea":
            self._area = None
        if self._depth and tag not in VOID:
            self._depth -= 1

    def handle_data(self, data: str) -> None:
        """Note what stands in a large field, or what the summary says."""
        if self._area is not None:
            before = self.values[self._area]
            before[-1] += data if before[-1] else data.removeprefix("\n")
        if self._depth:
            self.said[-1] += data


def drawn(page: Typed, form: forms.BaseForm) -> bool:
    """Whether the page holds the form as it is: rows of a table with a small form each have names of their own."""
    return any(field.id_for_label in page.ids for field in form.visible_fields())


def asked(page: Typed, form: forms.BaseForm) -> bool:
    """Whether the page still asks for what the form holds, with ids of the form's own or of the row that was posted."""
    before, _sep, row = str(form.auto_id).partition("%s-")
    if not before and not any(found.endswith(f"-{row}") for found in page.ids if row):
        return False  # a row that is not there
    return any(field.html_name in page.values.keys() | page.offered.keys() for field in form.visible_fields())


def lost(page: Typed, form: forms.BaseForm, posted: Mapping[str, list[str]]) -> list[str]:
    """Return the fields of a refused form of which the page does not hold any more what was typed.

    A password and a code that serves once are given anew, a file cannot be shown again, and a choice that nobody offers is nothing to keep.
    """
    gone: list[str] = []
    if not drawn(page, form):  # a page from before: its form is not offered any more, only the sentence is
        return gone
    for name, field in form.fields.items():
        values = posted.get(name, [])
        once = field.widget.attrs.get("autocomplete") == "one-time-code"
        if not values or once or isinstance(field, forms.FileField) or field.widget.is_hidden:
            continue
        held = page.values.get(name, [])
        if name in page.offered and values[-1] not in page.offered[name]:
            continue
        if isinstance(field.widget, forms.PasswordInput):
            gone += (
                [f"{name} (a password) is shown"] if set(held) & {value for value in values if value} else []
            )
        elif isinstance(field, forms.BooleanField):
            gone += (
                [name] if field.widget.value_from_datadict({name: values[-1]}, {}, name) and not held else []
            )
        elif isinstance(field, forms.MultipleChoiceField):
            gone += [name for value in values if _offered(field, value) and value not in held]
        elif isinstance(field, forms.ChoiceField):
            gone += [name] if _offered(field, values[-1]) and values[-1] not in held else []
        elif values[-1] not in held and values[-1].strip():
            gone.append(f"{name}: {values[-1][:30]!r} is not among {[value[:30] for value in held]}")
    return gone


def _offered(field: forms.ChoiceField, value: str) -> bool:
    return value != "" and field.valid_value(value)


def unnamed(page: Typed, form: forms.BaseForm) -> list[str]:
    """Return the fields with an error that no sentence of the summary leads to or names."""
    said = " ".join(page.said)
    missing: list[Any] = []
    for name in form.errors:
        if name == "__all__":
            missing += [error for error in form.non_field_errors() if str(error) not in said]
            continue
        bound = form[name]
        if bound.is_hidden:  # nobody sees the field: any sentence does
            missing += [] if said.strip() else [f"nothing is said of {name}"]
            continue
        target = anchor(bound)
        if str(bound.label).split("（")[0].rstrip("。") not in said and not any(
            str(e) in said for e in bound.errors
        ):
            missing.append(f"{name} is not named in {said[:200]!r}")
        if target not in page.ids and asked(page, form):
            missing.append(f"the summary leads to #{target}, which is nowhere")
    return missing
