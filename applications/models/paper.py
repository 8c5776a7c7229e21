"""Official papers: what a notice or a report said when it was issued, word for word."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .append_only import AppendOnly


class OfficialPaper(AppendOnly):
    """A numbered paper as it was issued. ``content`` is all that is printed, ``digest`` its SHA-256 (also in the log).

    ``about`` names the row it was issued for (``decision:12`` of the intake, ``rating:7``). The PDF is set from
    ``content`` alone, so that no later change of a name, an office or a standard changes a paper that people hold.
    """

    class Kind(models.TextChoices):
        ACCEPTANCE = "acceptance", _("受理通知书")
        RETURN = "return", _("退回补正通知书")
        DECLINE = "decline", _("不予受理通知书")
        REPORT = "report", _("星级评定报告")

    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="papers")
    kind = models.CharField(_("文书种类"), max_length=12, choices=Kind.choices)
    number = models.CharField(_("文书编号"), max_length=48, unique=True)
    about = models.CharField(max_length=32)
    content: Any = models.JSONField()
    digest = models.CharField(max_length=64)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField(_("出具时间"))

    class Meta:
        verbose_name = _("文书")
        verbose_name_plural = _("文书")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "about"], name="one_paper_per_occasion")]

    def __str__(self) -> str:
        return self.number
