"""Who opened what is not for everybody: files with personal data, who objected and who complained (R4-090, R4-123)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.models.append_only import AppendOnly
from applications.models.turn import OF_ONE


class Access(AppendOnly):
    """One opening, at the moment of it. Append-only; a page leafed through for a while is one opening.

    ``subject`` is what was opened in the words of that time: the file's name, the number of the
    objection or complaint, never a person.
    """

    class Kind(models.TextChoices):
        FILE = "file", _("含个人信息的材料")
        OBJECTOR = "objector", _("异议人姓名和联系方式")
        COMPLAINANT = "complainant", _("投诉人姓名和联系方式")

    case = models.ForeignKey("applications.Case", models.PROTECT, null=True, related_name="accesses")
    matter = models.ForeignKey(
        "applications.Matter", models.PROTECT, null=True, related_name="accesses", db_index=False
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="accesses")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    evidence = models.ForeignKey("applications.Evidence", models.PROTECT, null=True, related_name="accesses")
    subject = models.CharField(max_length=160)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["case", "-id"], name="accesses_of_a_case"),
            models.Index(
                fields=["matter", "-id"], condition=Q(matter__isnull=False), name="accesses_of_a_matter"
            ),
            models.Index(fields=["user", "subject", "at"], name="access_opened_just_now"),
        ]
        constraints = [models.CheckConstraint(condition=OF_ONE, name="an_access_is_of_a_case_or_a_matter")]
