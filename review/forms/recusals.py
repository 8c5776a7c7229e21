"""The forms of recusal: one's own, and its override."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from applications.models import User


class RecuseForm(forms.Form):
    """Why the person keeps away."""

    reason = forms.CharField(
        label=_("利害关系的情形"),
        help_text=_("提交后本案立即不再向您显示，您名下的待办退回本单位。"),
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("请写明利害关系的具体情形。")},
    )


class Somebody(forms.ModelChoiceField):
    """A choice of people, told apart by their offices."""

    def label_from_instance(self, person: Any) -> str:
        """Return name and office."""
        return f"{person.name}（{person.office}）" if person.office else str(person.name)


class OrderForm(forms.Form):
    """Who is ordered to keep away, and why."""

    person = Somebody(
        label=_("责令回避的人员"),
        queryset=User.objects.none(),
        empty_label=_("请选择"),
        error_messages={
            "required": _("请选择责令回避的人员。"),
            "invalid_choice": _("所选人员不办理本案或者已经回避，请重新选择。"),
        },
    )
    why = forms.CharField(
        label=_("责令回避的理由"),
        help_text=_("理由记入案卷日志并告知本人；即时生效，其名下的待办退回本单位或者由同组人员接办。"),
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("请写明责令回避的理由。")},
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class LiftForm(forms.Form):
    """Which recusal is overridden, and why."""

    recusal = forms.IntegerField(
        min_value=1,
        max_value=2**31 - 1,
        widget=forms.HiddenInput,
        error_messages={"required": _("请选择一项回避。")},
    )
    reason = forms.CharField(
        label=_("裁定理由"),
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": _("请写明裁定理由。")},
    )
