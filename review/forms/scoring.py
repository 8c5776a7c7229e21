"""Forms of supplement, vote and the closing of a ballot."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.core.elements import FactSpec
from applications.words import data_words
from review.forms.judging import Asked, asked, paragraph
from review.models import Vote

# value, words, look and icon of the big answer
CHOICES = [
    (Vote.Choice.APPROVE.value, _("同意"), "yes", "thumbs-up"),
    (Vote.Choice.REJECT.value, _("不同意"), "no", "thumbs-down"),
    (Vote.Choice.ABSTAIN.value, _("弃权"), "", "minus"),
]


class SupplementForm(forms.Form):
    """One fact put right, with its reason and proof."""

    use_required_attribute = False

    key = forms.ChoiceField(label=_("数据项"))
    value = Asked(
        label=_("核实后的值"),
        max_length=2000,
        help_text=_("每季度、每月或每个网格一个数的，用逗号隔开。"),
    )
    reason = asked(_("补充或更正的理由"), rows=2, longest=500)
    proof = forms.FileField(label=_("依据"), required=False)

    def __init__(self, *args: Any, specs: Iterable[FactSpec] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].choices = [  # type: ignore[attr-defined]
            (
                spec.key,
                _("%(label)s（%(unit)s）") % {"label": data_words(spec.label), "unit": data_words(spec.unit)}
                if spec.unit
                else data_words(spec.label),
            )
            for spec in specs
        ]


class VoteForm(forms.Form):
    """A named vote."""

    choice = forms.ChoiceField(label=_("表决意见"), choices=Vote.Choice.choices, required=False)
    reason = paragraph(_("理由"), help_text=_("投“不同意”时必须填写。"))


class CloseForm(forms.Form):
    """What the chair adds to the minutes."""

    note = paragraph(_("会议记录补充"), rows=2)
