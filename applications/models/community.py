"""Organisations, memberships, communities and stand-ins."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from applications.core.roles import ROLES


class Organisation(models.Model):
    """An office, a residents' committee, a third-party agency or a committee that people belong to."""

    class Kind(models.TextChoices):
        OFFICE = "office", _("政府部门")
        COMMUNITY = "community", _("社区居民委员会")
        AGENCY = "agency", _("第三方机构")
        COMMITTEE = "committee", _("委员会")

    name = models.CharField(_("单位名称"), max_length=120)
    kind = models.CharField(_("单位类型"), max_length=12, choices=Kind.choices)
    region = models.ForeignKey("applications.Region", models.PROTECT, verbose_name=_("所在区划"))
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    phone = models.CharField(_("联系电话"), max_length=32, blank=True)
    active = models.BooleanField(_("在用"), default=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("单位")
        verbose_name_plural = _("单位")
        constraints = [
            models.UniqueConstraint(fields=["name", "region"], name="one_organisation_per_name_and_region")
        ]

    def __str__(self) -> str:
        return self.name


class Community(models.Model):
    """An urban community (R1-007). Its ``region`` is the leaf of the tree below its street."""

    region = models.OneToOneField("applications.Region", models.PROTECT, related_name="community")
    code = models.CharField(_("社区代码"), max_length=16, unique=True)
    name = models.CharField(_("社区名称"), max_length=64)
    households = models.PositiveIntegerField(_("常住户数"), default=0)
    population = models.PositiveIntegerField(_("常住人口"), default=0)
    urban = models.BooleanField(_("城市社区"), default=True)
    address = models.CharField(_("地址"), max_length=160, blank=True)
    phone = models.CharField(_("联系电话"), max_length=32, blank=True)
    is_demo = models.BooleanField(_("演示社区"), default=False)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("社区")
        verbose_name_plural = _("社区")
        ordering = ["code"]
        indexes = [models.Index(fields=["name"])]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """The path of the community's leaf in the region tree."""
        return self.region.path


class Membership(models.Model):
    """Who a person is: a role, in an organisation, for a region and everything below it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    role = models.CharField(
        _("角色"), max_length=24, choices=[(key, _(role.name)) for key, role in ROLES.items()]
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="memberships", verbose_name=_("单位")
    )
    region = models.ForeignKey("applications.Region", models.PROTECT, verbose_name=_("管辖区划"))
    group = models.ForeignKey("auth.Group", models.PROTECT, related_name="memberships")
    active = models.BooleanField(_("在任"), default=True)
    since = models.DateField(_("任职起"))
    until = models.DateField(_("任职止"), null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("任职")
        verbose_name_plural = _("任职")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "region", "organisation"],
                condition=Q(active=True),
                name="one_active_membership",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()}"


class StandIn(models.Model):
    """A stand-in acts with the rights of an absent officer between two dates, both included, under their own name."""

    absent = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="absences")
    substitute = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="stand_ins")
    starts_on = models.DateField(_("代理起"))
    ends_on = models.DateField(_("代理止"))
    reason = models.CharField(_("事由"), max_length=200)
    arranged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("代理")
        verbose_name_plural = _("代理")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")), name="stand_in_dates_in_order"
            ),
            models.CheckConstraint(
                condition=~Q(absent=models.F("substitute")), name="stand_in_is_another_person"
            ),
        ]
