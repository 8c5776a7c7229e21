"""Forms of objections and their reconsideration."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.core.facts import parse_fact, plain_value
from applications.core.faults import Faults
from applications.core.standard import Standard
from applications.forms.fields import FoldedChoices
from applications.models import User
from applications.words import data_words, words
from review.forms.publication import paragraph
from review.queries.disputes import Target


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


def indicator_choices(standard: Standard) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the standard's indicators by dimension, for a list to choose from."""
    return [
        (
            data_words(dimension.name),
            [
                (row.id, f"{row.id} {data_words(row.short) or row.content[:24]}")
                for row in dimension.indicators
            ],
        )
        for dimension in standard.dimensions
    ]


class ObjectionForm(forms.Form):
    """An objection with name and contact; both stay with those who handle it."""

    name = forms.CharField(
        label=_("真实姓名"),
        max_length=64,
        error_messages={"required": _("请填写真实姓名；异议须实名提出，姓名不会公开。")},
        widget=forms.TextInput({"autocomplete": "name", "class": "short"}),
        help_text=_("仅用于核实，不公开。"),
    )
    contact = forms.CharField(
        label=_("电话或电子邮箱"),
        max_length=120,
        error_messages={"required": _("请填写电话或电子邮箱，以便送达复核决定；联系方式不会公开。")},
        widget=forms.TextInput({"autocomplete": "tel"}),
        help_text=_("用于送达复核决定，不公开。"),
    )
    indicators = forms.MultipleChoiceField(
        label=_("对哪些指标有异议"),
        required=False,
        widget=FoldedChoices,
        help_text=_("可选多项；不确定时可以不选，在下面写明即可。"),
    )
    text = paragraph(_("异议内容和理由"), _("写明事实、时间、地点，不少于10个字。"), rows=6)
    files = FilesField(
        label=_("佐证材料"), required=False, help_text=_("照片或文件，一次最多5个，可不上传。")
    )

    def __init__(self, *args: Any, standard: Standard, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indicators"].choices = indicator_choices(standard)  # type: ignore[attr-defined]


class ReceiveForm(forms.Form):
    """Whether an objection is accepted."""

    accepted = forms.TypedChoiceField(
        label=_("受理意见"),
        choices=[("yes", _("予以受理")), ("no", _("不予受理"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    reason = paragraph(_("理由"), _("不予受理的，须写明理由，异议人可在进度页面看到。"), required=False)


class DismissForm(forms.Form):
    """The decision that an objection does not hold."""

    heard = paragraph(_("双方陈述要点"), _("异议人和评审组各自的陈述。"))
    reason = paragraph(_("决定理由"), _("异议人可在进度页面看到。"))


def reviewers_field(label: Any, help_text: Any) -> forms.ModelMultipleChoiceField:
    """Return the field for who judges again; the form puts in whom it offers."""
    return forms.ModelMultipleChoiceField(
        label=label, queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple, help_text=help_text
    )


class UpholdForm(DismissForm):
    """The decision that an objection holds: what is judged again, and by whom."""

    indicators = forms.MultipleChoiceField(label=_("重新评审的指标"), widget=FoldedChoices)
    reviewers = reviewers_field(_("两名评审员"), _("只列出未参与本案、未回避的在任评审员，须选两名。"))

    def __init__(self, *args: Any, standard: Standard, eligible: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indicators"].choices = indicator_choices(standard)  # type: ignore[attr-defined]
        self.fields["reviewers"].queryset = eligible  # type: ignore[attr-defined]


class ReappointForm(forms.Form):
    """Who judges again in the place of somebody who left."""

    reviewers = reviewers_field(_("评审员"), _("只列出未参与本案、未回避、未曾指定过的在任评审员。"))

    def __init__(self, *args: Any, eligible: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reviewers"].queryset = eligible  # type: ignore[attr-defined]


class TargetsForm(forms.Form):
    """A judgement and a note for each disputed matter: reached or not, or the fact as it is."""

    def __init__(self, *args: Any, targets: Sequence[Target], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.targets = list(targets)
        for target in self.targets:
            self.fields[target.field] = self.value_field(target)
            self.fields[f"note_{target.field}"] = paragraph(_("评审依据"), rows=2)

    def value_field(self, target: Target) -> forms.Field:
        """Return the field that asks for a target's value."""
        if target.spec is None:
            return forms.TypedChoiceField(
                label=_("评审结论"),
                choices=[("yes", _("达到")), ("no", _("未达到"))],
                coerce=lambda answer: answer == "yes",
                widget=forms.RadioSelect,
            )
        unit = target.spec.unit
        return forms.CharField(
            label=_("核实后的数值（%(unit)s）") % {"unit": unit} if unit else _("核实后的数值"),
            help_text=_("按材料和现场核实的结果填写；每季度、每月或每个网格一个数的，用逗号隔开。"),
            max_length=400,
        )

    def clean(self) -> dict[str, Any]:
        """Read every fact as the core reads it, each fault beside its field."""
        cleaned = super().clean() or {}
        for target in self.targets:
            if target.spec is None or not cleaned.get(target.field):
                continue
            try:
                cleaned[target.field] = plain_value(parse_fact(target.spec, cleaned[target.field]))
            except Faults as error:
                self.add_error(target.field, [words(fault.text) for fault in error.faults])
        return cleaned

    def values(self) -> dict[str, Any]:
        """Return the values by target."""
        return {target.key: self.cleaned_data[target.field] for target in self.targets}

    def notes(self) -> dict[str, str]:
        """Return the notes by target."""
        return {target.key: self.cleaned_data[f"note_{target.field}"] for target in self.targets}

    def rows(self) -> Iterable[tuple[Target, Any, Any]]:
        """Yield each target with its two bound fields, for the page."""
        for target in self.targets:
            yield target, self[target.field], self[f"note_{target.field}"]


class ConcludeForm(TargetsForm):
    """The conclusion after the second judgement, with a settlement for each matter on which the two differ."""

    reason = paragraph(_("复核结论和理由"), _("异议人可在进度页面看到。"))

    field_order = ["reason"]


class ServeForm(forms.Form):
    """How the decision was served."""

    how = paragraph(_("送达情况"), _("写明送达方式、时间和签收人，例如：电话告知本人，3月20日10时。"), rows=2)
