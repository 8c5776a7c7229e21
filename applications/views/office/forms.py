"""Forms of the office pages."""

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from applications.core import terms
from applications.core.policies import POLICIES, PolicySpec, Support
from applications.core.policy_words import NAMES, OPTIONS
from applications.core.roles import ROLES
from applications.core.standard import Standard as Rules
from applications.models import Batch, Organisation, Region, Standard, User
from applications.queries.standards import standard_of


def day(label: Any, **kwargs: Any) -> forms.DateField:
    """Return a field for a day."""
    return forms.DateField(label=label, widget=forms.DateInput({"type": "date", "class": "short"}), **kwargs)


class AccountForm(forms.Form):
    """A new account."""

    username = forms.CharField(
        label=_("登录名"),
        max_length=64,
        validators=User._meta.get_field("username").validators,
        help_text=_("文字、数字和 . @ + - _，本人登录时使用。"),
    )
    name = forms.CharField(label=_("姓名"), max_length=64)
    email = forms.EmailField(label=_("电子邮箱"), required=False)
    phone = forms.CharField(label=_("电话"), max_length=32, required=False)


class AppointForm(forms.Form):
    """A role for a person: region and organisation by code and name, as they stand in the register."""

    role = forms.ChoiceField(label=_("角色"), choices=[(key, _(role.name)) for key, role in ROLES.items()])
    region = forms.ModelChoiceField(
        label=_("管辖区划代码"),
        queryset=Region.objects.all(),
        to_field_name="code",
        widget=forms.TextInput({"inputmode": "numeric", "class": "short"}),
        help_text=_("例如 36 为全省，360102 为县，360102002 为街道，12 位为社区。"),
        error_messages={"invalid_choice": _("没有代码为“%(value)s”的区划，请核对后重填。")},
    )
    organisation = forms.CharField(
        label=_("单位名称"),
        max_length=120,
        required=False,
        help_text=_("已登记的单位会直接使用，没有登记的自动登记；社区人员可以不填，即为该社区居民委员会。"),
    )
    since = day(_("任职起"))


class MembershipForm(forms.Form):
    """Which membership is meant."""

    membership = forms.IntegerField(widget=forms.HiddenInput)


class NothingForm(forms.Form):
    """A button without fields."""


class ReasonForm(forms.Form):
    """Why something is sent back; the action asks for it."""

    reason = forms.CharField(
        label=_("退回意见"), required=False, max_length=300, widget=forms.Textarea({"rows": 3})
    )


class ExtendForm(forms.Form):
    """A later end of the application period, with the reason."""

    closes_on = day(_("新的申报截止日"))
    reason = forms.CharField(
        label=_("延长的理由"), required=False, max_length=300, widget=forms.Textarea({"rows": 2})
    )


class StandInForm(forms.Form):
    """A stand-in for the signed-in person."""

    substitute = forms.ModelChoiceField(
        label=_("代理人"), queryset=User.objects.none(), empty_label=_("请选择")
    )
    starts_on = day(_("代理起"))
    ends_on = day(_("代理止"))
    reason = forms.CharField(label=_("事由"), max_length=200)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["substitute"].queryset = people  # type: ignore[attr-defined]


class FileForm(forms.Form):
    """A file to import."""

    file = forms.FileField(label=_("文件"), help_text=_("xlsx 或 csv，首行为列名。"))


class NoticeForm(forms.Form):
    """A year's holiday notice, a day or a span a line."""

    year = forms.IntegerField(
        label=_("年份"),
        min_value=2004,
        max_value=2100,
        widget=forms.TextInput({"inputmode": "numeric", "class": "tiny"}),
    )
    notice_no = forms.CharField(label=_("通知文号"), max_length=80)
    text = forms.CharField(
        label=_("放假与调休"),
        help_text=_(
            "每行一天或一段：“2027-01-01 休 元旦”“2027-02-05 至 2027-02-11 休 春节”“2027-02-14 班”。"
        ),
        widget=forms.Textarea({"rows": 10}),
    )


class YearForm(forms.Form):
    """Which year is meant."""

    year = forms.IntegerField(widget=forms.HiddenInput)


def _explained(spec: PolicySpec, known: list[Rules]) -> str:
    """Why the standard's default is what it is, and which options are not offered for what reason."""
    asked = [ambiguity for ambiguity in (rules.ambiguity(spec.key) for rules in known) if ambiguity]
    chinese = (get_language() or "zh").startswith("zh")
    why = {row.rationale_zh if chinese else row.rationale for row in asked}
    said = [why.pop()] if len(why) == 1 else []
    refused = [str(_(OPTIONS[key])) for key, how in spec.options.items() if how is Support.REFUSED]
    if refused:
        left_out = gettext("不提供“%(options)s”：%(why)s")
        said.append(left_out % {"options": gettext("、").join(refused), "why": _(spec.refusal)})
    return " ".join(said)


class BatchForm(forms.ModelForm):
    """A batch with its policy and terms; what is left at the default is not stored as a difference."""

    class Meta:
        model = Batch
        fields = (
            "name",
            "year",
            "organiser",
            "basis_kind",
            "basis",
            "purpose",
            "explanation",
            "scope",
            "opens_on",
            "closes_on",
            "reference_date",
            "standard",
            "publish_indicators",
        )
        widgets = {
            "year": forms.TextInput({"inputmode": "numeric", "class": "tiny"}),
            "purpose": forms.Textarea({"rows": 3}),
            "explanation": forms.Textarea({"rows": 6}),
            "opens_on": forms.DateInput({"type": "date", "class": "short"}, format="%Y-%m-%d"),
            "closes_on": forms.DateInput({"type": "date", "class": "short"}, format="%Y-%m-%d"),
            "reference_date": forms.DateInput({"type": "date", "class": "short"}, format="%Y-%m-%d"),
        }
        help_texts = {
            "explanation": _("与通知同时发布：条件、时间、怎么评、不收取任何费用。"),
            "basis": _("批准文号，或说明属于业务性质的等级评定。"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organiser"].queryset = Organisation.objects.filter(
            kind="office", region__level="province"
        )
        self.fields["scope"].queryset = Region.objects.filter(level__in=["province", "city"])
        self.fields["standard"].queryset = Standard.objects.filter(state__in=["published", "frozen"])
        own = self.instance.terms or {}
        self._ask_policy()
        for key, term in terms.DEFAULTS.items():
            self.fields[f"term_{key}"] = forms.IntegerField(
                label=_(term.name),
                initial=own.get(key, {}).get("budget", term.budget),
                widget=forms.TextInput({"inputmode": "numeric", "class": "tiny"}),
                help_text=f"{_(terms.UNITS[term.unit])} · {_(term.source)}",
            )
        self.fields["on_return"] = forms.ChoiceField(
            label=_("受理期限暂停后"),
            choices=[(option, _(words)) for option, words in terms.ON_RETURN.items()],
            initial=own.get("intake", {}).get("on_return", "continue"),
            help_text=_("材料退回补正期间，受理期限暂停。"),
        )

    def _ask_policy(self) -> None:
        """A choice for each open question; what is left alone follows the standard that the batch is opened on."""
        used = standard_of(self.instance.standard).policy_defaults if self.instance.pk else {}
        own = {key: option for key, option in (self.instance.policy or {}).items() if used.get(key) != option}
        known = [standard_of(row) for row in self.fields["standard"].queryset.defer("content")]
        for key, spec in POLICIES.items():
            options = [option for option, support in spec.options.items() if support is not Support.REFUSED]
            usual = {rules.policy_defaults[key] for rules in known}
            alone = _("按所选标准的默认口径")
            if len(usual) == 1:
                alone = _("按标准默认：%(option)s") % {"option": _(OPTIONS[usual.pop()])}
            self.fields[f"policy_{key}"] = forms.ChoiceField(
                label=_(NAMES[key]),
                choices=[("", alone), *((option, _(OPTIONS[option])) for option in options)],
                initial=own.get(key, ""),
                required=False,
                help_text=_explained(spec, known),
            )

    def _post_clean(self) -> None:
        """Leave the record alone: only the action writes."""

    def group(self, prefix: str) -> list[Any]:
        """Return the bound fields whose names begin so, for a fieldset of the page."""
        return [self[name] for name in self.fields if name.startswith(prefix)]

    @property
    def main(self) -> list[Any]:
        """The fields of the batch itself."""
        return [self[name] for name in self.Meta.fields]

    @property
    def policies(self) -> list[Any]:
        """The fields of the scoring policy."""
        return self.group("policy_")

    @property
    def budgets(self) -> list[Any]:
        """The fields of the terms."""
        return [*self.group("term_"), self["on_return"]]
