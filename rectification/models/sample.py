"""The yearly sample of stars in force: what was drawn with which seed, and what the check of each one found.

All of it is appended and never updated.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models.append_only import AppendOnly

PERSON = settings.AUTH_USER_MODEL


class YearlySample(AppendOnly):
    """A draw among the stars in force of a region in a year, with all that is needed to draw it again. Append-only."""

    year = models.PositiveSmallIntegerField(_("年度"))
    scope = models.ForeignKey("applications.Region", models.PROTECT, related_name="+", verbose_name=_("范围"))
    share = models.PositiveSmallIntegerField(_("抽查比例（%）"))
    seed = models.CharField(_("随机种子"), max_length=32)
    codes: Any = models.JSONField()
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("年度抽查")
        verbose_name_plural = _("年度抽查")
        ordering = ["-year", "-pk"]
        constraints = [models.UniqueConstraint(fields=["year", "scope"], name="one_sample_a_year_and_region")]

    def __str__(self) -> str:
        return f"{self.year} {self.scope}"


class SampledStar(AppendOnly):
    """A star that was drawn. Append-only."""

    sample = models.ForeignKey(YearlySample, models.PROTECT, related_name="stars")
    award = models.ForeignKey("review.StarAward", models.PROTECT, related_name="sampled")
    place = models.PositiveIntegerField()

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["sample", "award"], name="a_star_is_drawn_once")]


class SpotCheck(AppendOnly):
    """What the check of a drawn star found; what fell short opens rectification items. Append-only."""

    class Kind(models.TextChoices):
        OPEN = "open", _("明查")
        UNDERCOVER = "undercover", _("暗访")

    star = models.OneToOneField(SampledStar, models.PROTECT, related_name="check_made")
    kind = models.CharField(_("检查方式"), max_length=12, choices=Kind.choices)
    visited_on = models.DateField(_("检查日期"))
    summary = models.TextField(_("检查情况"))
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()
