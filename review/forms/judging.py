"""Forms of the review, the settlement and the team's opinion. Nothing is required here: the actions say what is missing."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from review.actions.judging import LONGEST, Answer
from review.actions.opinion import Parts
from review.actions.settling import Ruling, field
from review.models import Judgement
from review.queries.judgements import Settled

YES_NO = [("yes", _("达到")), ("no", _("未达到"))]
VERDICTS = {"yes": True, "no": False}
# value, words, look and icon of the big answer
OPTIONS = [("yes", _("达到"), "yes", "check"), ("no", _("未达到"), "no", "x")]


def verdict_word(reached: bool | None) -> str:
    """Return a conclusion as the form's value."""
    return "" if reached is None else "yes" if reached else "no"


class Asked(forms.CharField):
    """A text that is asked for, but may be empty in a draft: whether it is missing, the action says."""

    def validate(self, value: Any) -> None:
        """Take anything; the length is checked by the validators."""


def paragraph(label: Any, rows: int = 3, help_text: Any = "", longest: int = LONGEST) -> forms.CharField:
    """Return an optional field for a paragraph."""
    area = forms.Textarea({"rows": rows, "class": "full"})
    return forms.CharField(label=label, required=False, widget=area, help_text=help_text, max_length=longest)


def asked(label: Any, rows: int = 3, help_text: Any = "", longest: int = LONGEST) -> Asked:
    """Return a field for a paragraph that must be there in the end."""
    area = forms.Textarea({"rows": rows, "class": "full"})
    return Asked(label=label, widget=area, help_text=help_text, max_length=longest)


class JudgeForm(forms.Form):
    """A reviewer's answer on one indicator."""

    reached = forms.ChoiceField(label=_("评审结论"), choices=YES_NO, required=False)
    note = paragraph(_("评审说明"), help_text=_("结论与社区自评不同时必须填写。"))
    finding = paragraph(_("发现的问题"), rows=2)
    suggestion = paragraph(_("改进建议"), rows=2)
    severity = forms.ChoiceField(
        label=_("问题程度"), choices=Judgement.Severity.choices, required=False, initial="minor"
    )

    @property
    def answer(self) -> Answer:
        """What was typed."""
        data = self.cleaned_data
        return Answer(
            reached=VERDICTS.get(data["reached"]),
            note=data["note"],
            finding=data["finding"],
            suggestion=data["suggestion"],
            severity=data["severity"] or Judgement.Severity.MINOR,
        )


class PlainForm(forms.Form):
    """A button that needs nothing typed."""


class RulingsForm(forms.Form):
    """A conclusion and a reason for each of some indicators; ``rows`` pairs them with their fields."""

    paragraph = staticmethod(asked)
    use_required_attribute = False

    def __init__(self, *args: Any, outcomes: Iterable[Settled] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.outcomes = list(outcomes)
        for row in self.outcomes:
            key = row.item.id
            last = row.settlement
            self.fields[field("reached", key)] = forms.ChoiceField(
                label=_("合议结论"),
                choices=YES_NO,
                required=False,
                initial=verdict_word(last.reached if last else None),
            )
            reason = self.paragraph(_("合议理由"), rows=2)
            reason.initial = last.reason if last else ""
            self.fields[field("reason", key)] = reason

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each indicator with its two bound fields."""
        return [
            {
                "outcome": row,
                "reached": self[field("reached", row.item.id)],
                "reason": self[field("reason", row.item.id)],
            }
            for row in self.outcomes
        ]

    @property
    def rulings(self) -> Mapping[str, Ruling]:
        """What was typed, by indicator."""
        data = self.cleaned_data
        return {
            row.item.id: Ruling(
                VERDICTS.get(data[field("reached", row.item.id)]), data[field("reason", row.item.id)]
            )
            for row in self.outcomes
        }


class OpinionForm(forms.Form):
    """Three parts of the opinion that are written; the record of the process is generated."""

    use_required_attribute = False

    conclusion = asked(_("评价结论"), rows=6, longest=8000)
    problems = asked(_("主要存在问题"), rows=6, longest=8000)
    suggestions = asked(_("改进建议"), rows=6, longest=8000)
    adopted = forms.MultipleChoiceField(
        label=_("采纳的问题"), required=False, widget=forms.MultipleHiddenInput
    )

    def __init__(self, *args: Any, noted: Iterable[Judgement] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["adopted"].choices = [(str(row.pk), row.indicator) for row in noted]  # type: ignore[attr-defined]

    @property
    def parts(self) -> Parts:
        """What was typed."""
        data = self.cleaned_data
        return Parts(data["conclusion"], data["problems"], data["suggestions"])

    @property
    def chosen(self) -> set[int]:
        """The judgements whose findings are adopted."""
        return {int(key) for key in self.cleaned_data["adopted"]}


class ResettleForm(RulingsForm):
    """The answer to the committee, and one indicator settled anew at most for each pair of fields that was filled."""

    paragraph = staticmethod(paragraph)

    reply = asked(_("对评定委员会意见的答复"), rows=4)

    @property
    def rulings(self) -> Mapping[str, Ruling]:
        """Only what was changed or reasoned: untouched indicators stay as they are."""
        found = super().rulings
        return {
            row.item.id: found[row.item.id]
            for row in self.outcomes
            if found[row.item.id].reason.strip() or _differs(row, found[row.item.id])
        }


def _differs(row: Settled, ruling: Ruling) -> bool:
    return ruling.reached is not None and ruling.reached != row.reached
