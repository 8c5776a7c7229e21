"""What the public search reads: one row per community with an announced result, built from its newest announcement.

It repeats the snapshot in columns and can be built anew from the publications at any time.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PublicRecord(models.Model):
    """The announced result of a community, with the names its regions had when it was announced.

    ``words`` holds these names in the form the search compares (``review/core/searching.py``).
    """

    code = models.CharField(_("社区代码"), max_length=16, unique=True)
    name = models.CharField(_("社区名称"), max_length=64)
    city_code = models.CharField(max_length=16)
    city = models.CharField(_("设区市"), max_length=64)
    county_code = models.CharField(max_length=16)
    county = models.CharField(_("县（市、区）"), max_length=64)
    street = models.CharField(_("街道"), max_length=64)
    words = models.CharField(max_length=260)
    star = models.PositiveSmallIntegerField(_("星级"))
    batch = models.CharField(_("批次"), max_length=120)
    year = models.PositiveSmallIntegerField(_("年度"))
    announced_on = models.DateField(_("公告日期"))
    valid_from = models.DateField(_("有效期起"), null=True, blank=True)
    valid_until = models.DateField(_("有效期止"), null=True, blank=True)
    revoked = models.BooleanField(_("已撤销"), default=False)
    is_demo = models.BooleanField(_("演示社区"), default=False)
    publication = models.ForeignKey("review.Publication", models.PROTECT, related_name="records")

    class Meta:
        verbose_name = _("公开结果")
        verbose_name_plural = _("公开结果")
        ordering = ["-star", "code"]
        indexes = [
            models.Index(fields=["-star", "code"], name="record_star_code"),
            models.Index(fields=["city_code", "county_code"], name="record_region"),
        ]

    def __str__(self) -> str:
        return self.name


class PublicPiece(models.Model):
    """A piece of one or two characters of a record's names, by which the search finds it."""

    record = models.ForeignKey(PublicRecord, models.CASCADE, related_name="pieces")
    piece = models.CharField(max_length=2)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["piece", "record"], name="one_piece_per_record")]


class PublicDimension(models.Model):
    """The points of a record in one dimension, for averages beside the single result (R3-044)."""

    record = models.ForeignKey(PublicRecord, models.CASCADE, related_name="dimensions")
    dimension = models.CharField(max_length=64)
    points = models.DecimalField(max_digits=8, decimal_places=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "dimension"], name="one_row_per_record_and_dimension")
        ]
        indexes = [models.Index(fields=["dimension"])]
