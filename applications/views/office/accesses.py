"""Who opened files with personal data and the names of objectors and complainants, and when (R4-090, R4-123)."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.utils.translation import gettext as _

from applications.core.verdict import YES, Verdict, no
from applications.queries.accesses import accesses, may_read
from applications.queries.naming import holding
from applications.views.base import READING
from applications.views.office.base import OfficePage

PER_PAGE = 30
LONGEST = 60


class Accesses(OfficePage):
    """The record of openings, read only, for the auditor and the offices that own the cases."""

    http_method_names = READING
    template_name = "office/accesses.html"

    def verdict(self) -> Verdict:
        """The auditor checks it; an office answers for what is its own."""
        return YES if may_read(self.request.user) else no(_("您没有查看查阅记录的权限。"))

    def context(self, forms: dict[str, Any]) -> dict[str, Any]:
        """Add a page of openings, narrowed by a person's name, a community's, or a number."""
        words = "".join(sign for sign in self.request.GET.get("q", "") if sign.isprintable())[
            :LONGEST
        ].strip()
        rows = accesses(self.request.user)
        if words:
            rows = rows.filter(
                holding(words, "user__name")
                | holding(words, "case__community__name")
                | holding(words, "matter__community__name")
                | Q(case__number__startswith=words.upper())
                | Q(matter__number__startswith=words.upper())
            )
        page = Paginator(rows, PER_PAGE).get_page(self.request.GET.get("page"))
        return {**super().context(forms), "page": page, "q": words}
