"""The viewer: a file page by page, with zoom, the next page and the next file of the indicator; plain links only."""

import json
import re
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.shortcuts import redirect
from django.urls import reverse

from applications.actions import rendering
from applications.core.verdict import YES, Verdict
from applications.errors import Hidden
from applications.models import Evidence, EvidenceLink
from applications.permissions_evidence import shown_to, works_on
from applications.queries.standards import plan_of
from applications.views.evidence import EvidenceAccess

STEPS = (1, 2, 3)  # of the zoom: the whole width, one and a half, two and a half


class ViewerPage(EvidenceAccess):
    """A page of a file beside what it proves."""

    template_name = "applications/viewer.html"

    @cached_property
    def row(self) -> Evidence:
        """The file, checked once."""
        return self.evidence()

    def check_entry(self) -> None:
        """Only for those who may open the file."""
        self.row  # noqa: B018  (raises)

    def verdict(self) -> Verdict:
        """Reading only."""
        return YES

    @cached_property
    def indicators(self) -> list[str]:
        """The indicators that the file serves, in the order of the standard."""
        links = EvidenceLink.objects.filter(evidence=self.row, removed_at__isnull=True)
        served = set(links.values_list("indicator", flat=True))
        return [key for key in plan_of(self.case.batch).standard.indicators if key in served]

    @cached_property
    def indicator(self) -> str:
        """The indicator whose files one goes through: the one asked for, else the first that the file serves."""
        wanted = self.request.GET.get("indicator", "")
        if wanted in self.indicators:
            return wanted
        return self.indicators[0] if self.indicators else ""

    @cached_property
    def back(self) -> str:
        """The page of the same case that one came from, where it said so."""
        wanted = self.request.GET.get("back", "")
        return wanted if re.fullmatch(rf"/cases/{self.case.pk}/[\w./-]*", wanted, re.ASCII) else ""

    def siblings(self) -> list[Evidence]:
        """The files of the indicator that the person may open; without an indicator those of the case without one."""
        rows = Evidence.objects.filter(shown_to(self.request.user), case=self.case, removed_at__isnull=True)
        links = EvidenceLink.objects.filter(evidence__case=self.case, removed_at__isnull=True)
        if self.indicator:
            rows = rows.filter(pk__in=links.filter(indicator=self.indicator).values("evidence"))
        else:
            rows = rows.exclude(pk__in=links.values("evidence"))
        if not works_on(self.request.user, self.case):
            rows = rows.filter(sensitive=False)
        return list(rows.order_by("pk"))

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the page, the ways on and back, and how far the pages are made."""
        row, manifest = self.row, rendering.manifest_or_made(self.row)
        count = manifest["count"]
        page, zoom = self._number("page", 1, max(count, 1)), self._number("zoom", 1, STEPS[-1])
        files = self.siblings()
        at = next((place for place, other in enumerate(files) if other.pk == row.pk), None)
        indicator = plan_of(self.case.batch).standard.indicators.get(self.indicator)
        return {
            **super().context(forms),
            "row": row,
            "form": manifest["form"],
            "count": count,
            "hidden": manifest.get("whole", count) - count,
            "made": rendering.pages_made(row) if manifest["form"] == "pages" and count > 1 else count,
            "page": page,
            "zoom": zoom,
            "blocks": self._blocks(page) if manifest["form"] == "blocks" else [],
            "titles": list(enumerate(manifest.get("titles", []), 1)) if row.icon == "sheet" else [],
            "indicator": indicator,
            "indicator_key": self.indicator,
            "back": self.back,
            "place": at + 1 if at is not None else None,
            "files": len(files),
            "before": self.to(page=page - 1, zoom=zoom) if page > 1 else "",
            "after": self.to(page=page + 1, zoom=zoom) if page < count else "",
            "larger": self.to(page=page, zoom=zoom + 1) if zoom < STEPS[-1] else "",
            "smaller": self.to(page=page, zoom=zoom - 1) if zoom > STEPS[0] else "",
            "previous_file": self.of(files[at - 1]) if at else None,
            "next_file": self.of(files[at + 1]) if at is not None and at + 1 < len(files) else None,
        }

    def _number(self, name: str, least: int, most: int) -> int:
        typed = self.request.GET.get(name, "")
        return min(max(int(typed), least), most) if typed.isdecimal() and len(typed) < 7 else least

    def _blocks(self, page: int) -> list[dict[str, Any]]:
        raw = rendering.part_of(self.row, f"p{page}.json")
        found: list[dict[str, Any]] = json.loads(raw)["blocks"] if raw else []
        return found

    def to(self, row: Evidence | None = None, **query: Any) -> str:
        """The address of a page of a file, within the same indicator."""
        if self.indicator:
            query["indicator"] = self.indicator
        if self.back:
            query["back"] = self.back
        file = row or self.row
        return reverse("evidence_view", args=[self.case.pk, file.pk]) + f"?{urlencode(query)}"

    def of(self, row: Evidence) -> dict[str, str]:
        """A neighbouring file: its name and address."""
        return {"name": row.name, "url": self.to(row)}


class Part(EvidenceAccess):
    """A picture of a rendition, behind the same check as the file."""

    prefix = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        """Hand the picture out; it never changes."""
        row, number = self.evidence(), self.kwargs["number"]
        tag = f'"{row.sha256[:32]}-{self.prefix}{number}"'
        response: HttpResponseBase
        if request.headers.get("If-None-Match") == tag:
            response = HttpResponseNotModified()
        else:
            body = self.body(row, number)
            if body is None:
                return self.instead(row, number)
            response = HttpResponse(body, content_type="image/webp")
        response["ETag"] = tag
        return self.guarded(response, row)

    def body(self, row: Evidence, number: int) -> bytes | None:
        """The bytes, None where there is no such part (override)."""
        return rendering.part_of(row, f"{self.prefix}{number}.webp")

    def instead(self, row: Evidence, number: int) -> HttpResponseBase:
        """What is answered where there is no such part."""
        raise Hidden


class PagePicture(Part):
    """A page of a PDF or a photo; number 0 is its thumbnail."""

    prefix = "p"

    def body(self, row: Evidence, number: int) -> bytes | None:
        """The page, made on demand."""
        return rendering.page_or_made(row, f"p{number}.webp", number)

    def instead(self, row: Evidence, number: int) -> HttpResponseBase:
        """A photo that could not be made smaller is shown as it is."""
        if row.is_image:
            return redirect("evidence", case=self.case.pk, pk=row.pk)
        raise Hidden


class InnerPicture(Part):
    """A picture inside an office file."""

    prefix = "m"
