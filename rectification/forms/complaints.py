"""Forms of complaints: the resident's, the officer's, and those of the office that has one in hand."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rectification.actions.complaints import Said
from rectification.forms.items import FilesField
from rectification.forms.items import text as paragraph
from rectification.models import Complaint
from rectification.queries.complaints import agencies, receivers


class ComplaintForm(forms.Form):
    """A complaint: what happened and when, what is asked for, and who asks (R4-123)."""

    happened_on = forms.DateField(
        label=_("发生日期"),
        help_text=_("持续发生的，填写最近一次的日期。"),
        widget=forms.DateInput({"type": "date", "class": "short"}, format="%Y-%m-%d"),
    )
    text = paragraph(_("投诉内容"), _("写明时间、地点、事情经过和涉及的工作，不少于10个字。"), rows=6)
    demand = paragraph(_("处理要求"), _("希望怎样解决。"), rows=3)
    files = FilesField(
        label=_("佐证材料"), required=False, help_text=_("照片或文件，一次最多5个，可不上传。")
    )
    name = forms.CharField(
        label=_("姓名"),
        max_length=64,
        error_messages={"required": _("请填写姓名；姓名只供办理单位核实，不会公开，也不会告知社区。")},
        widget=forms.TextInput({"autocomplete": "name", "class": "short"}),
        help_text=_("只供办理单位核实，不公开，不告知社区。"),
    )
    contact = forms.CharField(
        label=_("电话或电子邮箱"),
        max_length=120,
        error_messages={"required": _("请填写电话或电子邮箱，以便核实情况；联系方式不会公开。")},
        widget=forms.TextInput({"autocomplete": "tel"}),
        help_text=_("只供办理单位核实，不公开，不告知社区。"),
    )

    def said(self) -> Said:
        """Return what was said, without its files."""
        return Said(**{key: value for key, value in self.cleaned_data.items() if key != "files"})


class WrittenDownForm(ComplaintForm):
    """A complaint made by telephone, in person or by letter, as an officer writes it down (R4-020)."""

    channel = forms.ChoiceField(
        label=_("渠道"),
        choices=[choice for choice in Complaint.Channel.choices if choice[0] != "online"],
    )

    field_order = ["channel"]


class NothingForm(forms.Form):
    """A button that needs no words."""


class HandOverForm(forms.Form):
    """To whom the complaint is handed over, and why."""

    to = forms.ModelChoiceField(label=_("接收人"), queryset=None)
    reason = paragraph(_("移交理由"), rows=2)

    def __init__(self, *args: Any, complaint: Complaint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = receivers(complaint)  # type: ignore[attr-defined]


class DeclineForm(forms.Form):
    """Why it is not acknowledged."""

    reason = paragraph(_("不接收的理由"), rows=2)


class ClassifyForm(forms.Form):
    """What the complaint is."""

    kind = forms.ChoiceField(label=_("分类"), choices=Complaint.Kind.choices, widget=forms.RadioSelect)
    reason = paragraph(
        _("分类依据"),
        _("不属于受理范围的，写明理由和应当向哪里反映，投诉人可以看到。"),
        rows=3,
    )


class NoteForm(forms.Form):
    """What was found out, with its proofs."""

    text = paragraph(_("调查情况"), _("写明时间、方式、对象和查明的事实。"), rows=4)
    files = FilesField(
        label=_("佐证材料"), required=False, help_text=_("照片或文件，一次最多5个，可不上传。")
    )


class AskForm(forms.Form):
    """What the community has to explain."""

    text = paragraph(
        _("要求说明的事项"),
        _("社区只看到这里写的内容。不要写投诉人的姓名、住址等能认出本人的信息。"),
        rows=4,
    )


class ReplyForm(forms.Form):
    """What the community says."""

    text = paragraph(_("情况说明"), _("写明事实、已采取的措施和下一步安排。"), rows=5)
    files = FilesField(
        label=_("佐证材料"), required=False, help_text=_("照片或文件，一次最多5个，可不上传。")
    )


class EscalateForm(forms.Form):
    """Which level above is asked to take over."""

    to = forms.ChoiceField(label=_("提请"), choices=[("city", _("市级")), ("province", _("省级"))])
    reason = paragraph(_("提请理由"), _("写明属于重大问题或者情况复杂的理由。"), rows=3)


class CommissionForm(forms.Form):
    """Which third party looks into it."""

    agency = forms.ModelChoiceField(label=_("第三方机构"), queryset=None)
    reason = paragraph(_("委托理由"), _("写明属于重大问题或者情况复杂的理由，以及委托调查的事项。"), rows=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].queryset = agencies()  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """The answer to the complainant."""

    outcome = forms.ChoiceField(
        label=_("办理结论"), choices=Complaint.Outcome.choices, widget=forms.RadioSelect
    )
    text = paragraph(_("答复内容"), _("写明调查结果和处理情况。投诉人凭查询码可以看到全文。"), rows=5)


class ItemForm(forms.Form):
    """What goes on the rectification ledger."""

    problem = paragraph(_("需要整改的问题"), _("整改项社区和案卷人员都能看到，不要写投诉人的信息。"), rows=3)
    suggestion = paragraph(_("改进建议"), rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["suggestion"].required = False


class SatisfactionForm(forms.Form):
    """How satisfied the complainant is with the answer, on five levels."""

    satisfaction = forms.TypedChoiceField(
        label=_("您对答复是否满意"),
        choices=Complaint.Satisfaction.choices,
        coerce=int,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("补充说明"), required=False, max_length=500, widget=forms.Textarea({"rows": 2})
    )


class AboveForm(forms.Form):
    """Why the level above should handle it."""

    text = paragraph(_("不满意的理由"), _("写明对答复哪些内容不满意，不少于10个字。"), rows=4)
