"""What the public are told: county's confirmation, draft and its approval, publications, star awards.

Everything but the draft is appended and never updated; a corrected publication supersedes the one before.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from applications.models.append_only import AppendOnly

PERSON = settings.AUTH_USER_MODEL


class FactsConfirmation(AppendOnly):
    """The county's signature under the facts to be published, as they stood then (R3-141). Append-only."""

    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="facts_confirmations")
    rating = models.ForeignKey("review.Rating", models.PROTECT, related_name="facts_confirmations")
    content: Any = models.JSONField()
    digest = models.CharField(max_length=64)
    note = models.TextField(_("核准意见"), blank=True)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("信息核准")
        verbose_name_plural = _("信息核准")
        ordering = ["pk"]


class NoticeDraft(models.Model):
    """The text of a notice while it is prepared: index number, title, text, medium, the four points (R3-054, R3-057).

    One per notice; after a return the same draft is put right. ``revision`` guards against two publishers on one form.
    """

    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="notice_drafts")
    rating = models.ForeignKey("review.Rating", models.PROTECT, related_name="notice_drafts")
    number = models.CharField(_("索引号"), max_length=40, blank=True)
    title = models.CharField(_("标题"), max_length=120, blank=True)
    text = models.TextField(_("正文"), blank=True)
    medium = models.CharField(_("发布形式"), max_length=120, blank=True)
    safety = models.BooleanField(_("安全性"), default=False)
    reliability = models.BooleanField(_("可靠性"), default=False)
    accuracy = models.BooleanField(_("准确性"), default=False)
    suitability = models.BooleanField(_("适应性"), default=False)
    revision = models.PositiveIntegerField(default=1)
    updated_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    updated_at = models.DateTimeField()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("公示稿")
        verbose_name_plural = _("公示稿")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["case", "rating"], name="one_draft_per_rating")]

    def __str__(self) -> str:
        return self.number


class DraftEntry(AppendOnly):
    """What was done with a draft: handed in with the signed checklist, returned, approved (R3-059). Append-only."""

    class Verb(models.TextChoices):
        SUBMIT = "submit", _("提交审批")
        RETURN = "return", _("退回修改")
        APPROVE = "approve", _("批准发布")

    draft = models.ForeignKey(NoticeDraft, models.PROTECT, related_name="entries")
    verb = models.CharField(max_length=8, choices=Verb.choices)
    text = models.TextField(_("意见"), blank=True)
    checklist: Any = models.JSONField(default=dict)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]


class Publication(AppendOnly):
    """What the public were told, word for word: the only source of every public page. Never updated.

    ``content`` is the snapshot (``review/queries/snapshots.py`` says what is in it) and ``digest`` its SHA-256, which
    the event log carries too. The columns beside it repeat what lists filter by.
    """

    class Kind(models.TextChoices):
        NOTICE = "notice", _("公示")
        ANNOUNCEMENT = "announcement", _("公告")
        REVOCATION = "revocation", _("撤销公告")
        LOWERING = "lowering", _("降星公告")

    kind = models.CharField(_("类型"), max_length=12, choices=Kind.choices)
    number = models.CharField(_("索引号"), max_length=40, unique=True)
    title = models.CharField(_("标题"), max_length=120)
    text = models.TextField(_("正文"))
    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="publications")
    round = models.PositiveSmallIntegerField()
    rating = models.ForeignKey("review.Rating", models.PROTECT, related_name="publications")
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    community_code = models.CharField(max_length=16)
    star = models.PositiveSmallIntegerField(_("星级"))
    content: Any = models.JSONField()
    digest = models.CharField(max_length=64)
    medium = models.CharField(_("发布形式"), max_length=120, blank=True)
    notice_from = models.DateField(_("公示起"), null=True, blank=True)
    notice_until = models.DateField(_("公示止"), null=True, blank=True)
    author = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("拟制人"))
    approver = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("批准人"))
    published_on = models.DateField(_("发布日期"))
    published_at = models.DateTimeField()

    class Meta:
        verbose_name = _("发布件")
        verbose_name_plural = _("发布件")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(author=models.F("approver")), name="publication_approved_by_another_person"
            ),
            models.CheckConstraint(
                condition=Q(kind="notice", notice_from__isnull=False, notice_until__isnull=False)
                | (~Q(kind="notice") & Q(notice_from__isnull=True, notice_until__isnull=True)),
                name="a_notice_has_its_period",
            ),
            models.UniqueConstraint(
                fields=["rating", "kind"],
                condition=Q(supersedes__isnull=True),
                name="one_publication_per_rating",
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "-published_on", "-id"], name="publication_newest"),
            models.Index(fields=["kind", "notice_until"], name="publication_notice_until"),
            models.Index(fields=["community_code", "kind"], name="publication_community"),
        ]

    def __str__(self) -> str:
        return self.number


class ChannelRecord(AppendOnly):
    """Where else a publication was shown: channel, place, time and proof (R2-045, R3-141). Append-only."""

    class Channel(models.TextChoices):
        BOARD = "board", _("社区公告栏")
        WEBSITE = "website", _("门户网站")
        ACCOUNT = "account", _("微信公众号")
        NEWSPAPER = "newspaper", _("报刊")
        OTHER = "other", _("其他")

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="channels")
    channel = models.CharField(_("渠道"), max_length=12, choices=Channel.choices)
    place = models.CharField(_("位置或网址"), max_length=200)
    shown_on = models.DateField(_("发布日期"))
    proof = models.ForeignKey(
        "applications.Evidence", models.PROTECT, null=True, blank=True, related_name="+"
    )
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]


class StarAward(AppendOnly):
    """A star awarded by an announcement, valid for three years, checked by its code (R3-104). Append-only."""

    code = models.CharField(_("验证码"), max_length=24, unique=True)
    publication = models.OneToOneField(Publication, models.PROTECT, related_name="award")
    case = models.ForeignKey("applications.Case", models.PROTECT, related_name="awards_of_star")
    community_code = models.CharField(max_length=16, db_index=True)
    star = models.PositiveSmallIntegerField(_("星级"))
    valid_from = models.DateField(_("有效期起"))
    valid_until = models.DateField(_("有效期止"))

    class Meta:
        verbose_name = _("星级")
        verbose_name_plural = _("星级")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(star__gte=1), name="an_award_has_a_star"),
            models.CheckConstraint(
                condition=Q(valid_until__gte=models.F("valid_from")), name="award_dates_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class RevocationProposal(AppendOnly):
    """A publisher's proposal to end an award before its time; another publisher decides on it. Append-only.

    ``star``: the star one grade below to which it is to be lowered; 0 where the star is to be revoked altogether;
    ``fraud``: whether it is revoked because the papers were made up, which keeps the community out for longer.
    """

    award = models.ForeignKey(StarAward, models.PROTECT, related_name="proposals")
    star = models.PositiveSmallIntegerField(_("降为星级"), default=0)
    number = models.CharField(_("索引号"), max_length=40)
    reason = models.TextField(_("事实和依据"))
    fraud = models.BooleanField(_("弄虚作假"), default=False)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    @property
    def key(self) -> str:
        """The key of the proposal's run."""
        return f"revoke-{self.pk}"


class AwardRevocation(AppendOnly):
    """The end of an award before its time, revoked or lowered, told by a publication of its own (R3-112). Append-only."""

    award = models.OneToOneField(StarAward, models.PROTECT, related_name="revocation")
    proposal = models.OneToOneField(RevocationProposal, models.PROTECT, related_name="revocation")
    publication = models.OneToOneField(Publication, models.PROTECT, related_name="revocation")
    at = models.DateTimeField()
