"""Who opened what is not for everybody: files with personal data, and who stands behind an objection (R4-090)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models.append_only import AppendOnly


class Access(AppendOnly):
    """One opening, at the moment of it. Append-only; a page leafed through for a while is one opening.

    ``subject`` is what was opened in the words of that time: the file's name, the objection's number, never a person.
    """

    class Kind(models.TextChoices):
        FILE = "file", _("含个人信息的材料")
        OBJECTOR = "objector", _("异议人姓名和联系方式")

    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="accesses")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="accesses")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    evidence = models.ForeignKey("applications.Evidence", models.PROTECT, null=True, related_name="accesses")
    subject = models.CharField(max_length=160)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["case", "-id"], name="accesses_of_a_case"),
            models.Index(fields=["user", "subject", "at"], name="access_opened_just_now"),
        ]
