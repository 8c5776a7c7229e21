"""The base of pages that are not about one case."""

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
from applications.errors import Hidden, NotAllowed, Refused
from applications.permissions import grants
from applications.views.base import put_faults


class OfficePage(LoginRequiredMixin, View):
    """A page for the holders of a right somewhere: 403 with the reason for others.

    ``verbs``: form classes by the value of the button ``verb``; ``perform_<verb>(form)`` makes the one domain call.
    """

    template_name = ""
    right = ""
    refusal = ""
    verbs: ClassVar[dict[str, type[BaseForm]]] = {}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let in who holds the right."""
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.at = clock.now()
        verdict = self.verdict()
        if not verdict.ok:
            raise NotAllowed(verdict.reason)
        return super().dispatch(request, *args, **kwargs)

    def verdict(self) -> Verdict:
        """Whether the page is for this person."""
        if not self.right or grants(self.request.user).get(self.right):
            return YES
        return no(str(self.refusal) or _("您没有使用此页面的权限。"))

    def form_kwargs(self, verb: str) -> dict[str, Any]:
        """Return what a verb's form is made with besides the data (override)."""
        return {}

    def forms(self, bound: str = "") -> dict[str, BaseForm]:
        """Return the forms by verb, the posted one bound."""
        return {
            verb: form_class(
                **({"data": self.request.POST, "files": self.request.FILES} if verb == bound else {}),
                **self.form_kwargs(verb),
            )
            for verb, form_class in self.verbs.items()
        }

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Return what the template shows (extend)."""
        return {"forms": forms}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page."""
        return render(request, self.template_name, self.context(self.forms()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Make the one domain call that the pressed button stands for."""
        verb = request.POST.get("verb", "")
        if verb not in self.verbs:
            raise Refused(_("没有名为“%(verb)s”的操作，请从页面上的按钮提交。") % {"verb": verb[:40]})
        forms = self.forms(bound=verb)
        form, status = forms[verb], 422
        if form.is_valid():
            try:
                url = getattr(self, f"perform_{verb}")(form)
            except (Hidden, NotAllowed):
                raise
            except Refused as error:
                put_faults(form, error)
                status = error.status
            else:
                return redirect(url or request.path)
        return render(request, self.template_name, {**self.context(forms), "failed": form}, status=status)

    def say(self, sentence: str) -> None:
        """Tell the person on the next page what was done."""
        messages.success(self.request, sentence)
