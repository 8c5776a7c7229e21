"""A case page that colleagues may read while only whose turn it is may act."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from applications.core.verdict import YES, Verdict
from applications.errors import NotAllowed
from applications.models import Todo
from applications.views.base import CasePage
from review.actions.duties import undeclared_member
from review.permissions import of_the_team


class ReadablePage(CasePage):
    """Readable by whom ``reading`` lets in; the forms are for whose turn it is, the reason for the others."""

    def check_entry(self) -> None:
        """Let readers in; raise with the reason of the step where the page is not theirs to read either."""
        mine = self.mine
        if not mine.ok and not self.reading().ok:
            raise NotAllowed(mine.reason)

    def reading(self) -> Verdict:
        """Whether the person may read the page without acting on it (override)."""
        return YES

    @cached_property
    def mine(self) -> Verdict:
        """Whether it is this person's turn."""
        return super().verdict()

    @cached_property
    def step(self) -> Todo | None:
        """The open to-do of the page's step, the person's own before others'."""
        return super().todo()

    def todo(self) -> Todo | None:
        """Return the open to-do, asked for once."""
        return self.step

    def verdict(self) -> Verdict:
        """Return whether it is this person's turn, asked for once."""
        return self.mine

    def open_verbs(self) -> set[str]:
        """Return the verbs that are the person's now: all of the page's at their turn, else none."""
        return set(self.verbs) if self.mine.ok else set()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse whom the step is not for; where it has just ended, the action says who was faster."""
        verb = request.POST.get("verb", "")
        if verb in self.verbs and verb not in self.open_verbs() and self.step is not None:
            raise NotAllowed(self.mine.reason)
        return super().post(request, *args, **kwargs)


class TeamPageOnly(ReadablePage):
    """Readable by the team and the county only: what is being collected is not the community's to see yet.

    A member whose turn it is and who has not declared yet is led to the declaration first.
    """

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page, or the way to the declaration."""
        if self.mine.ok and undeclared_member(self.case, request.user) is not None:
            self.say(_("请先作出回避与保密声明，再开始工作。"))
            return redirect("declaration", case=self.case.pk)
        return super().get(request, *args, **kwargs)

    def reading(self) -> Verdict:
        """Whether the person belongs to the team or runs the assessment."""
        return of_the_team(self.request.user, self.case)
