"""What a community hands in: facts, claims, awards, evidence."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from applications.core.files import KINDS


def evidence_path(evidence: "Evidence", filename: str) -> str:
    """Return a storage name that tells nothing of the uploaded name: the case and the content's digest."""
    return f"evidence/{evidence.case_id}/{evidence.sha256[:2]}/{evidence.sha256}-{evidence.token}"


class Particulars(models.Model):
    """The application form apart from the facts: whom to ask, and why the community applies (R4-022).

    No identity number is asked. The name and the telephone are shown only to those working on the case.
    """

    case = models.OneToOneField("applications.Case", models.PROTECT, related_name="particulars")
    contact = models.CharField(_("联系人"), max_length=64)
    phone = models.CharField(_("联系电话"), max_length=32)
    reason = models.TextField(_("申报理由"), blank=True)
    revision = models.PositiveIntegerField(default=1)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    updated_at = models.DateTimeField()
    history = HistoricalRecords()


class DeclaredFact(models.Model):
    """A fact as the community declares it, entered once for all indicators (R2-024, practice 4.3 journey 1).

    ``revision`` counts the saves: a form posts the revision it was read at, so that two clerks never overwrite
    each other in silence. ``carried``: taken over from an earlier application and looked at by nobody since.
    """

    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="declared_facts")
    key = models.CharField(max_length=64)
    value: Any = models.JSONField()
    carried = models.BooleanField(_("沿用待核对"), default=False)
    revision = models.PositiveIntegerField(default=1)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    updated_at = models.DateTimeField()
    history = HistoricalRecords()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "key"], name="one_declared_fact_per_key")]


class Claim(models.Model):
    """The community's self-assessment of one indicator: reached or not, in its own words; ``carried`` as with facts."""

    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="claims")
    indicator = models.CharField(max_length=64)
    reached = models.BooleanField()
    note = models.TextField(_("自评说明"), blank=True)
    carried = models.BooleanField(_("沿用待核对"), default=False)
    revision = models.PositiveIntegerField(default=1)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    updated_at = models.DateTimeField()
    history = HistoricalRecords()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "indicator"], name="one_claim_per_indicator")]


class Evidence(models.Model):
    """A file that proves something, private behind a checking view. Never overwritten; removal keeps the row."""

    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="evidence")
    token = models.CharField(max_length=32, unique=True)
    file = models.FileField(upload_to=evidence_path, max_length=200)
    name = models.CharField(_("文件名"), max_length=160)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    stage = models.CharField(max_length=16)
    round = models.PositiveSmallIntegerField(default=1)
    sensitive = models.BooleanField(_("含个人信息"), default=False)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    history = HistoricalRecords()

    class Meta:
        indexes = [
            models.Index(fields=["case", "removed_at"]),
            models.Index(fields=["case", "sha256"], name="evidence_same_content"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        """Whether a browser shows the file as a picture."""
        return self.content_type in {"image/jpeg", "image/png", "image/webp"}

    @property
    def icon(self) -> str:
        """The icon that stands for the kind of file in a list (``image``, ``pdf``, ``sheet`` or ``file``)."""
        return next((kind.icon for kind in KINDS.values() if kind.content_type == self.content_type), "file")


class EvidenceLink(models.Model):
    """What a file proves: one file may serve several indicators and facts."""

    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="links")
    indicator = models.CharField(max_length=64)
    linked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["evidence", "indicator"],
                condition=Q(removed_at__isnull=True),
                name="one_link_per_evidence_and_indicator",
            )
        ]


class Award(models.Model):
    """A commendation that may bring bonus points (R1-036 to R1-040)."""

    class Level(models.TextChoices):
        PROVINCIAL = "provincial", _("省级")
        NATIONAL = "national", _("国家级")

    class Recipient(models.TextChoices):
        COLLECTIVE = "collective", _("社区集体")
        PERSON = "person", _("个人")

    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="awards")
    title = models.CharField(_("表彰名称"), max_length=120)
    matter = models.CharField(_("事项标识"), max_length=64)
    level = models.CharField(_("级别"), max_length=12, choices=Level.choices)
    seal_level = models.CharField(_("授予机关级别"), max_length=12, choices=Level.choices, blank=True)
    date = models.DateField(_("表彰日期"))
    issuer = models.CharField(_("授予机关"), max_length=120)
    recipient = models.CharField(_("受表彰对象"), max_length=12, choices=Recipient.choices)
    evidence = models.ForeignKey(Evidence, models.PROTECT, null=True, blank=True, related_name="awards")
    confirmed = models.BooleanField(_("已确认"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirm_reason = models.CharField(max_length=300, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords()
