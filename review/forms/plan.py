"""Forms of the assessment plan, its approval, and the notice to residents."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.core.elements import Dimension
from applications.forms.fields import ACCEPT, FilesField, ManyFiles
from applications.words import data_words
from review.actions.briefing import BriefingContent
from review.actions.plan import PlanContent
from review.core import planning
from review.forms.later import ToldByAction
from review.models import AssessmentPlan


def day(label: Any, required: bool = False) -> forms.DateField:
    """Return a field for a day, shown as the browser's date input wants it."""
    return forms.DateField(
        label=label,
        required=required,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "invalid": _("日期无法识别，请写成“2026-03-02”的样子。"),
            "required": _("请填写日期。"),
        },
    )


def paragraph(label: Any, help_text: Any = "", rows: int = 3, required: bool = False) -> forms.CharField:
    """Return a field for a paragraph; the action says what is missing."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=4000,
        required=required,
        widget=forms.Textarea({"rows": rows}),
    )


class Choices(forms.CheckboxSelectMultiple):
    """Several choices in columns."""

    def __init__(self) -> None:
        super().__init__({"class": "choices columns"})


class PlanForm(ToldByAction):
    """The plan as its author types it; every fault is told by the action at once."""

    scope = paragraph(_("评估范围"), _("评估哪些内容、依据什么。"), required=True)
    focus = forms.MultipleChoiceField(label=_("重点服务领域"), widget=Choices)
    area = forms.ChoiceField(
        label=_("评估区域"),
        choices=AssessmentPlan.Area.choices,
        widget=forms.RadioSelect,
    )
    area_text = forms.CharField(
        label=_("片区说明"), help_text=_("选择特定片区时填写。"), max_length=300, required=False
    )
    methods = forms.MultipleChoiceField(
        label=_("评估方法"),
        choices=[(key, _(name)) for key, name in planning.METHODS.items()],
        widget=Choices,
    )
    tasks = paragraph(_("任务分工"), _("谁在何时完成哪些工作、需要哪些保障。"), rows=4, required=True)
    risk = paragraph(_("风险与应急安排"), rows=2)

    def __init__(self, *args: Any, dimensions: tuple[Dimension, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["focus"].choices = [(one.id, data_words(one.name)) for one in dimensions]  # type: ignore[attr-defined]
        for stream in planning.STREAMS:
            self.fields[f"{stream}_from"] = day(_("开始"), required=True)
            self.fields[f"{stream}_until"] = day(_("结束"), required=True)

    def timetable(self) -> list[dict[str, Any]]:
        """Return the streams with their two date fields."""
        return [
            {"label": _(name), "start": self[f"{key}_from"], "until": self[f"{key}_until"]}
            for key, name in planning.STREAMS.items()
        ]

    @property
    def content(self) -> PlanContent:
        """What was typed, for the action."""
        data = self.cleaned_data
        return PlanContent(
            scope=data["scope"],
            focus=tuple(data["focus"]),
            area=data["area"],
            area_text=data["area_text"],
            methods=tuple(data["methods"]),
            timetable={key: (data.get(f"{key}_from"), data.get(f"{key}_until")) for key in planning.STREAMS},
            tasks=data["tasks"],
            risk=data["risk"],
        )


class OpinionForm(forms.Form):
    """The opinion of who approves or returns."""

    opinion = paragraph(_("审批意见"), _("退回时须写明理由。"), rows=3)


class BriefingForm(ToldByAction):
    """How the residents were told."""

    channels = forms.MultipleChoiceField(
        label=_("告知渠道"),
        choices=[(key, _(name)) for key, name in planning.CHANNELS.items()],
        widget=Choices,
        error_messages={"required": _("请至少选择一种告知渠道。")},
    )
    held_on = day(_("告知日期"), required=True)
    place = forms.CharField(label=_("地点或载体"), max_length=160)
    text = paragraph(_("告知内容"), _("评估的目的、时间和内容。"), required=True)
    how_to = paragraph(_("居民参与方式"), _("居民怎样填写问卷、反映意见。"), rows=2, required=True)
    attended = forms.IntegerField(
        label=_("参会或知晓人数"),
        min_value=0,
        max_value=1_000_000,
        required=False,
        widget=forms.TextInput({"inputmode": "numeric", "class": "tiny"}),
    )
    files = FilesField(
        label=_("佐证材料"),
        help_text=_("公告照片、会议签到表或截图，可多选。"),
        widget=ManyFiles({"accept": ACCEPT}),
        error_messages={"required": _("请上传佐证材料，如公告照片、会议签到表。")},
    )

    @property
    def content(self) -> BriefingContent:
        """What was typed, for the action."""
        data = {key: value for key, value in self.cleaned_data.items() if key != "files"}
        return BriefingContent(**{**data, "channels": tuple(data["channels"])})
