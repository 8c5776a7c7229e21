"""Forms of the rectification pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.models import Region
from rectification.actions.sampling import Shortfall
from rectification.models import LookBack, RectificationItem, SpotCheck, Verification


class ManyFiles(forms.FileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """A field for any number of files; cleans to a list."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Clean every file on its own."""
        files = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(file, initial) for file in files]


def text(label: Any, help_text: Any = "", rows: int = 3) -> forms.CharField:
    """Return a field for a paragraph."""
    return forms.CharField(
        label=label, help_text=help_text, max_length=2000, widget=forms.Textarea({"rows": rows})
    )


def days(label: Any, initial: int) -> forms.IntegerField:
    """Return a field for a number of days, typed as text so that a wrong entry stays visible."""
    return forms.IntegerField(
        label=label,
        initial=initial,
        min_value=1,
        max_value=365,
        widget=forms.TextInput({"inputmode": "numeric", "class": "tiny"}),
    )


class PlanForm(forms.ModelForm):
    """The community's plan: all five parts are compulsory."""

    class Meta:
        model = RectificationItem
        fields = ("cause", "measure", "unit", "person", "target")
        help_texts = {
            "cause": _("为什么没有达到，根源在哪里。"),
            "measure": _("准备怎么做，分几步。"),
            "target": _("到期时达到什么程度，最好写明数量。"),
        }
        widgets = {name: forms.Textarea({"rows": 3}) for name in ("cause", "measure", "target")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = True

    def _post_clean(self) -> None:
        """Leave the record alone: only the action writes."""


class ConfirmForm(forms.Form):
    """The county's confirmation with the time limit."""

    days = days(_("整改期限（自然日）"), 30)


class ReasonForm(forms.Form):
    """A reason that the other side reads."""

    reason = text(_("退回理由"))


class ProgressForm(forms.Form):
    """Progress with its proof."""

    text = text(_("进展说明"))
    files = FilesField(label=_("佐证材料"), required=False, help_text=_("照片或文件，可一次选择多个。"))


class ExtensionForm(forms.Form):
    """A request for more time."""

    days = days(_("申请延长天数"), 15)
    reason = forms.CharField(label=_("延期理由"), max_length=300, widget=forms.Textarea({"rows": 2}))


class DecideExtensionForm(forms.Form):
    """The county's answer to a request for more time."""

    granted = forms.TypedChoiceField(
        label=_("审批结果"),
        choices=[("yes", _("同意延期")), ("no", _("不同意延期"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    opinion = forms.CharField(label=_("审批意见"), max_length=300, widget=forms.Textarea({"rows": 2}))


class VerifyForm(forms.Form):
    """What the verifying person found."""

    outcome = forms.ChoiceField(
        label=_("验收结论"), choices=Verification.Outcome.choices, widget=forms.RadioSelect
    )
    method = forms.ChoiceField(label=_("验收方式"), choices=Verification.Method.choices)
    opinion = text(_("验收意见"))
    days = days(_("退回时的整改期限（自然日）"), 15)


class LookBackForm(forms.Form):
    """What a look-back found."""

    outcome = forms.ChoiceField(
        label=_("回头看结论"), choices=LookBack.Outcome.choices, widget=forms.RadioSelect
    )
    method = forms.ChoiceField(label=_("检查方式"), choices=Verification.Method.choices)
    opinion = text(_("检查情况"))
    days = days(_("反弹时的整改期限（自然日）"), 15)


class OrderForm(forms.Form):
    """A supervision order."""

    demand = text(_("督办要求"), _("写明要求完成的事项和时间，社区须在期限内回复。"))


class ReplyForm(forms.Form):
    """The answer to an order."""

    text = text(_("回复内容"), _("写明超期原因、已采取的措施和完成时间。"), rows=5)


class ExamineForm(forms.Form):
    """What the supervisor says of an answer."""

    outcome = forms.ChoiceField(
        label=_("审核结论"),
        choices=[("close", _("回复符合要求，办结督办单")), ("back", _("不符合要求，退回再次回复"))],
        widget=forms.RadioSelect,
    )
    text = text(_("审核意见"))


class DrawForm(forms.Form):
    """How large a sample of which region is to be drawn."""

    scope = forms.ModelChoiceField(label=_("抽查范围"), queryset=Region.objects.none())
    share = forms.IntegerField(
        label=_("抽查比例（%）"),
        initial=10,
        help_text=_("不低于有效星级总数的10%。"),
        widget=forms.TextInput({"inputmode": "numeric", "class": "tiny"}),
    )

    def __init__(self, *args: Any, regions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scope"].queryset = regions
        self.fields["scope"].initial = regions.first()


class CheckForm(forms.Form):
    """What the check of a drawn star found, with up to three shortfalls."""

    SHORTFALLS = (1, 2, 3)

    kind = forms.ChoiceField(label=_("检查方式"), choices=SpotCheck.Kind.choices, widget=forms.RadioSelect)
    visited_on = forms.DateField(
        label=_("检查日期"), widget=forms.DateInput({"type": "date", "class": "short"}, format="%Y-%m-%d")
    )
    summary = text(_("检查情况"), _("写明到访时间、查看的场所和材料、总体判断。"))

    def __init__(self, *args: Any, indicators: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place in self.SHORTFALLS:
            self.fields[f"problem_{place}"] = forms.CharField(
                label=_("问题%(place)s") % {"place": place},
                required=False,
                max_length=2000,
                help_text=_("没有问题的留空；每个问题列为一个整改项。") if place == 1 else "",
                widget=forms.Textarea({"rows": 2}),
            )
            self.fields[f"indicator_{place}"] = forms.ChoiceField(
                label=_("问题%(place)s对应的指标") % {"place": place},
                required=False,
                choices=[("", _("不对应具体指标")), *indicators],
            )
            self.fields[f"suggestion_{place}"] = forms.CharField(
                label=_("问题%(place)s的改进建议") % {"place": place}, required=False, max_length=500
            )

    def clean(self) -> dict[str, Any]:
        """Ask for the problem where something else of it was given."""
        data = super().clean() or {}
        for place in self.SHORTFALLS:
            rest = data.get(f"indicator_{place}") or data.get(f"suggestion_{place}")
            if rest and not data.get(f"problem_{place}"):
                self.add_error(f"problem_{place}", _("已选指标或填写建议，请写明发现的问题。"))
        return data

    def shortfalls(self) -> list[Shortfall]:
        """Return the shortfalls that were given."""
        data = self.cleaned_data
        return [
            Shortfall(data[f"indicator_{place}"], data[f"problem_{place}"], data[f"suggestion_{place}"])
            for place in self.SHORTFALLS
            if data[f"problem_{place}"]
        ]


class NothingForm(forms.Form):
    """A button that needs no words."""


class RoundForm(forms.Form):
    """The county's choice after the last item."""

    again = forms.TypedChoiceField(
        label=_("后续安排"),
        choices=[
            ("yes", _("启动下一轮评定，从数据采集开始")),
            ("no", _("不再评定，按不定星级办结")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    reason = text(_("理由"))
