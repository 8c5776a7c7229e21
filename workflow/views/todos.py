"""Reassigning a to-do, and doing one thing to several of them with a result for each."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import OuterRef, QuerySet, Subquery
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from applications import clock
from applications.actions.jobs import Wanted, start
from applications.actions.reassignment import candidates, may_reassign, reassign
from applications.errors import Refused
from applications.models import Case, Membership, Todo, User
from applications.permissions import visible_cases
from applications.views.base import CasePage
from workflow.bulk import DO, MOST, TITLES, chosen
from workflow.desk import Desk, words_of

SHOWN = 50  # rows named on the page that asks for more


class Colleague(forms.ModelChoiceField):
    """A choice of people, told apart by their offices."""

    def label_from_instance(self, person: Any) -> str:
        """Return name and office."""
        return f"{person.name}（{person.office}）" if person.office else person.name


class ReassignForm(forms.Form):
    """To whom, and why."""

    to = Colleague(
        label=gettext_lazy("改派给"),
        queryset=User.objects.none(),
        empty_label=gettext_lazy("请选择"),
        error_messages={"invalid_choice": gettext_lazy("所选人员不能办理该事项，请另选一人。")},
    )
    reason = forms.CharField(
        label=gettext_lazy("改派理由"), max_length=200, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, people: QuerySet[User] | None = None, **kwargs: Any) -> None:
        kwargs.pop("prefix", None)
        super().__init__(*args, **kwargs)
        first = Membership.objects.filter(user=OuterRef("pk"), active=True).order_by("pk")
        rows = User.objects.none() if people is None else people
        self.fields["to"].queryset = rows.annotate(  # type: ignore[attr-defined]
            office=Subquery(first.values("organisation__name")[:1])
        )


class ReassignPage(CasePage):
    """Hand one open to-do over to a colleague who may do it."""

    template_name = "workflow/reassign.html"
    right = "reassign_task"
    verbs = {"reassign": ReassignForm}

    @property
    def row(self) -> Todo:
        """The to-do of the URL, of this case only."""
        found = get_object_or_404(
            Todo.objects.select_related("assignee", "run"), pk=self.kwargs["pk"], case=self.case
        )
        found.case = self.case
        return found

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Offer those who may get it."""
        return {"people": candidates(self.row)}

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the to-do and whether it can be handed over."""
        row = self.row
        return {
            **super().context(forms),
            "todo": row,
            "label": words_of(row)[0],
            "possible": may_reassign(self.request.user, row),  # type: ignore[arg-type]
            "form": forms["reassign"],
        }

    def perform_reassign(self, form: Any) -> None:
        """Hand it over."""
        row, data = self.row, form.cleaned_data
        reassign(row, to=data["to"], reason=data["reason"], by=self.request.user, at=self.at)  # type: ignore[arg-type]
        self.say(_("“%(step)s”已改派给%(name)s。") % {"step": words_of(row)[0], "name": data["to"].name})


class PassForm(forms.Form):
    """What is said of each of several applications that are passed on."""

    opinion = forms.CharField(
        label=gettext_lazy("审核意见"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    checked = forms.BooleanField(
        label=gettext_lazy("所选各件均已核对：材料齐全、符合规定形式、符合申报条件。"),
        error_messages={"required": gettext_lazy("请确认所选各件均已核对；有问题的请先从所选中去掉。")},
    )


def asked_rows(request: HttpRequest) -> list[tuple[int, int | None]]:
    """Return the rows that were ticked, or all of the list where that was asked for: target and case."""
    user: Any = request.user
    if request.POST.get("all") == "1":
        query = QueryDict(request.POST.get("query", "")).dict()
        found = Desk(user, query, clock.today()).listed(MOST)  # type: ignore[arg-type]
        return [(row.pk, row.pk if isinstance(row, Case) else row.case_id) for row in found]
    ids = [int(raw) for raw in request.POST.getlist("ids") if raw.isdecimal() and len(raw) < 16][:MOST]
    if request.POST.get("tab") == "watched" or request.POST.get("do") == "unwatch":
        return [(pk, pk) for pk in visible_cases(user).filter(pk__in=ids).values_list("pk", flat=True)]
    known = chosen(user, ids)
    return [(pk, known[pk].case_id) for pk in dict.fromkeys(ids) if pk in known]


@require_POST
@login_required
def bulk(request: HttpRequest) -> HttpResponse:
    """Do the chosen thing to each ticked row; a page of its own tells what became of every one."""
    what = request.POST.get("do", "")
    if what not in DO:
        raise Refused(_("没有名为“%(verb)s”的操作，请从页面上的按钮提交。") % {"verb": what[:40]})
    if request.POST.get("all") != "1" and not any(raw.isdecimal() for raw in request.POST.getlist("ids")):
        raise Refused(_("没有勾选任何事项，请先在列表中勾选。"))
    rows = asked_rows(request)
    if not rows:
        return redirect("desk")
    if what == "reassign":
        return reassign_several(request, rows)
    if what == "pass":
        return pass_several(request, rows)
    if what in ("watch", "unwatch"):
        rows = list({case: (target, case) for target, case in rows}.values())
    return begin(request, what, rows, {})


def begin(
    request: HttpRequest, what: str, rows: list[tuple[int, int | None]], asked: dict[str, Any]
) -> HttpResponse:
    """Begin the job and lead to its page."""
    title = _("%(what)s（%(n)s件）") % {"what": TITLES[what], "n": len(rows)}
    back = f"{reverse('desk')}?{QueryDict(request.POST.get('query', '')).urlencode()}"
    wanted = Wanted(f"bulk.{what}", title, {**asked, "back": back}, rows)
    return redirect("job", start(wanted, by=request.user, at=clock.now()).pk)  # type: ignore[arg-type]


def shown(request: HttpRequest, rows: list[tuple[int, int | None]], form: forms.Form) -> dict[str, Any]:
    """Return what a page shows that asks for more before several rows are done."""
    known = chosen(request.user, [target for target, _case in rows])  # type: ignore[arg-type]
    return {
        "form": form,
        "known": [known[target] for target, _case in rows if target in known],
        "count": len(rows),
        "tab": request.POST.get("tab", ""),
        "all": request.POST.get("all", ""),
        "query": request.POST.get("query", ""),
    }


def reassign_several(request: HttpRequest, rows: list[tuple[int, int | None]]) -> HttpResponse:
    """Ask to whom and why, offering who may get all of them; then hand each over."""
    form = ReassignForm()
    context = shown(request, rows, form)
    verdicts = [(row, may_reassign(request.user, row)) for row in context["known"][:SHOWN]]  # type: ignore[arg-type]
    kinds = {(row.permission, row.path, row.node): row for row, verdict in verdicts if verdict.ok}
    shared = [set(candidates(row).values_list("pk", flat=True)) for row in kinds.values()]
    people = User.objects.filter(pk__in=set.intersection(*shared) if shared else []).order_by("name", "pk")
    sent = "reason" in request.POST
    form = ReassignForm(request.POST if sent else None, people=people)
    if sent and form.is_valid():
        data = form.cleaned_data
        return begin(request, "reassign", rows, {"to": data["to"].pk, "reason": data["reason"]})
    listed = [{"row": row, "label": words_of(row)[0], "verdict": verdict} for row, verdict in verdicts]
    context |= {"form": form, "rows": listed, "possible": bool(kinds)}
    return render(request, "workflow/bulk_reassign.html", context, status=422 if form.errors else 200)


def pass_several(request: HttpRequest, rows: list[tuple[int, int | None]]) -> HttpResponse:
    """Ask for the opinion that each application is passed on with; then pass on those without a noted defect."""
    sent = "opinion" in request.POST
    form = PassForm(request.POST if sent else None)
    if sent and form.is_valid():
        return begin(request, "pass", rows, {"opinion": form.cleaned_data["opinion"]})
    context = shown(request, rows, form)
    context["rows"] = [{"row": row, "label": words_of(row)[0]} for row in context["known"][:SHOWN]]
    return render(request, "workflow/bulk_pass.html", context, status=422 if form.errors else 200)
