"""The official papers of a case, and a star's certificate: each handed out behind the check of who may read it."""

from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.translation import gettext as _

from applications.core.verdict import YES, Verdict
from applications.errors import Hidden, NotAllowed, Refused
from applications.models import OfficialPaper
from applications.views.base import READING, CasePage
from review.models import StarAward
from workflow import papers, pdf


class Later(Refused):
    """Too many papers are being made at this moment."""

    code = "busy"
    status = 503

    def __init__(self) -> None:
        super().__init__(_("正在生成的文书较多，请稍后再试。"))


class Reading(CasePage):
    """A page that only reads; whoever sees the case comes this far."""

    http_method_names = READING

    def check_entry(self) -> None:
        """Let everybody in who sees the case; each paper is checked by itself."""

    def verdict(self) -> Verdict:
        """Reading only."""
        return YES


class PapersPage(Reading):
    """The papers issued in the case that the person may open, and the certificates of its stars."""

    template_name = "workflow/papers.html"

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the papers and the certificates."""
        awards = StarAward.objects.filter(case=self.case).select_related("publication").order_by("-pk")
        rows = papers.readable_papers(self.request.user, self.case)  # type: ignore[arg-type]
        return {**super().context(forms), "papers": rows, "awards": awards}


class PaperFile(Reading):
    """A paper as PDF."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Hand the paper out."""
        row = OfficialPaper.objects.filter(case=self.case, pk=self.kwargs["pk"]).first()
        if row is None:
            raise Hidden
        row.case = self.case
        verdict = papers.may_read(request.user, row)  # type: ignore[arg-type]
        if not verdict.ok:
            raise NotAllowed(verdict.reason)
        tag = tag_of(row.digest)
        if request.headers.get("If-None-Match") == tag:
            return HttpResponseNotModified()
        name = f"{row.get_kind_display()} {row.case.community.name} {row.number}.pdf"
        return as_pdf(at_once(papers.paper_pdf, row), name, "private, no-cache", tag)


def tag_of(digest: str) -> str:
    """Return the ETag of a paper: what it says, set by this release."""
    return f'"{digest[:32]}-{settings.RELEASE}"'


def at_once(make: Any, row: Any) -> bytes:
    """Return the document, or refuse with a remedy where too many are being made."""
    try:
        body: bytes = make(row)
    except pdf.Busy:
        raise Later from None
    return body


def as_pdf(body: bytes, name: str, cache: str, tag: str) -> HttpResponse:
    """Return a PDF that a browser may show: never run, never sniffed, never framed."""
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name, safe='')}"
    response["ETag"] = tag
    response["Cache-Control"] = cache
    response["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response
