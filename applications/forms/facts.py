"""The form of a page of facts, made from the standard."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.core.elements import FactSpec
from applications.core.kinds import KINDS
from applications.forms.fields import MONTHS, QUARTERS, RawList, RawText, SeveralInputs
from applications.words import data_words, printed

PREFIX = "fact-"
REVISION = "revision-"
SPARE_ROWS = 3
FEWEST_ROWS = 5


def field_of(key: str) -> str:
    """The name of a fact's input; a prefix keeps it apart from everything else a page posts."""
    return f"{PREFIX}{key}"


def anchor(spec: FactSpec) -> str:
    """The fragment that leads to a fact's first input on its page."""
    return f"#id_{field_of(spec.key)}" + ("_0" if KINDS[spec.kind].shape == "list" else "")


class FactsForm(forms.Form):
    """One input or several for each fact; what is typed goes on as it is, with the revision it was read at."""

    use_required_attribute = False

    def __init__(
        self,
        *args: Any,
        specs: Mapping[str, FactSpec],
        values: Mapping[str, Any],
        revisions: Mapping[str, int],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.specs, self.revisions = dict(specs), dict(revisions)
        self.rows = self._row_count(values)
        for key, spec in self.specs.items():
            name = field_of(key)
            self.fields[name] = self._field(spec)
            self.initial.setdefault(name, as_typed(values.get(key)))

    def _row_count(self, values: Mapping[str, Any]) -> int:
        """How many rows a list without a fixed length shows: what is there or was typed, and some to spare."""
        lengths = [FEWEST_ROWS - SPARE_ROWS]
        for key, spec in self.specs.items():
            kind = KINDS[spec.kind]
            if kind.shape == "list" and kind.fewest != kind.most:
                lengths.append(len(values.get(key) or []))
                if self.is_bound and hasattr(self.data, "getlist"):
                    typed = [text for text in self.data.getlist(field_of(key)) if text.strip()]
                    lengths.append(len(typed))
        return max(lengths) + SPARE_ROWS

    def _field(self, spec: FactSpec) -> forms.Field:
        kind = KINDS[spec.kind]
        label = (
            _("%(label)s（%(unit)s）") % {"label": printed(spec.label), "unit": data_words(spec.unit)}
            if spec.unit
            else printed(spec.label)
        )
        attrs = {"inputmode": "numeric" if kind.whole else "decimal", "autocomplete": "off"}
        if kind.shape == "list":
            widget = SeveralInputs(self._labels(spec), {**attrs, "class": "in tiny"})
            return RawList(label=label, widget=widget, help_text=_help(spec))
        size = "short" if kind.shape == "number" else ""
        text = forms.TextInput({**attrs, "class": size}) if size else forms.TextInput({"autocomplete": "off"})
        return RawText(label=label, widget=text, help_text=_help(spec), max_length=2000)

    def _labels(self, spec: FactSpec) -> Sequence[Any]:
        kind = KINDS[spec.kind]
        if spec.kind.endswith("_per_quarter"):
            return QUARTERS
        if spec.kind.endswith("_per_month"):
            return MONTHS
        words = _("网格 %(n)s") if kind.per_grid else _("第%(n)s期")
        return [words % {"n": place} for place in range(1, self.rows + 1)]

    @property
    def typed(self) -> dict[str, Any]:
        """What was typed, by fact; a fact whose inputs were not posted is left out."""
        found: dict[str, Any] = {}
        for key in self.specs:
            name = field_of(key)
            if name in self.data:
                found[key] = self.cleaned_data[name]
        return found

    @property
    def read_at(self) -> dict[str, int]:
        """The revision each fact was read at, as the page posted it."""
        found = {}
        for key in self.specs:
            text = str(self.data.get(f"{REVISION}{key}", "0"))
            found[key] = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
        return found

    @property
    def hidden(self) -> list[tuple[str, int]]:
        """The hidden inputs with the revisions that this rendering was made from."""
        return [(f"{REVISION}{key}", self.revisions.get(key, 0)) for key in self.specs]

    @property
    def grid(self) -> dict[str, Any] | None:
        """The table of what is counted for each grid, where there are at least two such facts."""
        names = [field_of(key) for key, spec in self.specs.items() if KINDS[spec.kind].per_grid]
        if len(names) < 2:
            return None
        columns = [self[name] for name in names]
        values = [list(column.value() or []) for column in columns]
        rows = [
            [
                {
                    "name": column.html_name,
                    "id": f"{column.auto_id}_{place}",
                    "label": column.label,
                    "value": texts[place] if place < len(texts) else "",
                    "invalid": bool(column.errors),
                }
                for column, texts in zip(columns, values, strict=True)
            ]
            for place in range(self.rows)
        ]
        return {"columns": columns, "rows": rows}

    @property
    def plain(self) -> list[forms.BoundField]:
        """The fields that stand by themselves."""
        in_table = {column.name for column in self.grid["columns"]} if self.grid else set()
        return [self[field_of(key)] for key in self.specs if field_of(key) not in in_table]

    def keep_typed(
        self, keys: Sequence[str], values: Mapping[str, Any], revisions: Mapping[str, int]
    ) -> None:
        """After a save that was refused in part: what failed stays as typed, everything else shows what is stored."""
        data = self.data.copy()
        for key in self.specs:
            if key not in keys:
                stored = as_typed(values.get(key))
                data.setlist(field_of(key), stored if isinstance(stored, list) else [stored])
        self.data = data
        self.revisions = dict(revisions)


def as_typed(value: Any) -> Any:
    """A stored value as it stands in its input."""
    if value is None:
        return ""
    return [str(item) for item in value] if isinstance(value, list | tuple) else str(value)


def _help(spec: FactSpec) -> str:
    if spec.note:
        return spec.note
    if spec.kind.endswith("_per_quarter"):
        return _("最近四个完整季度，没有的填 0。")
    if spec.kind.endswith("_per_month"):
        return _("最近十二个月，没有的填 0。")
    return ""


class IndicatorForm(FactsForm):
    """An indicator's page: its facts, and the claim where there is one to make."""

    reached = forms.ChoiceField(choices=[("yes", ""), ("no", "")], required=False)
    note = forms.CharField(
        label=gettext_lazy("自评说明"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy("写明做法、时间和成效；材料里有的不必重抄。"),
    )
    revision = forms.IntegerField(required=False, min_value=0, max_value=10**9, widget=forms.HiddenInput)

    @property
    def verdict(self) -> bool | None:
        """The claim as chosen."""
        return {"yes": True, "no": False}.get(self.cleaned_data.get("reached") or "")
