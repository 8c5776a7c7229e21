"""Fields whose text goes to an action as it was typed."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.translation import gettext_lazy as _


class SeveralInputs(forms.Widget):
    """One text input for each entry of a list, all under one name; ``labels`` says what each stands for."""

    template_name = "applications/widgets/several.html"
    use_fieldset = True

    def __init__(self, labels: Sequence[Any], attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.labels = list(labels)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Return the widget with its entries: id, label, value and attributes of each input."""
        context = super().get_context(name, value, attrs)
        values = list(value or [])
        values += [""] * (len(self.labels) - len(values))
        base = dict(context["widget"]["attrs"])
        field_id = base.pop("id", name)
        context["widget"]["entries"] = [
            {"id": f"{field_id}_{place}", "label": label, "value": text, "attrs": flatatt(base)}
            for place, (label, text) in enumerate(zip(self.labels, values, strict=False))
        ]
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """Return what was typed into each input, in order."""
        return list(data.getlist(name)) if hasattr(data, "getlist") else list(data.get(name, []))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Whether the form came without these inputs."""
        return name not in data

    def format_value(self, value: Any) -> Any:
        """Leave the list a list."""
        return value

    def id_for_label(self, id_: str, index: Any = None) -> str:
        """Return no id: the legend names the group."""
        return ""


class Someday:
    """Of a field that has to be filled in, but not for every save: the action says when it is missing."""

    def validate(self, value: Any) -> None:
        """Check only what is there."""
        if value not in (None, "", [], ()):
            super().validate(value)  # type: ignore[misc]


class RawText(Someday, forms.CharField):
    """A text as typed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)


class RawChoices(Someday, forms.MultipleChoiceField):
    """Some of several choices."""


class RawList(Someday, forms.Field):
    """A list of texts as typed."""

    def to_python(self, value: Any) -> list[str]:
        """Return the list."""
        return [str(item) for item in value or []]


class FoldedChoices(forms.CheckboxSelectMultiple):
    """Very many choices in groups that open one by one; a group in which something is chosen stands open.

    A list in which one has to hold a key to choose a second line is beyond most people.
    """

    template_name = "django/forms/widgets/folded.html"

    def id_for_label(self, id_: str, index: Any = None) -> str:
        """Return the whole list: a box in a group that is closed is no place to be led to."""
        return super().id_for_label(id_, index) or id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the groups with the number of what is chosen in each."""
        context = super().get_context(name, value, attrs)
        context["widget"]["folds"] = [
            (group, options, sum(bool(option["selected"]) for option in options))
            for group, options, _place in context["widget"]["optgroups"]
        ]
        return context


class ManyFiles(forms.ClearableFileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several uploaded files; an empty one is told by the action, which names it."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return the files; whether there must be one is the form's business."""
        return [item for item in (data if isinstance(data, list | tuple) else [data]) if item]


ACCEPT = ".pdf,.jpg,.jpeg,.png,.webp,.docx,.xlsx,.pptx,.txt,image/jpeg,image/png,image/webp"
QUARTERS = [_("第一季度"), _("第二季度"), _("第三季度"), _("第四季度")]
MONTHS = [
    *(_("1月"), _("2月"), _("3月"), _("4月"), _("5月"), _("6月")),
    *(_("7月"), _("8月"), _("9月"), _("10月"), _("11月"), _("12月")),
]
