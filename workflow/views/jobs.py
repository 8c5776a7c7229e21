"""Long work of one's own: how far it is, what became of each row, the file it made."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from applications import clock
from applications.actions.jobs import Wanted, owned, start
from applications.errors import Hidden, Refused
from applications.models import Job, JobLine
from applications.permissions import visible_cases
from workflow.exports import AT_ONCE, Sheet, rights_of
from workflow.sheets import XLSX, download

PER_PAGE = 50
MOST = 50


@require_safe
@login_required
def jobs(request: HttpRequest) -> HttpResponse:
    """List one's own jobs, the newest first."""
    rows = Job.objects.filter(owner=request.user).order_by("-made_at", "-pk")[:MOST]  # type: ignore[misc]
    return render(request, "workflow/jobs.html", {"jobs": rows})


def of_reader(request: HttpRequest, pk: int) -> Job:
    """Return a job of the reader; anybody else's is nobody's."""
    found = owned(pk, request.user)  # type: ignore[arg-type]
    if found is None:
        raise Hidden
    return found


@require_safe
@login_required
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far a job is and what became of each row; of cases out of sight nothing is told any more."""
    row = of_reader(request, pk)
    lines = JobLine.objects.filter(job=row).filter(
        Q(case__isnull=True) | Q(case__in=visible_cases(request.user))
    )
    counts: dict[str, Any] = lines.aggregate(good=Count("pk", Q(ok=True)), bad=Count("pk", Q(ok=False)))
    shown = lines.filter(ok__isnull=False).select_related("case__community").order_by("ok", "place")
    context = {
        "job": row,
        "counts": counts,
        "page": Paginator(shown, PER_PAGE).get_page(request.GET.get("page")),
        "back": row.asked.get("back", "/desk/"),
    }
    return render(request, "workflow/job.html", context)


@require_safe
@login_required
def job_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give out the file that a job made, as long as its owner may still see what is in it."""
    row = of_reader(request, pk)
    if not row.file:
        raise Hidden
    if row.asked.get("rights") != rights_of(row.owner):
        raise Refused(_("导出之后您的权限有变化，请重新导出。"))
    answer = FileResponse(row.file.open(), as_attachment=True, filename=row.asked["name"], content_type=XLSX)
    answer["Cache-Control"] = "private, no-store"
    return answer


def exported(request: HttpRequest, kind: str, sheet: Sheet | None, back: str) -> HttpResponse:
    """Answer a wish for a spreadsheet: the file itself, or the page of the job that makes a long one."""
    if sheet is not None:
        return download(sheet[0], sheet[1])
    asked = {
        "query": request.GET.dict(),
        "rights": rights_of(request.user),  # type: ignore[arg-type]
        "back": f"{back}?{request.GET.urlencode()}",
    }
    wanted = Wanted(kind, _("导出表格"), asked)
    made = start(wanted, by=request.user, at=clock.now())  # type: ignore[arg-type]
    return redirect("job", made.pk)


def is_long(count: int) -> bool:
    """Whether an export is made by the worker."""
    return count > AT_ONCE
