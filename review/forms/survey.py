"""Forms of the satisfaction survey: round, links, answers, checks."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.forms.fields import RawList
from review.actions.survey import Frame
from review.core.questionnaire import LEVEL_NAMES, OPTIONAL, SCALES
from review.core.sampling import Stratum, read_strata
from review.models import SurveyLink

LOOKS = {
    "very_satisfied": ("yes", "thumbs-up"),
    "satisfied": ("yes", "check"),
    "neutral": ("part", "circle-dot"),
    "dissatisfied": ("no", "x"),
    "very_dissatisfied": ("no", "thumbs-down"),
}
NUMBER = {"inputmode": "numeric", "class": "tiny", "autocomplete": "off"}


def whole(label: Any, help_text: Any = "", low: int = 1, high: int = 1_000_000) -> forms.IntegerField:
    """Return a field for a whole number, typed as text so that a wrong entry stays visible."""
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        min_value=low,
        max_value=high,
        widget=forms.TextInput(NUMBER),
        error_messages={"invalid": _("请填写整数。"), "required": _("请填写此项。")},
    )


class OpenForm(forms.Form):
    """Frame and sample of a new survey."""

    frame = forms.CharField(
        label=_("抽样框"),
        help_text=_("从哪份名册中抽取，如全部常住户名册。"),
        max_length=1000,
        widget=forms.Textarea({"rows": 2}),
    )
    frame_size = whole(_("抽样框户数"))
    sample_size = whole(_("样本量"), _("计划调查的户数；预填的户数可使抽样误差不超过5个百分点。"))
    strata = forms.CharField(
        label=_("分层和各层户数"),
        help_text=_(
            "每层一行，先写名称再写户数，如“第1网格 410”。样本按户数分配到各层，各层的户由系统随机抽取。"
        ),
        max_length=10_000,
        required=False,
        widget=forms.Textarea({"rows": 6}),
    )
    sampling = forms.CharField(
        label=_("抽样方法"),
        help_text=_("如按网格分层、按户数分配、层内随机抽取。"),
        max_length=1000,
        widget=forms.Textarea({"rows": 2}),
    )

    def clean_strata(self) -> tuple[Stratum, ...]:
        """Read the lines; the one that is none is named."""
        try:
            return tuple(read_strata(self.cleaned_data["strata"]))
        except ValueError as error:
            sentence = _("“%(line)s”无法识别，请写成“第1网格 410”的样子。")
            raise forms.ValidationError(sentence, params={"line": error}) from None

    @property
    def value(self) -> Frame:
        """What was typed, for the action."""
        return Frame(**self.cleaned_data)


class IssueForm(forms.Form):
    """How many links, and how the list is wanted; it can be had once only."""

    count = whole(_("签发份数"), high=1000)
    output = forms.ChoiceField(
        label=_("清单形式"),
        choices=[("page", _("可打印页面（含二维码）")), ("csv", _("CSV 文件"))],
        initial="page",
    )
    once = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)


class VoidLinksForm(forms.Form):
    """Sheets that nobody could answer."""

    serials = forms.CharField(
        label=_("问卷编号"), help_text=_("如 12、15-18。"), max_length=400, widget=forms.TextInput
    )
    reason = forms.ChoiceField(
        label=_("作废原因"),
        help_text=_("拒答、无人在家、逾期未交均属未回收，仍计入发放数，不能作废。"),
        choices=[("", _("请选择")), *SurveyLink.Reason.choices],
    )
    note = forms.CharField(label=_("说明"), max_length=200, required=False)


class ReasonForm(forms.Form):
    """A reason."""

    reason = forms.CharField(
        label=_("理由"),
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": _("请写明作废本次调查的理由。")},
    )


class VoidAnswersForm(forms.Form):
    """Forms to be voided: ticked, or all of one interviewer."""

    ids = RawList(required=False, widget=forms.MultipleHiddenInput)
    interviewer = forms.ChoiceField(label=_("调查员"), required=False)
    reason = forms.CharField(label=_("作废理由"), max_length=300, required=False)

    def __init__(self, *args: Any, interviewers: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("仅作废所选问卷")), *((str(pk), name) for pk, name in interviewers)]
        self.fields["interviewer"].choices = choices  # type: ignore[attr-defined]


class CheckForm(forms.Form):
    """The outcome of the check of one drawn form."""

    answer = forms.UUIDField(widget=forms.HiddenInput)
    outcome = forms.ChoiceField(label=_("核查结果"), choices=[("passed", _("通过")), ("failed", _("不通过"))])
    reason = forms.CharField(label=_("不通过的理由"), max_length=300, required=False)


class NoForm(forms.Form):
    """A button without fields."""


class AnswerForm(forms.Form):
    """A questionnaire as the round keeps it; the action checks the answers."""

    def __init__(self, *args: Any, questions: list[dict[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        for question in questions:
            self.fields[question["key"]] = forms.CharField(
                label=_(question["text"]), max_length=20, required=False
            )

    def asked(self) -> list[dict[str, Any]]:
        """Return the questions with their options and what was answered."""
        return [
            {
                "key": question["key"],
                "number": number,
                "field": self[question["key"]],
                "optional": question["key"] in OPTIONAL,
                "options": options_of(question["scale"]),
                "list": question["scale"] != "yes_no",
            }
            for number, question in enumerate(self.questions, start=1)
        ]

    @property
    def answers(self) -> dict[str, str]:
        """The answers, for the action."""
        return {question["key"]: self.cleaned_data[question["key"]] for question in self.questions}


class ResidentForm(AnswerForm):
    """The residents' form: with consent."""

    consent = forms.BooleanField(label=_("我自愿参加，知道回答不记名、只用于统计。"), required=False)


class EntryForm(AnswerForm):
    """The interviewers' form: with the number of the sheet."""

    serial = whole(_("问卷编号"), _("纸质问卷右上角的编号。"))


def options_of(scale: str) -> list[tuple[Any, ...]]:
    """Return the options of a scale for a segmented answer."""
    options = []
    for key, name in SCALES[scale].items():
        look, icon = LOOKS[key] if key in LEVEL_NAMES else ("", "")
        options.append((key, _(name), look, icon))
    return options
