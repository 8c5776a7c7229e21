"""The forms of recusal: one's own, and its override."""

from django import forms
from django.utils.translation import gettext_lazy as _


class RecuseForm(forms.Form):
    """Why the person keeps away."""

    reason = forms.CharField(
        label=_("利害关系的情形"),
        help_text=_("提交后本案立即不再向您显示，您名下的待办退回本单位。"),
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("请写明利害关系的具体情形。")},
    )


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
