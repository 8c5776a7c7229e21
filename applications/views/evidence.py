"""The library of a case, and the view that checks before it hands out a file."""

from typing import Any
from urllib.parse import quote

from django.forms import BaseForm
from django.http import FileResponse, HttpRequest, HttpResponseBase, HttpResponseNotModified
from django.utils.translation import gettext as _

from applications.actions.accesses import opened_file
from applications.actions.evidence import mark_sensitive, remove, upload
from applications.errors import Hidden, Invalid, NotAllowed
from applications.forms.papers import PickForm, UploadForm
from applications.models import Evidence, Submission
from applications.permissions_evidence import may_see_evidence, shown_to
from applications.views.base import READING, CasePage
from applications.views.paper import PaperPage

INLINE = {"image/jpeg", "image/png", "image/webp"}


class LibraryPage(PaperPage):
    """All files of the application: what each serves, who brought it; uploading many at once."""

    template_name = "applications/library.html"
    verbs = {"upload": UploadForm, "remove": PickForm, "sensitive": PickForm, "open": PickForm}

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the files, those without an indicator first."""
        rows = sorted(self.dossier.evidence, key=lambda row: (bool(row.live_links), row.pk))
        return {**super().context(forms), "form": forms["upload"], "rows": rows}

    def success_url(self) -> str:
        """Stay in the library."""
        return self.to("evidence_upload")

    def perform_upload(self, form: Any) -> None:
        """Keep the files without an indicator yet."""
        data = form.cleaned_data
        done = upload(
            self.case,
            files=data["files"],
            indicators=[],
            sensitive=data["sensitive"],
            by=self.request.user,
            at=self.at,
        )
        self.reread()
        if done.faults:
            self.refusals = [fault.sentence for fault in done.faults]
            raise Invalid(done.faults)
        self.say(_("已上传 %(count)s 份材料，请关联到指标。") % {"count": len(done.rows)})

    def perform_remove(self, form: Any) -> None:
        """Take a file out."""
        row = remove(self.case, evidence=form.cleaned_data["pk"], by=self.request.user, at=self.at)
        self.say(_("已删除“%(name)s”。") % {"name": row.name})

    def perform_sensitive(self, form: Any) -> None:
        """Mark a file as holding personal data."""
        pk = form.cleaned_data["pk"]
        mark_sensitive(self.case, evidence=pk, sensitive=True, by=self.request.user, at=self.at)

    def perform_open(self, form: Any) -> None:
        """Take that mark away."""
        pk = form.cleaned_data["pk"]
        mark_sensitive(self.case, evidence=pk, sensitive=False, by=self.request.user, at=self.at)


class EvidenceAccess(CasePage):
    """Pages about one file: only for those who may see it."""

    http_method_names = READING
    right = "view_case"

    def check_entry(self) -> None:
        """Whoever sees the case comes this far; the file itself is checked below."""

    def evidence(self) -> Evidence:
        """The file of the URL: hidden where a rule hides it, refused with the reason where it is not theirs."""
        rows = Evidence.objects.filter(case=self.case, pk=self.kwargs["pk"]).filter(
            shown_to(self.request.user)
        )
        row = rows.first()
        if row is None or (row.removed_at and not self._was_submitted(row)):
            raise Hidden
        row.case = self.case
        verdict = may_see_evidence(self.request.user, row)
        if not verdict.ok:
            raise NotAllowed(verdict.reason)
        opened_file(row, by=self.request.user, at=self.at)
        return row

    def _was_submitted(self, row: Evidence) -> bool:
        """Whether a submission was handed in with this file, so that it belongs to the record."""
        handed_in = Submission.objects.filter(
            case=self.case, submitted_at__gte=row.uploaded_at, submitted_at__lt=row.removed_at
        )
        return any(
            row.pk == item["id"]
            for content in handed_in.values_list("content", flat=True)
            for item in content["evidence"]
        )

    def guarded(self, response: HttpResponseBase, row: Evidence) -> HttpResponseBase:
        """Put on the headers of everything that came from a stranger: kept by nobody else, never run, never sniffed."""
        response["Cache-Control"] = "private, no-store" if row.sensitive else "private, no-cache"
        response["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
        response["X-Content-Type-Options"] = "nosniff"
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        return response


class EvidenceFile(EvidenceAccess):
    """A file as it was uploaded: pictures are shown, the rest is saved."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        """Hand the file out."""
        row = self.evidence()
        tag = f'"{row.sha256}"'
        response: HttpResponseBase
        if request.headers.get("If-None-Match") == tag:
            response = HttpResponseNotModified()
        else:
            try:
                stream = row.file.open("rb")
            except FileNotFoundError:
                raise Hidden from None
            response = FileResponse(stream, content_type=row.content_type)
            response["Content-Length"] = str(row.size)
            kind = "inline" if row.content_type in INLINE else "attachment"
            response["Content-Disposition"] = f"{kind}; filename*=UTF-8''{quote(row.name, safe='')}"
        response["ETag"] = tag
        return self.guarded(response, row)
