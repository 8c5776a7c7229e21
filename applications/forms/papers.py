"""Forms of the community's pages besides the facts."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.forms.fields import ACCEPT, FilesField, ManyFiles, RawText
from applications.models import Award


class StartForm(forms.Form):
    """Which batch, which community, which star."""

    batch = forms.IntegerField(widget=forms.HiddenInput)
    community = forms.IntegerField(widget=forms.HiddenInput)
    applied_star = forms.IntegerField(
        label=_("申报星级"),
        error_messages={"required": _("请选择申报星级。"), "invalid": _("请从列出的星级中选择申报星级。")},
    )


class ParticularsForm(forms.Form):
    """Contact, reason, star (R4-022); nobody is asked for an identity number."""

    use_required_attribute = False

    applied_star = forms.TypedChoiceField(
        label=_("申报星级"), coerce=int, help_text=_("星级按实际得分评定，申报星级供各级审核参考。")
    )
    contact = RawText(label=_("联系人"), max_length=64, widget=forms.TextInput({"autocomplete": "name"}))
    phone = RawText(
        label=_("联系电话"),
        max_length=32,
        help_text=_("仅办理本案的人员可见。"),
        widget=forms.TextInput({"class": "short", "autocomplete": "tel", "inputmode": "tel"}),
    )
    reason = forms.CharField(
        label=_("申报理由"), max_length=2000, required=False, widget=forms.Textarea({"rows": 4})
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, stars: Iterable[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["applied_star"].choices = list(stars)  # type: ignore[attr-defined]


class ClaimsForm(forms.Form):
    """The claims of a dimension, one select a row: ``claim-<id>`` and the revision it was read at."""

    def entries(self, indicators: Iterable[str]) -> dict[str, tuple[bool, int]]:
        """The claims that were chosen, each with its revision."""
        found = {}
        for indicator in indicators:
            chosen = self.data.get(f"claim-{indicator}", "")
            revision = str(self.data.get(f"read-{indicator}", "0"))
            if chosen in {"yes", "no"}:
                whole = revision.isascii() and revision.isdigit() and len(revision) < 10
                found[indicator] = (chosen == "yes", int(revision) if whole else 0)
        return found


class UploadForm(forms.Form):
    """Files for an indicator or for the library; photos come straight from the phone."""

    use_required_attribute = False
    files = FilesField(
        label=_("文件"),
        widget=ManyFiles({"accept": ACCEPT}),
        allow_empty_file=True,
        help_text=_("PDF、图片、Word、Excel、PowerPoint 或 TXT，可一次选多个。"),
    )
    photo = FilesField(
        label=_("或者拍照"),
        widget=forms.ClearableFileInput({"accept": "image/*", "capture": "environment", "data-photo": True}),
        required=False,
        allow_empty_file=True,
    )
    sensitive = forms.BooleanField(label=_("含个人信息（如姓名加证件号、住址、健康状况）"), required=False)

    def clean(self) -> dict[str, Any]:
        """Put files and photo together; one there must be."""
        data = self.cleaned_data
        chosen = [*data.get("files", []), *data.get("photo", [])]
        if not chosen:
            self.add_error("files", gettext("没有选择文件，请先选择要上传的文件。"))
        return {**data, "files": chosen}


class LinkForm(forms.Form):
    """Files of the library that shall serve this indicator too."""

    evidence = forms.TypedMultipleChoiceField(
        coerce=int, error_messages={"required": _("没有选择材料，请勾选要关联的材料。")}
    )

    def __init__(self, *args: Any, choices: Iterable[int] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["evidence"].choices = [(pk, pk) for pk in choices]  # type: ignore[attr-defined]


class ReuseForm(forms.Form):
    """What is taken over of the last application: kinds of content, and files one by one."""

    parts = forms.MultipleChoiceField(
        label=_("沿用的内容"), required=False, widget=forms.CheckboxSelectMultiple
    )
    files = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(
        self, *args: Any, parts: Iterable[tuple[str, str]], choices: Iterable[int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parts"].choices = list(parts)  # type: ignore[attr-defined]
        self.fields["files"].choices = [(pk, pk) for pk in choices]  # type: ignore[attr-defined]

    @property
    def ticked(self) -> set[int]:
        """The files that are ticked: as posted, at first all."""
        if not self.is_bound:
            return {pk for pk, _label in self.fields["files"].choices}  # type: ignore[attr-defined]
        return {int(text) for text in self.data.getlist("files") if text.isascii() and text.isdigit()}  # type: ignore[union-attr]


class PickForm(forms.Form):
    """One row of a list."""

    pk = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class AwardForm(forms.Form):
    """A commendation (R1-037)."""

    title = forms.CharField(label=_("表彰名称"), max_length=120)
    level = forms.ChoiceField(label=_("级别"), choices=Award.Level.choices, widget=forms.RadioSelect)
    seal_level = forms.ChoiceField(
        label=_("授予机关级别"), choices=[("", "—"), *Award.Level.choices], required=False
    )
    issuer = forms.CharField(label=_("授予机关"), max_length=120)
    date = forms.DateField(label=_("表彰日期"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    recipient = forms.ChoiceField(
        label=_("受表彰对象"), choices=Award.Recipient.choices, widget=forms.RadioSelect
    )
    matter = forms.CharField(
        label=_("事项"),
        max_length=64,
        help_text=_(
            "为哪项工作受到表彰，例如“志愿服务”。同一事项受多级表彰的填写相同的事项，只按最高分值计一次。"
        ),
    )
    evidence = forms.TypedChoiceField(
        label=_("证书文件"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("从材料库中选择；尚未上传的，请先到材料库上传。"),
    )

    def __init__(
        self, *args: Any, certificates: Iterable[tuple[int, str]] = (), by_seal: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["evidence"].choices = [("", _("未选择")), *certificates]  # type: ignore[attr-defined]
        if by_seal:
            self.fields["seal_level"].required = True
        else:
            del self.fields["seal_level"]


class SignForm(forms.Form):
    """The head's signature under the undertaking."""

    agree = forms.BooleanField(
        label=_("我已阅读并同意上述承诺"),
        error_messages={"required": _("请先勾选“我已阅读并同意上述承诺”，再签署提交。")},
    )


class ReasonForm(forms.Form):
    """A reason."""

    reason = forms.CharField(
        label=_("撤回理由"),
        max_length=1000,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": _("请写明撤回申报的理由（至少4个字）。")},
    )


class AnswerForm(forms.Form):
    """What was done about a defect."""

    defect = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    use_required_attribute = False
    answer = RawText(label=_("补正说明"), max_length=2000, widget=forms.Textarea({"rows": 3}))


class ConfirmAwardForm(forms.Form):
    """The province's word on a commendation."""

    pk = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    counts = forms.TypedChoiceField(
        label=_("是否认定"),
        choices=[("yes", _("认定")), ("no", _("不予认定"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        error_messages={"required": _("请选择“认定”或“不予认定”。")},
    )
    reason = forms.CharField(
        label=_("理由"), max_length=300, error_messages={"required": _("请写明认定或不予认定的理由。")}
    )
