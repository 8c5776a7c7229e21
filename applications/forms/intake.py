"""The form of the four levels' check: one for its three buttons."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.forms.fields import RawChoices, RawText

QUESTIONS = [
    ("complete", _("申报材料齐全")),
    ("well_formed", _("填报符合要求，数据与材料一致")),
    ("acceptable", _("社区符合申报条件")),
]
REMARK = "remark-"
PHRASES = (  # what is most often wrong with papers, as whole sentences: whoever reads them knows what to do
    _("缺少佐证材料，请补充。"),
    _("材料不清晰或不完整，请重新上传。"),
    _("材料与所填数据不一致，请核对。"),
    _("材料的时间不在要求的期限内，请更换。"),
    _("材料没有盖章或签字，请补正。"),
    _("数据口径有误，请按指标说明重新填报。"),
    _("自评说明过于笼统，请写明做法、时间和成效。"),
    _("材料含个人信息，请遮盖后重新上传。"),
)


class CheckForm(forms.Form):
    """Opinion, the three questions of the first check (R4-027) and a remark for each indicator and fact."""

    use_required_attribute = False

    opinion = RawText(
        label=_("审核意见"),
        max_length=10_000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("通过的写明结论；退回的写明总体要求；不予受理的写明理由。"),
    )
    answers = RawChoices(
        label=_("核对要点（通过时须全部符合）"), choices=QUESTIONS, widget=forms.CheckboxSelectMultiple
    )

    @property
    def remarks(self) -> dict[str, str]:
        """The remarks as typed, by target."""
        return {
            name.removeprefix(REMARK): str(self.data[name])
            for name in self.data
            if name.startswith(REMARK) and str(self.data[name]).strip()
        }

    def add_error(self, field: str | None, error: Any) -> None:
        """Put the fault of a remark above the form too: its input stands in the sheet."""
        super().add_error(field if field in self.fields else None, error)
