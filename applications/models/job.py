"""Long work with a progress bar, and the filters that a person keeps."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Job(models.Model):
    """Something that takes a while: a bulk action, an export, an import. It belongs to whoever asked for it."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="jobs")
    kind = models.CharField(max_length=24)
    title = models.CharField(_("事项"), max_length=120)
    asked = models.JSONField(default=dict)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    fault = models.TextField(blank=True)
    result = models.CharField(max_length=200, blank=True)
    source = models.FileField(upload_to="jobs/%Y/%m", blank=True)
    file = models.FileField(upload_to="jobs/%Y/%m", blank=True)

    class Meta:
        verbose_name = _("后台任务")
        verbose_name_plural = _("后台任务")
        indexes = [models.Index(fields=["owner", "-made_at"])]

    def __str__(self) -> str:
        return self.title


class JobLine(models.Model):
    """One row of a bulk job, and what became of it: ``ok`` is empty until its turn has come."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="lines")
    place = models.PositiveIntegerField()
    target = models.PositiveBigIntegerField()
    case = models.ForeignKey(
        "applications.Case", models.PROTECT, null=True, blank=True, related_name="job_lines"
    )
    ok = models.BooleanField(null=True)
    sentence = models.TextField(blank=True)

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["job", "place"], name="one_line_per_place_of_a_job")]
        indexes = [models.Index(fields=["job", "ok"])]


class SavedView(models.Model):
    """A person's named filter of a list."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="saved_views")
    page = models.CharField(max_length=12)
    name = models.CharField(_("视图名称"), max_length=24)
    query = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("视图")
        verbose_name_plural = _("视图")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["user", "page", "name"], name="one_saved_view_per_name"),
        ]

    def __str__(self) -> str:
        return self.name
