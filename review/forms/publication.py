"""Forms of the publication steps."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.words import star_words
from review.models import ChannelRecord, Publication
from review.queries.publications import suggested_number


def paragraph(label: Any, help_text: Any = "", *, required: bool = True, rows: int = 3) -> forms.CharField:
    """Return a field for a paragraph."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=4000,
        required=required,
        widget=forms.Textarea({"rows": rows}),
    )


class ConfirmForm(forms.Form):
    """The county's signature under the facts to be published (R3-141)."""

    checked = forms.BooleanField(label=_("以上拟公布信息已逐项核对，确认无误。"))
    note = paragraph(_("核准意见"), required=False, rows=2)


def point(label: Any) -> forms.BooleanField:
    """Return one of the four points that a person looks at and signs (R3-054)."""
    return forms.BooleanField(label=label)


class DraftForm(forms.Form):
    """The text of a notice with the four points looked at before it is made public (R3-054 to R3-059)."""

    number = forms.CharField(label=_("索引号"), max_length=40, help_text=_("全省唯一，发布后不能更改。"))
    title = forms.CharField(label=_("标题"), max_length=120)
    text = paragraph(_("正文"), _("公众看到的全文，请使用通俗易懂的语言。"), rows=8)
    medium = forms.CharField(
        label=_("发布形式"), max_length=120, required=False, help_text=_("例如：网页、纸质张贴。")
    )
    safety = point(_("安全性：不含个人信息和不宜公开的内容"))
    reliability = point(_("可靠性：来源于已核准的评定结果"))
    accuracy = point(_("准确性：名称、星级、得分和日期无误"))
    suitability = point(_("适应性：文字清楚，居民看得懂"))
    revision = forms.IntegerField(widget=forms.HiddenInput, initial=0)


class UnfinishedForm(DraftForm):
    """A draft that is only saved: nothing is required of it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False


class ReasonForm(forms.Form):
    """A reason that the other side reads."""

    reason = paragraph(_("理由"), _("写明原因和需要修改的内容，提交人可以看到。"))


class OpinionForm(forms.Form):
    """The approving person's opinion."""

    opinion = paragraph(_("审批意见"), required=False, rows=2)


class AnnounceForm(forms.Form):
    """The announcement's index number; its words follow from the notice."""

    number = forms.CharField(label=_("索引号"), max_length=40, help_text=_("全省唯一，发布后不能更改。"))


class ChannelForm(forms.Form):
    """Where else a publication was shown (R2-045)."""

    channel = forms.ChoiceField(label=_("渠道"), choices=ChannelRecord.Channel.choices)
    place = forms.CharField(label=_("位置或网址"), max_length=200, help_text=_("例如：翠湖社区东门公告栏。"))
    shown_on = forms.DateField(
        label=_("发布日期"), widget=forms.DateInput({"type": "date", "class": "short"}, format="%Y-%m-%d")
    )
    proof = forms.FileField(label=_("佐证材料"), required=False, help_text=_("照片或网页截图。"))
    publication = forms.IntegerField(widget=forms.HiddenInput)


class RevocationForm(forms.Form):
    """A proposal to lower a star by one grade, where there is one below, or to revoke it."""

    star = forms.TypedChoiceField(label=_("处理方式"), coerce=int, widget=forms.RadioSelect)
    number = forms.CharField(
        label=_("索引号"), max_length=40, required=False, help_text=_("留空的，按处理方式自动编号。")
    )
    fraud = forms.BooleanField(
        label=_("因弄虚作假撤销"),
        required=False,
        help_text=_("撤销后该社区在一定年限内不能申报；弄虚作假的年限更长，按批次规定执行。"),
    )
    reason = paragraph(_("事实和依据"), _("写明查实的事实和所依据的规定，公众可以看到。"))

    def __init__(self, *args: Any, year: int, below: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year = year
        lower = [(below, gettext("降为%(star)s") % {"star": star_words(below)})] if below else []
        self.fields["star"].choices = [*lower, (0, gettext("撤销星级"))]

    def clean(self) -> dict[str, Any]:
        """Number the publication to come where nobody numbered it."""
        data = super().clean() or {}
        if "star" in data and not data.get("number"):
            kind = Publication.Kind.LOWERING if data["star"] else Publication.Kind.REVOCATION
            data["number"] = suggested_number(kind, self.year)
        return data


class StatementForm(forms.Form):
    """What the community has to say before its star is lowered or revoked."""

    text = paragraph(
        _("陈述申辩意见"), _("逐条说明不同意的事实和理由；审批人将一并审阅，内容不对外公开。"), rows=6
    )


class ReturnForm(forms.Form):
    """When certificate and plaque came back."""

    on = forms.DateField(
        label=_("交回日期"), widget=forms.DateInput({"type": "date", "class": "short"}, format="%Y-%m-%d")
    )
    note = forms.CharField(
        label=_("说明"),
        max_length=300,
        required=False,
        help_text=_("例如：证书1份、牌匾1块，由社区书记交回。"),
    )


class VoidForm(forms.Form):
    """Why certificate and plaque did not come back."""

    note = forms.CharField(label=_("未交回的情况"), max_length=300, widget=forms.Textarea({"rows": 2}))


class NothingForm(forms.Form):
    """A button that needs no words."""
