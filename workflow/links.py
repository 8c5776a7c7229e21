"""The pages of a case, in the order of the road: each stage's author adds theirs.

``shown(user, case)`` says whether the person may open the page; it asks the rights, never the template. The page checks
again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from applications.models import Case, User
from applications.permissions import holds
from applications.permissions_evidence import WORKING_RIGHTS
from review.queries.recusals import ALSO
from workflow.papers import readable_papers

Shown = Callable[[User, Case], bool]


def always(user: User, case: Case) -> bool:
    """For pages that everybody who sees the case may read."""
    return True


def has_papers(user: User, case: Case) -> bool:
    """For the papers: whether there is one that the person may open."""
    return readable_papers(user, case).exists()


def may_act(user: User, case: Case) -> bool:
    """For the page of recusals: whether the person's office acts on the case; a team's members declare elsewhere."""
    return any(holds(user, right, case.path) for right in (*WORKING_RIGHTS, *ALSO))


@dataclass(frozen=True)
class CaseLink:
    """A page of a case: the name of its URL (kwarg ``case``), its words, its icon, the first stage that has it."""

    url_name: str
    label: Any
    icon: str
    since: str = "application"
    shown: Shown = always


CASE_LINKS: list[CaseLink] = [
    CaseLink("application", _("申报材料"), "clipboard-list"),
    CaseLink("case_process", _("办理流程图"), "workflow"),
    CaseLink("papers", _("文书和证书"), "file-text", shown=has_papers),
    CaseLink("recusals", _("回避"), "user-x", shown=may_act),
    CaseLink("publications", _("公示与公告"), "megaphone", "publication"),
]


def links_of(user: User, case: Case) -> list[dict[str, Any]]:
    """Return the links of a case page for a person, those of stages that the case has not reached left out."""
    reached = _reached(case)
    found = []
    for link in CASE_LINKS:
        url = _url(link.url_name, case)
        if url and link.since in reached and link.shown(user, case):
            found.append({"label": link.label, "url": url, "icon": link.icon})
    return found


def _reached(case: Case) -> tuple[str, ...]:
    """Return the stages that the case stands in or has left; a later round has seen them all."""
    if case.round > 1 or case.state == Case.State.CLOSED:
        return Case.STAGES
    if case.state not in Case.STAGES:
        return Case.STAGES[:1]
    return Case.STAGES[: Case.STAGES.index(case.state) + 1]


def _url(name: str, case: Case) -> str | None:
    try:
        return reverse(name, kwargs={"case": case.pk})
    except NoReverseMatch:
        return None
