"""The base of every page of a case: who may see it, whose turn it is, one domain call, errors beside the form."""

from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from applications import clock
from applications.core.verdict import YES, Verdict, no
from applications.errors import Hidden, Invalid, NotAllowed, Refused
from applications.models import Case, Todo
from applications.permissions import may_do, may_on_case, may_see

READING = ["get", "head", "options"]  # the methods of a page that nobody sends anything to


def put_faults(form: BaseForm, error: Refused) -> None:
    """Show a refusal beside the fields it names, else above the form; what was typed stays."""
    if isinstance(error, Invalid):
        for fault in error.faults:
            form.add_error(fault.field if fault.field in form.fields else None, fault.sentence)
    else:
        form.add_error(None, error.sentence)


def sent_on(request: HttpRequest, url: str) -> HttpResponse:
    """Send on after a post; a script that sends files is told where to, as it would follow the way itself unseen."""
    if request.headers.get("X-Upload"):
        return HttpResponse(status=204, headers={"X-Location": url})
    return redirect(url)


class CasePage(LoginRequiredMixin, View):
    """A page of one case: 404 where the person may not see the case, 403 with the reason where not theirs to do.

    ``node``: the step (``stage.step``) the page belongs to, or ``right``: a right asked for outside of a step.
    ``verbs``: form classes by the value of the button named ``verb``; ``perform_<verb>(form)`` makes the one domain
    call and may return a URL to go to.
    """

    template_name = ""
    node = ""
    right = ""
    verbs: ClassVar[dict[str, type[BaseForm]]] = {}
    action_checks = (
        False  # a post's right is checked by its action alone; the door is asked again before a form is shown
    )
    case: Case

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Note the moment once: every write of a request carries the same time."""
        super().setup(request, *args, **kwargs)
        self.at = clock.now()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let nobody in without login and sight of the case."""
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.case = self.get_case()
        if request.method != "POST" or not self.action_checks:
            self.check_entry()
        return super().dispatch(request, *args, **kwargs)

    def get_case(self) -> Case:
        """Return the case of the URL if the person may see it; a stranger gets 404."""
        if self.request.method == "POST" and self.action_checks:
            rows = Case.objects.select_related("batch")  # the rest is read only where the page is shown again
        else:
            rows = Case.objects.select_related("community__region__parent", "batch__standard")
            rows = rows.defer("batch__standard__content")  # 70 KB that only the parser reads, once
        found = rows.filter(pk=self.kwargs["case"]).first()
        if found is None or not may_see(self.request.user, found):
            raise Hidden
        return found

    def check_entry(self) -> None:
        """Raise where the page itself is not for this person (override for pages that everybody may read)."""
        verdict = self.verdict()
        if not verdict.ok:
            raise NotAllowed(verdict.reason)

    def todo(self) -> Todo | None:
        """Return the open to-do of this page's step that is the person's own, else any open one."""
        todos = Todo.objects.filter(
            case=self.case, node=self.node, run__key=str(self.kwargs.get("key", "")), state=Todo.State.OPEN
        ).select_related("assignee", "case", "run")
        rows = list(todos)
        return next((todo for todo in rows if may_do(self.request.user, todo).ok), rows[0] if rows else None)

    def verdict(self) -> Verdict:
        """Whether the person may act on this page now, and why not."""
        if self.node:
            todo = self.todo()
            if todo is None:
                return no(_("此事项目前没有待办，可能已经办结或尚未开始。"))
            return may_do(self.request.user, todo)
        if not self.right:
            return YES  # a page for everybody who sees the case, by region or by assignment
        return may_on_case(self.request.user, self.right, self.case)

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Return what a verb's form is made with besides the data (override)."""
        return {}

    def ids_of_row(self, name: str) -> str:
        """Return the ``auto_id`` of a small form that stands in each row of a list: ``<field>-<row>``, as posted in ``name``."""
        return f"%s-{self.request.POST.get(name, '')[:36].replace('%', '')}"

    def forms(self, bound: str = "") -> dict[str, BaseForm]:
        """Return the page's forms by verb, the posted one bound to what was typed."""
        made: dict[str, BaseForm] = {}
        for verb, form_class in self.verbs.items():
            data = {"data": self.request.POST, "files": self.request.FILES} if verb == bound else {}
            made[verb] = form_class(prefix=None, **data, **self.form_kwargs(verb))
        return made

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Return what the template shows (extend)."""
        return {"case": self.case, "forms": forms, "verdict": self.verdict(), "at": self.at}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page."""
        return render(request, self.template_name, self.context(self.forms()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Make the one domain call that the pressed button stands for."""
        verb = request.POST.get("verb", "")
        if verb not in self.verbs:
            if self.action_checks:
                self.check_entry()
            raise Refused(_("没有名为“%(verb)s”的操作，请从页面上的按钮提交。") % {"verb": verb[:40]})
        forms = self.forms(bound=verb)
        form, status = forms[verb], 422
        if self.action_checks and not form.is_valid():
            self.check_entry()
        if form.is_valid():
            try:
                url = getattr(self, f"perform_{verb}")(form)
            except (Hidden, NotAllowed):
                raise
            except Refused as error:
                put_faults(form, error)
                status = error.status
                if self.action_checks:
                    self.check_entry()
            else:
                return sent_on(request, url or self.success_url())
        return render(request, self.template_name, {**self.context(forms), "failed": form}, status=status)

    def success_url(self) -> str:
        """Return where to go after an action: the case's page."""
        return f"/cases/{self.case.pk}/"

    def say(self, sentence: str) -> None:
        """Tell the person on the next page what was done; an autosave has no next page."""
        if "autosave" not in self.request.POST:
            messages.success(self.request, sentence)
