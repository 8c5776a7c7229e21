"""Reassigning a to-do, and doing one thing to several of them with a result for each."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import OuterRef, QuerySet, Subquery
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from applications import clock
from applications.actions import watching
from applications.actions.reassignment import candidates, may_reassign, reassign
from applications.errors import Refused
from applications.models import Case, Membership, Todo, User
from applications.permissions import open_todos, visible_cases
from applications.views.base import CasePage
from workflow.desk import done_todos, office_todos, words_of

MOST = 100  # rows at once


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


@dataclass(frozen=True)
class Result:
    """What became of one row."""

    case: Case
    label: Any
    ok: bool
    sentence: str


@require_POST
@login_required
def bulk(request: HttpRequest) -> HttpResponse:
    """Do the chosen thing to each ticked row; the answer lists what became of every one."""
    ids = [int(raw) for raw in request.POST.getlist("ids") if raw.isdecimal() and len(raw) < 16][:MOST]
    what, tab = request.POST.get("do", ""), request.POST.get("tab", "")
    if not ids:
        raise Refused(_("没有勾选任何事项，请先在列表中勾选。"))
    if what == "unwatch" or (what == "watch" and tab == "watched"):
        return _results(request, watched(request, ids, what), tab)
    rows = chosen(request.user, ids)  # type: ignore[arg-type]
    if what == "watch":
        cases = {row.case_id: row.case for row in rows}
        return _results(request, watched(request, list(cases), what), tab)
    if what == "reassign":
        return reassign_several(request, rows, tab)
    raise Refused(_("没有名为“%(verb)s”的操作，请从页面上的按钮提交。") % {"verb": what[:40]})


def chosen(user: User, ids: list[int]) -> list[Todo]:
    """Return the ticked to-dos that are on one of the person's tabs; any other number is nobody's."""
    joined = ("case__community", "run", "assignee", "closed_by")
    found: dict[int, Todo] = {}
    for rows in (open_todos(user), *office_todos(user), done_todos(user)):
        found |= {row.pk: row for row in rows.filter(pk__in=ids).select_related(*joined)}
    return [found[pk] for pk in dict.fromkeys(ids) if pk in found]


def watched(request: HttpRequest, ids: list[int], what: str) -> list[Result]:
    """Follow cases, or follow them no more."""
    cases = visible_cases(request.user).filter(pk__in=ids).select_related("community")
    act = watching.watch if what == "watch" else watching.unwatch
    said = _("已关注。") if what == "watch" else _("已取消关注。")
    results = []
    for case in cases:
        act(case, by=request.user, at=clock.now())  # type: ignore[arg-type]
        results.append(Result(case, case.get_state_display(), True, said))
    return results


def reassign_several(request: HttpRequest, rows: list[Todo], tab: str) -> HttpResponse:
    """Ask to whom and why, offering who may get all of them; then hand each over."""
    open_rows = [row for row in rows if may_reassign(request.user, row).ok]  # type: ignore[arg-type]
    shared = [set(candidates(row).values_list("pk", flat=True)) for row in open_rows]
    people = User.objects.filter(pk__in=set.intersection(*shared) if shared else []).order_by("name", "pk")
    sent = "reason" in request.POST
    form = ReassignForm(request.POST if sent else None, people=people)
    if sent and form.is_valid():
        data = form.cleaned_data
        return _results(request, [_hand_over(request, row, data["to"], data["reason"]) for row in rows], tab)
    context = {
        "form": form,
        "tab": tab,
        "rows": [
            {"row": row, "label": words_of(row)[0], "verdict": may_reassign(request.user, row)}  # type: ignore[arg-type]
            for row in rows
        ],
        "possible": bool(open_rows),
    }
    return render(request, "workflow/bulk_reassign.html", context, status=422 if form.errors else 200)


def _hand_over(request: HttpRequest, row: Todo, to: User, reason: str) -> Result:
    label = words_of(row)[0]
    try:
        reassign(row, to=to, reason=reason, by=request.user, at=clock.now())  # type: ignore[arg-type]
    except Refused as error:
        return Result(row.case, label, False, error.sentence)
    return Result(row.case, label, True, _("已改派给%(name)s。") % {"name": to.name})


def _results(request: HttpRequest, results: list[Result], tab: str) -> HttpResponse:
    if not results:
        return redirect("desk")
    done = sum(result.ok for result in results)
    context = {"results": results, "done": done, "left": len(results) - done, "tab": tab}
    return render(request, "workflow/bulk_results.html", context)
