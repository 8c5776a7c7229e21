"""The page of the community's service records."""

import csv
import io
from typing import Any

from django.core.paginator import Paginator
from django.forms import BaseForm
from django.http import HttpResponse
from django.utils.translation import gettext as _

from review.actions import services
from review.core.tally import SOLVED_PCT
from review.forms.services import FinishForm, ImportForm, RemoveForm, ServiceForm
from review.models import ServiceRecord
from review.queries.services import plain_figures, records_of, service_figures_of, service_summary_of
from review.views.readable import ReadablePage

PER_PAGE = 30
SAMPLE = (
    ("生活服务", "上门维修水龙头", "2026-01-05 09:00", "2026-01-05 09:20", "2026-01-05 11:00"),
    ("健康服务", "老年人健康咨询", "2026-01-06 14:00", "2026-01-06 14:10", "2026-01-06 15:00"),
)


class ServicesPage(ReadablePage):
    """Entering, importing and closing service records; readable by all who see the case."""

    template_name = "review/services.html"
    node = "collection.services"
    verbs = {"add": ServiceForm, "import": ImportForm, "remove": RemoveForm, "finish": FinishForm}

    def context(self, forms: dict[str, BaseForm]) -> dict[str, Any]:
        """Add the records and their figures."""
        names = dict(ServiceRecord.Category.choices)
        figures = plain_figures(service_figures_of(self.case))
        return {
            **super().context(forms),
            "form": forms["add"],
            "page": Paginator(records_of(self.case), PER_PAGE).get_page(self.request.GET.get("page")),
            "figures": figures,
            "categories": [
                {"label": names[key], "count": figures["by_category"].get(key, 0)} for key in names
            ],
            "solved_needed": SOLVED_PCT,
            "summary": service_summary_of(self.case),
        }

    def success_url(self) -> str:
        """Stay."""
        return self.request.path

    def perform_add(self, form: ServiceForm) -> None:
        """Enter a service."""
        services.add_service(self.case, entry=form.entry, by=self.request.user, at=self.at)
        self.say(_("服务记录已登记。"))

    def perform_import(self, form: ImportForm) -> None:
        """Import a file."""
        file = form.cleaned_data["file"]
        count = services.import_services(
            self.case, name=file.name, content=file.read(), by=self.request.user, at=self.at
        )
        self.say(_("已导入%(count)d条服务记录。") % {"count": count})

    def perform_remove(self, form: RemoveForm) -> None:
        """Take a record out."""
        row = services.remove_service(
            self.case, service=form.cleaned_data["service"], by=self.request.user, at=self.at
        )
        self.say(_("已删除“%(title)s”。") % {"title": row.title})

    def perform_finish(self, form: FinishForm) -> str:
        """Close the records."""
        services.finish_services(self.case, by=self.request.user, at=self.at)
        self.say(_("服务记录已提交。"))
        return super().success_url()


class ServicesTemplate(ReadablePage):
    """An example file with the columns of the import."""

    right = "view_case"

    def get(self, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        """Hand the file out."""
        out = io.StringIO()
        csv.writer(out).writerows([[names[0] for names in services.COLUMNS.values()], *SAMPLE])
        response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="services.csv"'
        return response
