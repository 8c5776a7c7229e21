"""The register of communities and of standards."""

import csv
import io
from typing import Any

from django.core.files.base import ContentFile
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from applications.actions import imports, jobs, standards
from applications.core import documents
from applications.core.faults import Faults
from applications.errors import FieldFault, Invalid
from applications.models import Community, Standard
from applications.permissions import scope
from applications.queries.naming import holding
from applications.views.base import READING
from applications.views.office import forms
from applications.views.office.accounts import as_csv
from applications.views.office.base import OfficePage
from applications.words import words

MOST_TOLD = 50  # faults of a file on one page


class Communities(OfficePage):
    """The communities of one's region, with the import of a file."""

    template_name = "office/communities.html"
    right = "manage_communities"
    verbs = {"load": forms.FileForm}

    def context(self, forms: dict[str, Any]) -> dict[str, Any]:
        """Add the communities that match."""
        words = self.request.GET.get("q", "").strip()
        rows = Community.objects.filter(scope(self.request.user, self.right, "region__path")).select_related(
            "region__parent__parent"
        )
        if words:
            rows = rows.filter(holding(words, "name") | Q(code__startswith=words))
        page = Paginator(rows.order_by("code"), 30).get_page(self.request.GET.get("page"))
        return {**super().context(forms), "page": page, "q": words}

    def perform_load(self, form: Any) -> str | None:
        """Import the file; a long one is read here, so that what is wrong is told at once, and written by the worker."""
        file, me = form.cleaned_data["file"], self.request.user
        content = file.read(imports.MOST_BYTES + 1)
        if len(imports.read_rows(file.name, content)) > imports.AT_ONCE:
            asked = {"name": file.name, "back": reverse("communities")}
            wanted = jobs.Wanted(imports.KIND, _("导入社区"), asked, source=ContentFile(content))
            return reverse("job", kwargs={"pk": jobs.start(wanted, by=me, at=self.at).pk})
        self.say(imports.told_of(imports.import_communities(file.name, content, by=me, at=self.at)))
        return None


class CommunitiesSample(OfficePage):
    """An example file with the columns of the import of communities."""

    right = "manage_communities"
    http_method_names = READING

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Hand the file out."""
        out = io.StringIO()
        heads = [names[1] for names in imports.COLUMNS.values()]
        csv.writer(out).writerows([heads, ("360102002901", "翠湖社区", "360102002", 1860, 5200)])
        return as_csv(out.getvalue(), "communities.csv")


class Standards(OfficePage):
    """The registered standards; the province registers a new one from its file."""

    template_name = "office/standards.html"
    right = "prepare_batch"
    verbs = {"register": forms.FileForm}

    def context(self, forms: dict[str, Any]) -> dict[str, Any]:
        """Add the registered standards."""
        return {**super().context(forms), "rows": Standard.objects.defer("content")}

    def perform_register(self, form: Any) -> None:
        """Check and register the file."""
        file = form.cleaned_data["file"]
        try:
            text = file.read(documents.LONGEST_TEXT * 4).decode()  # four bytes a character at most
            row = standards.register(text, by=self.request.user, at=self.at)
        except UnicodeDecodeError:
            raise Invalid(
                _("文件“%(name)s”不是 UTF-8 文本，请另存为 UTF-8 的 YAML。") % {"name": file.name}
            ) from None
        except Faults as error:
            told = [
                _("%(place)s：%(fault)s") % {"place": fault.key, "fault": words(fault.text)}
                for fault in error.faults[:MOST_TOLD]
            ]
            raise Invalid([FieldFault("file", sentence) for sentence in told]) from None
        self.say(_("标准“%(name)s”已登记并发布。") % {"name": row})
