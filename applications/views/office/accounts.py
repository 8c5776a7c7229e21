"""Accounts: list, one person, a stand-in of one's own."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from applications import clock
from applications.actions import accounts
from applications.models import Membership, Organisation, StandIn, User
from applications.permissions import active_memberships
from applications.views.office import forms
from applications.views.office.base import OfficePage


class People(OfficePage):
    """The list of accounts, with the form for a new one."""

    template_name = "office/people.html"
    right = "manage_accounts"
    verbs = {"create": forms.AccountForm}

    def context(self, forms: dict[str, Any]) -> dict[str, Any]:
        """Add the accounts that match."""
        words = self.request.GET.get("q", "").strip()
        people = User.objects.prefetch_related("memberships__organisation", "memberships__region").order_by(
            "pk"
        )
        if words:
            people = people.filter(
                Q(name__icontains=words)
                | Q(username__icontains=words)
                | Q(memberships__organisation__name__icontains=words)
            ).distinct()
        page = Paginator(people, 30).get_page(self.request.GET.get("page"))
        return {**super().context(forms), "page": page, "q": words}

    def perform_create(self, form: Any) -> str:
        """Make the account and go to the person's page, where the roles are given."""
        person = accounts.create(**form.cleaned_data, by=self.request.user, at=self.at)
        self.say(_("账号已建立。请在本页任命角色，并把设置密码的链接交给本人。"))
        return f"/office/people/{person.pk}/"


class Person(OfficePage):
    """One person: roles, password link, active or not."""

    template_name = "office/person.html"
    right = "manage_accounts"
    verbs = {
        "appoint": forms.AppointForm,
        "dismiss": forms.MembershipForm,
        "deactivate": forms.NothingForm,
        "activate": forms.NothingForm,
        "link": forms.NothingForm,
    }

    @property
    def person(self) -> User:
        """The person of the page."""
        return get_object_or_404(User, pk=self.kwargs["pk"])

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Start an appointment today."""
        return {"initial": {"since": clock.day_of(self.at).isoformat()}} if verb == "appoint" else {}

    def context(self, forms: dict[str, Any]) -> dict[str, Any]:
        """Add the person with every membership, ended ones too."""
        person = self.person
        roles = person.memberships.select_related("organisation", "region").order_by("-active", "pk")
        link = self.request.session.pop("password_link", None)
        return {**super().context(forms), "person": person, "memberships": roles, "link": link}

    def perform_appoint(self, form: Any) -> None:
        """Give the person a role; an organisation that is not registered yet is registered."""
        data = dict(form.cleaned_data)
        organisation, _made = Organisation.objects.get_or_create(
            name=data.pop("organisation"), region=data["region"], defaults={"kind": data.pop("kind")}
        )
        data.pop("kind", None)
        accounts.appoint(self.person, organisation=organisation, **data, by=self.request.user, at=self.at)
        self.say(_("任命已生效。"))

    def perform_dismiss(self, form: Any) -> None:
        """End a membership."""
        membership = get_object_or_404(Membership, pk=form.cleaned_data["membership"], user=self.person)
        accounts.dismiss(membership, by=self.request.user, at=self.at)
        self.say(_("职务已免去，权限即时终止。"))

    def perform_deactivate(self, form: Any) -> None:
        """Deactivate the account."""
        accounts.set_active(self.person, active=False, by=self.request.user, at=self.at)
        self.say(_("账号已停用，登录状态即时失效，历史记录全部保留。"))

    def perform_activate(self, form: Any) -> None:
        """Reactivate the account."""
        accounts.set_active(self.person, active=True, by=self.request.user, at=self.at)
        self.say(_("账号已恢复使用。"))

    def perform_link(self, form: Any) -> None:
        """Show a one-time link for setting a password."""
        self.request.session["password_link"] = accounts.password_link(self.person)


class MyStandIn(OfficePage):
    """A stand-in for one's own absence."""

    template_name = "office/stand_in.html"
    verbs = {"arrange": forms.StandInForm, "end": forms.MembershipForm}

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Offer the active colleagues of one's own organisations."""
        if verb != "arrange":
            return {}
        own = active_memberships(self.request.user).filter(user=self.request.user).values("organisation")
        colleagues = User.objects.filter(
            is_active=True, memberships__active=True, memberships__organisation__in=own
        ).exclude(pk=self.request.user.pk)
        return {"people": colleagues.distinct().order_by("name")}

    def context(self, forms: dict[str, Any]) -> dict[str, Any]:
        """Add the arrangements of and for this person."""
        me = self.request.user
        rows = StandIn.objects.filter(Q(absent=me) | Q(substitute=me)).select_related("absent", "substitute")
        return {**super().context(forms), "rows": rows.order_by("-pk")[:20]}

    def perform_arrange(self, form: Any) -> None:
        """Arrange the stand-in."""
        me = self.request.user
        accounts.arrange_stand_in(me, **form.cleaned_data, by=me, at=self.at)
        self.say(_("代理已安排。"))

    def perform_end(self, form: Any) -> None:
        """End a stand-in early."""
        row = get_object_or_404(StandIn, pk=form.cleaned_data["membership"], absent=self.request.user)
        accounts.end_stand_in(row, by=self.request.user, at=self.at)
        self.say(_("代理已结束。"))
