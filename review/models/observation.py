"""What was seen on the spot and in the papers, with photos."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

PERSON = settings.AUTH_USER_MODEL


class Observation(models.Model):
    """What one person saw of an indicator in a round: a note, how it compares with the claim, photos (R3-144)."""

    class Seen(models.TextChoices):
        AGREES = "agrees", _("相符")
        PARTLY = "partly", _("部分相符")
        DIFFERS = "differs", _("不相符")

    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="observations")
    round = models.PositiveSmallIntegerField()
    stream = models.CharField(max_length=12)
    indicator = models.CharField(_("指标"), max_length=64)
    seen = models.CharField(_("与申报相比"), max_length=8, choices=Seen.choices, blank=True)
    note = models.TextField(_("记录"), blank=True)
    place = models.CharField(_("地点"), max_length=120, blank=True)
    photos = models.ManyToManyField("applications.Evidence", related_name="observations")
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    first_at = models.DateTimeField()
    at = models.DateTimeField()
    # by the phone, where the person agreed to be located (R3-144); ``at`` is the server's time
    taken_at = models.DateTimeField(_("设备时间"), null=True, blank=True)
    latitude = models.DecimalField(_("纬度"), max_digits=7, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(_("经度"), max_digits=8, decimal_places=5, null=True, blank=True)
    accuracy = models.PositiveIntegerField(_("误差（米）"), null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("现场记录")
        verbose_name_plural = _("现场记录")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "round", "indicator", "by"], name="one_observation_per_person"
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True, accuracy__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False, accuracy__isnull=False),
                name="observation_place_whole",
            ),
        ]


class PostedOnce(models.Model):
    """A key that a form was posted with: the same key again, from a weak network or a second click, changes nothing."""

    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="+")
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["by", "key"], condition=~Q(key=""), name="one_post_per_key")
        ]
