"""Reads of awards and how they end before their time, named as questions."""

from collections.abc import Collection
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from applications.core import terms
from applications.core.years import years_after
from applications.eligibility import Bar
from applications.models import Case, StageRun, Todo, User
from applications.queries.standards import standard_of
from review.core import validity
from review.models import (
    AwardRevocation,
    CertificateReturn,
    ProposalStatement,
    Publication,
    RevocationProposal,
    StarAward,
)

KEY = "revoke-"


def of_key(case: Case, key: str) -> RevocationProposal | None:
    """Return the proposal of a case that a run's key names."""
    number = key.removeprefix(KEY)
    if not number.isdecimal():
        return None
    rows = RevocationProposal.objects.filter(award__case=case, pk=int(number))
    return rows.select_related("award__publication", "award__case", "by", "statement__by").first()


def without_run(case: Case) -> list[str]:
    """Return the keys of the proposals on which nobody has been asked to decide; the road asks."""
    begun = set(StageRun.objects.filter(case=case, key__startswith=KEY).values_list("key", flat=True))
    rows = RevocationProposal.objects.filter(award__case=case).order_by("pk")
    return [row.key for row in rows if row.key not in begun]


def under_way(award: StarAward) -> RevocationProposal | None:
    """Return the proposal to lower or revoke the award that waits for its statement or its decision, or None."""
    keys = {row.key: row for row in award.proposals.order_by("pk")}
    open_runs = StageRun.objects.filter(case=award.case_id, key__in=list(keys), finished_at__isnull=True)
    waiting = [*open_runs.values_list("key", flat=True), *without_run(award.case)]
    return next((keys[key] for key in waiting if key in keys), None)


def newest_award(case: Case) -> StarAward | None:
    """Return the star that the case holds or held last, with how it ended."""
    rows = StarAward.objects.filter(case=case).select_related(
        "publication", "case", "revocation__publication"
    )
    return rows.order_by("-pk").first()


def ended(award: StarAward) -> str:
    """Return the kind of the publication that ended an award before its time, or nothing."""
    return award.revocation.publication.kind if hasattr(award, "revocation") else ""


def standing(award: StarAward, day: date) -> str:
    """Return what an award is on a day: valid, expired, revoked, lowered, or replaced by a newer result."""
    kind = ended(award)
    return validity.standing(
        award.valid_until,
        day,
        revoked=kind == Publication.Kind.REVOCATION,
        lowered=kind == Publication.Kind.LOWERING,
        replaced=newer_result(award, day) is not None,
    )


def newer_result(award: StarAward, day: date) -> Publication | None:
    """Return the newest announcement that has taken an award's place by a day, or None.

    A later rating of the community holds whatever came of it: where no star did, the earlier one is gone, too.
    """
    rows = Publication.objects.filter(
        kind=Publication.Kind.ANNOUNCEMENT,
        community_code=award.community_code,
        pk__gt=award.publication_id,
        published_on__lte=day,
    )
    return rows.order_by("-pk").first()


def revocable(case: Case, day: date) -> StarAward | None:
    """Return the case's award that is in force on a day, or None."""
    award = newest_award(case)
    if award is None or standing(award, day) != validity.VALID:
        return None
    return award


def star_below(award: StarAward) -> int:
    """Return the star one grade below an award's under its own standard, or 0 where there is none below."""
    stars = [row.stars for row in standard_of(award.case.batch.standard).stars]
    return max((star for star in stars if star < award.star), default=0)


def proposers(case: Case, key: str) -> list[User]:
    """Return who proposed: they do not decide."""
    proposal = of_key(case, key)
    return [proposal.by] if proposal else []


def statement_of(proposal: RevocationProposal) -> ProposalStatement | None:
    """Return what the community said of a proposal, or None."""
    return ProposalStatement.objects.filter(proposal=proposal).select_related("by").first()


def silent_hearings(day: date) -> list[Todo]:
    """Return the to-dos of communities that have let the term of their statement pass."""
    rows = Todo.objects.filter(node="publication.hear", state=Todo.State.OPEN, due_on__lt=day)
    return list(rows.select_related("case", "run").order_by("pk"))


def certificate_of(award: StarAward) -> CertificateReturn | None:
    """Return what became of the certificate of an ended award, or None."""
    return CertificateReturn.objects.filter(award=award).select_related("by").first()


def certificate_due(award: StarAward) -> date | None:
    """Return until when the certificate of an ended award is to be handed in, while it is open."""
    rows = Todo.objects.filter(
        node="publication.collect_certificate", state=Todo.State.OPEN, run__case=award.case_id
    )
    keys = [row.key for row in award.proposals.all()]
    return rows.filter(run__key__in=keys).values_list("due_on", flat=True).first()


def near_their_end(day: date) -> list[StarAward]:
    """Return the awards in force whose end is near or past and of which something may still have to be told.

    Neither ended by decision nor replaced by a newer result, not told to have lapsed, soonest end first.
    """
    newer = Publication.objects.filter(
        kind=Publication.Kind.ANNOUNCEMENT,
        community_code=OuterRef("community_code"),
        pk__gt=OuterRef("publication"),
    )
    latest = day + timedelta(days=31 * max(validity.REMIND.values()))  # months in days, rounded up
    rows = StarAward.objects.filter(valid_until__lte=latest, revocation__isnull=True)
    told = Q(moments__kind="lapsed")
    rows = rows.exclude(told).exclude(Exists(newer)).select_related("case__community", "publication")
    return list(rows.prefetch_related("moments").order_by("valid_until", "pk"))


def in_force(path: str, day: date) -> QuerySet[StarAward]:
    """Return the stars in force on a day in a region: not run out, not ended by decision, not replaced by a newer result."""
    newer = Publication.objects.filter(
        kind=Publication.Kind.ANNOUNCEMENT,
        community_code=OuterRef("community_code"),
        pk__gt=OuterRef("publication"),
        published_on__lte=day,
    )
    rows = StarAward.objects.filter(
        case__path__startswith=path, valid_until__gte=day, revocation__isnull=True
    )
    return rows.exclude(Exists(newer)).order_by("code")


def applying_again(award: StarAward) -> Case | None:
    """Return the open case in which the community has applied to be rated again after an award, or None."""
    rows = Case.objects.filter(
        community=award.case.community_id,
        closed_at__isnull=True,
        opened_at__gt=award.publication.published_at,
    )
    submitted = Q(submissions__isnull=False) | ~Q(state=Case.State.APPLICATION)
    return rows.exclude(pk=award.case_id).filter(submitted).order_by("-pk").first()


def barred_until(proposal: RevocationProposal, day: date) -> date | None:
    """Return the last day on which a community whose star is revoked on ``day`` may not apply; None where it may at once.

    The years are those of the batch in which the star was awarded (practice 3.3: one year, three for fraud).
    """
    key = "bar_fraud" if proposal.fraud else "bar_revoked"
    years = terms.in_force(proposal.award.case.batch.terms, key).budget
    return years_after(day, years) - timedelta(days=1) if years and not proposal.star else None


def bars(codes: Collection[str], day: date) -> dict[str, Bar]:
    """Return by code which of these communities may not apply on a day because their star was revoked (one query)."""
    rows = (
        AwardRevocation.objects.filter(
            award__community_code__in=codes, publication__kind=Publication.Kind.REVOCATION
        )
        .select_related("publication", "proposal__award__case__batch")
        .defer("publication__content", "publication__text")
        .order_by("pk")
    )
    found: dict[str, Bar] = {}
    for row in rows:
        until = barred_until(row.proposal, row.publication.published_on)
        if until is not None and until >= day:
            said = {"day": date_format(row.publication.published_on, "DATE_FORMAT")}
            ground = (
                _("本社区的星级因弄虚作假于%(day)s被撤销")
                if row.proposal.fraud
                else _("本社区的星级于%(day)s被撤销")
            )
            found[row.publication.community_code] = Bar(until, ground % said)
    return found
