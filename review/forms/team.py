"""Forms of the assessment team: choose members with kinds and duties, declare."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.models import Organisation
from applications.words import words
from review.actions.team import NewMember
from review.core import team as rules
from review.forms.later import ToldByAction
from review.models.team import KIND_CHOICES
from review.queries.teams import Candidate, MemberRow

NAMED_ROWS = 4
DUTY_CHOICES = [(key, _(name)) for key, name in rules.DUTIES.items()]
SITS_IN = (rules.OBSERVER, _("列席"))


class TeamForm(ToldByAction):
    """Members chosen from candidates, by ticking what each is to do, and members by name only.

    In a team that has begun only the open duties are offered, to newcomers and to those who serve already.
    """

    agency = forms.ChoiceField(label=_("第三方机构"))
    q = forms.CharField(label=_("按姓名查找其他人员"), max_length=64, required=False)
    draw_reason = forms.CharField(label=_("再次抽取的理由"), max_length=300, required=False)

    def __init__(
        self,
        *args: Any,
        agencies: Iterable[Organisation],
        candidates: Sequence[Candidate],
        serving: Sequence[MemberRow] = (),
        vacant: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.candidates, self.serving, self.vacant = candidates, serving, vacant
        self.organisations = {str(row.pk): row for row in agencies}
        choices = [("", _("请选择")), *((key, row.name) for key, row in self.organisations.items())]
        self.fields["agency"].choices = choices  # type: ignore[attr-defined]
        self.offered = offered = [choice for choice in DUTY_CHOICES if not serving or choice[0] in vacant]
        for candidate in self.free:
            self._member_fields(str(candidate.user.pk), [*offered, SITS_IN], candidate.kind)
        for row in self.promotable:
            self._member_fields(str(row.member.user_id), offered, row.member.kind)
        for place in range(NAMED_ROWS):
            self._named_fields(place)

    @property
    def free(self) -> list[Candidate]:
        """The candidates whom nothing bars and who do not serve already."""
        known = {row.member.user_id for row in self.serving}
        return [who for who in self.candidates if not who.reasons and who.user.pk not in known]

    @property
    def promotable(self) -> list[MemberRow]:
        """Those who serve with an account and could take over an open duty."""
        return [row for row in self.serving if row.member.user_id] if self.vacant else []

    def _member_fields(self, key: str, duties: list[Any], kind: str) -> None:
        self.fields[f"duty-{key}"] = forms.MultipleChoiceField(
            label=_("职责"), choices=duties, required=False, widget=forms.CheckboxSelectMultiple
        )
        self.fields[f"kind-{key}"] = forms.ChoiceField(
            label=_("成员类别"), choices=KIND_CHOICES, required=False, initial=kind
        )

    def _named_fields(self, place: int) -> None:
        text = {"required": False}
        self.fields[f"name_{place}"] = forms.CharField(label=_("姓名"), max_length=64, **text)
        kinds = [("", _("请选择")), *KIND_CHOICES]
        self.fields[f"named_kind_{place}"] = forms.ChoiceField(label=_("成员类别"), choices=kinds, **text)
        self.fields[f"unit_{place}"] = forms.CharField(label=_("单位或身份"), max_length=120, **text)
        self.fields[f"elected_{place}"] = forms.CharField(label=_("产生方式"), max_length=120, **text)

    def boxes(self, key: str) -> list[dict[str, Any]]:
        """Return the tick boxes of a person's duties, one for each column of the table."""
        field = self[f"duty-{key}"]
        ticked = {str(value) for value in field.value() or []}
        return [
            {
                "name": field.html_name,
                "id": f"{field.auto_id}_{place}",
                "value": value,
                "label": label,
                "checked": value in ticked,
            }
            for place, (value, label) in enumerate(self.fields[f"duty-{key}"].choices)  # type: ignore[attr-defined]
        ]

    @property
    def columns(self) -> list[Any]:
        """The names of the duties offered to newcomers."""
        return [label for _value, label in [*self.offered, SITS_IN]]

    def rows(self) -> list[dict[str, Any]]:
        """Return the candidates as the table shows them: who, and the fields or the reasons."""
        free = {who.user.pk for who in self.free}
        serving = {row.member.user_id for row in self.serving}
        return [
            {
                "user": who.user,
                "offices": gettext("、").join(dict.fromkeys(who.offices)),
                "at_work": who.at_work,
                "last": who.last,
                "reasons": [words(reason) for reason in who.reasons],
                "boxes": self.boxes(str(who.user.pk)) if who.user.pk in free else [],
                "kind": self[f"kind-{who.user.pk}"] if who.user.pk in free else None,
            }
            for who in self.candidates
            if who.user.pk not in serving
        ]

    def serving_rows(self) -> list[dict[str, Any]]:
        """Return those who serve, with the fields of duties they could take over."""
        open_to = {row.member.user_id for row in self.promotable}
        return [
            {
                "row": row,
                "boxes": self.boxes(str(row.member.user_id)) if row.member.user_id in open_to else [],
            }
            for row in self.serving
        ]

    def named(self) -> list[dict[str, Any]]:
        """Return the lines for members by name only."""
        parts = ("name", "named_kind", "unit", "elected")
        return [
            {"place": place + 1, **{part: self[f"{part}_{place}"] for part in parts}}
            for place in range(NAMED_ROWS)
        ]

    def clean(self) -> dict[str, Any]:
        """Gather the members; whoever has no duty ticked is not one."""
        data = super().clean() or {}
        found = []
        people = [(who.user, str(who.user.pk)) for who in self.free]
        people += [(row.member.user, str(row.member.user_id)) for row in self.promotable]
        for user, key in people:
            duties = data.get(f"duty-{key}") or []
            if duties:
                kind = data.get(f"kind-{key}") or rules.EXPERT
                found.append(NewMember(kind, tuple(duties), user))
        for place in range(NAMED_ROWS):
            found += self._named_member(data, place)
        data["members"] = found
        data["organisation"] = self.organisations.get(str(data.get("agency") or ""))
        return data

    def _named_member(self, data: dict[str, Any], place: int) -> list[NewMember]:
        name, kind = data.get(f"name_{place}", ""), data.get(f"named_kind_{place}", "")
        unit, elected = data.get(f"unit_{place}", ""), data.get(f"elected_{place}", "")
        if not (name or unit or elected or kind):
            return []
        if not name:
            self.add_error(f"name_{place}", _("请填写姓名，或清空本行。"))
        if not kind:
            self.add_error(f"named_kind_{place}", _("请选择成员类别。"))
        return [NewMember(kind, name=name, unit=unit, elected=elected)] if name and kind else []


class DeclarationForm(forms.Form):
    """A member's declaration: no conflict with both undertakings, or the conflict in words."""

    conflict = forms.ChoiceField(
        label=_("利害关系"),
        choices=[
            ("no", _("没有利害关系，可以参加评估")),
            ("yes", _("存在利害关系，申请回避")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择是否存在利害关系。")},
    )
    reason = forms.CharField(
        label=_("利害关系的情形"),
        help_text=_("仅在申请回避时填写，例如亲属任职、两年内曾在该社区工作。"),
        max_length=300,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )
    confidentiality = forms.BooleanField(label=_("我承诺保守工作秘密和个人信息"), required=False)
    integrity = forms.BooleanField(label=_("我承诺廉洁、独立、客观、公正"), required=False)


class StepDownForm(forms.Form):
    """A conflict that has come up while working."""

    reason = forms.CharField(
        label=_("利害关系的情形"),
        help_text=_("提交后本案立即不再向您显示，您未完成的工作由同组成员或接替者办理。"),
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": _("请写明利害关系的具体情形。")},
    )


class ReleaseForm(forms.Form):
    """The county lets a member go who has not declared."""

    member = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("更换理由"), max_length=300)
