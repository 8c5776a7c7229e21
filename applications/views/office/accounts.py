"""Accounts: list, one person, a stand-in of one's own."""

import csv
import io
from typing import Any

from django.core.files.base import ContentFile
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from applications import clock
from applications.actions import account_imports, accounts, imports, jobs
from applications.actions.account_imports import employer_of
from applications.core.roles import ROLES
from applications.errors import FieldFault, Invalid
from applications.models import Membership, StandIn, User
from applications.permissions import active_memberships
from applications.queries.naming import holding
from applications.views.base import READING
from applications.views.office import forms
from applications.views.office.base import OfficePage

MOST_LINKS = 2000
SAMPLE = (
    ("zhouguilan", "周桂兰", "社区申报员", "360102002901", "", "13800000001", ""),
    ("hujianjun", "胡建军", "街道经办人", "360102002", "公园街道办事处", "13800000002", "hu@example.org"),
)


def as_csv(text: str, name: str) -> HttpResponse:
    """Return a file that spreadsheets open with the right letters."""
    response = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


class People(OfficePage):
    """The list of accounts, with the form for a new one."""

    template_name = "office/people.html"
    right = "manage_accounts"
    verbs = {"create": forms.AccountForm, "load": forms.FileForm}

    def context(self, forms: dict[str, Any]) -> dict[str, Any]:
        """Add the accounts that match."""
        words = self.request.GET.get("q", "").strip()
        people = User.objects.prefetch_related("memberships__organisation", "memberships__region").order_by(
            "pk"
        )
        if words:
            offices = Membership.objects.filter(holding(words, "organisation__name"))
            people = people.filter(
                holding(words, "name") | holding(words, "username") | Q(pk__in_array=offices.values("user"))
            )
        page = Paginator(people, 30).get_page(self.request.GET.get("page"))
        waiting = accounts.not_started().count()
        return {**super().context(forms), "page": page, "q": words, "waiting": waiting}

    def perform_load(self, form: Any) -> str:
        """Import the file; a long one is read here, so that what is wrong is told at once, and written by the worker."""
        file, me = form.cleaned_data["file"], self.request.user
        content = file.read(imports.MOST_BYTES + 1)
        if len(account_imports.read_accounts(file.name, content, by=me)) > account_imports.AT_ONCE:
            asked = {"name": file.name, "back": reverse("people_links")}
            source = ContentFile(content)
            wanted = jobs.Wanted(account_imports.KIND, _("导入账号"), asked, source=source)
            return reverse("job", kwargs={"pk": jobs.start(wanted, by=me, at=self.at).pk})
        made = account_imports.import_accounts(file.name, content, by=me, at=self.at)
        self.say(account_imports.told_of(made))
        return reverse("people_links")

    def perform_create(self, form: Any) -> str:
        """Make the account and go to the person's page, where the roles are given."""
        person = accounts.create(**form.cleaned_data, by=self.request.user, at=self.at)
        self.say(_("账号已建立。请在本页任命角色，并把设置密码的链接交给本人。"))
        return f"/office/people/{person.pk}/"


class PeopleLinks(OfficePage):
    """The accounts for which nobody has set a password yet, and a list of one-time links to hand over."""

    template_name = "office/people_links.html"
    right = "manage_accounts"

    def found(self) -> tuple[QuerySet[User], str]:
        """Return the accounts that match, and the words."""
        words = self.request.GET.get("q", "").strip()[:64]
        rows = accounts.not_started().prefetch_related("memberships__organisation")
        if words:
            office = Q(memberships__organisation__name__icontains=words, memberships__active=True)
            rows = rows.filter(Q(name__icontains=words) | Q(username__icontains=words) | office).distinct()
        return rows, words

    def context(self, forms: dict[str, Any]) -> dict[str, Any]:
        """Add a page of them."""
        rows, words = self.found()
        page = Paginator(rows, 30).get_page(self.request.GET.get("page"))
        return {**super().context(forms), "page": page, "q": words, "days": accounts.FIRST.days}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Hand out the list as a file; it is made for this download and kept nowhere."""
        users = list(self.found()[0][:MOST_LINKS])
        until = date_format(localtime(clock.wall() + accounts.FIRST), "Y-m-d H:i")
        out = io.StringIO()
        sheet = csv.writer(out)
        sheet.writerow(
            [_("姓名"), _("登录名"), _("单位"), _("角色"), _("设置密码的一次性链接"), _("有效期至")]
        )
        for user, link in accounts.invite(users, by=request.user, at=self.at):  # type: ignore[arg-type]
            held = [row for row in user.memberships.all() if row.active]
            offices = _("、").join(dict.fromkeys(row.organisation.name for row in held))
            roles = _("、").join(dict.fromkeys(str(row.get_role_display()) for row in held))
            sheet.writerow(
                [user.name, user.username, offices, roles, request.build_absolute_uri(link), until]
            )
        return as_csv(out.getvalue(), "links.csv")


class AccountsSample(OfficePage):
    """An example file with the columns of the import of accounts."""

    right = "manage_accounts"
    http_method_names = READING

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Hand the file out."""
        out = io.StringIO()
        csv.writer(out).writerows([[names[1] for names in account_imports.COLUMNS.values()], *SAMPLE])
        return as_csv(out.getvalue(), "accounts.csv")


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
        until = clock.wall() + accounts.link_life(person)
        return {
            **super().context(forms),
            "person": person,
            "memberships": roles,
            "link": link,
            "until": until,
        }

    def perform_appoint(self, form: Any) -> None:
        """Give the person a role; an organisation that is not registered yet is registered."""
        data = dict(form.cleaned_data)
        name, role = data.pop("organisation").strip(), ROLES[data["role"]]
        if not name and role.employer != "community":
            raise Invalid([FieldFault("organisation", _("请填写单位名称。"))])
        organisation = employer_of(role, data["region"], name)
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
        link = accounts.issue_password_link(self.person, by=self.request.user, at=self.at)
        self.request.session["password_link"] = link


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
