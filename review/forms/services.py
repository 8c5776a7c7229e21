"""Forms of the service records."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from review.actions.services import Entry
from review.models import ServiceRecord


def moment(label: Any, required: bool = False) -> forms.DateTimeField:
    """Return a field for a day with the time."""
    return forms.DateTimeField(
        label=label,
        required=required,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={
            "invalid": _("时间无法识别，请写成“2026-03-02 09:10”的样子。"),
            "required": _("请填写时间。"),
        },
    )


class ServiceForm(forms.Form):
    """One service."""

    category = forms.ChoiceField(
        label=_("服务类别"), choices=[("", _("请选择")), *ServiceRecord.Category.choices]
    )
    title = forms.CharField(label=_("服务内容"), max_length=200)
    requested = moment(_("提出时间"), required=True)
    responded = moment(_("响应时间"))
    resolved = moment(_("解决时间"))

    @property
    def entry(self) -> Entry:
        """What was typed, for the action."""
        data = self.cleaned_data
        when: list[datetime | None] = [data["responded"], data["resolved"]]
        return Entry(data["category"], data["title"].strip(), data["requested"], *when)


class ImportForm(forms.Form):
    """A file of services."""

    file = forms.FileField(
        label=_("服务记录文件"),
        help_text=_("xlsx 或 csv，首行为列名：服务类别、服务内容、提出时间、响应时间、解决时间。"),
        widget=forms.FileInput({"accept": ".xlsx,.csv"}),
        error_messages={
            "required": _("请选择要导入的文件。"),
            "empty": _("文件是空的，请选择含有服务记录的文件。"),
        },
    )


class RemoveForm(forms.Form):
    """A record taken out."""

    service = forms.IntegerField()


class FinishForm(forms.Form):
    """Closing needs nothing but the button."""
