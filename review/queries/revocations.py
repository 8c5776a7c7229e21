"""Reads of awards and their revocation, named as questions."""

from datetime import date

from applications.models import Case, StageRun, User
from review.core import validity
from review.models import AwardRevocation, RevocationProposal, StarAward

KEY = "revoke-"


def of_key(case: Case, key: str) -> RevocationProposal | None:
    """Return the proposal of a case that a run's key names."""
    number = key.removeprefix(KEY)
    if not number.isdecimal():
        return None
    rows = RevocationProposal.objects.filter(award__case=case, pk=int(number))
    return rows.select_related("award__publication", "award__case", "by").first()


def without_run(case: Case) -> list[str]:
    """Return the keys of the proposals on which nobody has been asked to decide; the road asks."""
    begun = set(StageRun.objects.filter(case=case, key__startswith=KEY).values_list("key", flat=True))
    rows = RevocationProposal.objects.filter(award__case=case).order_by("pk")
    return [row.key for row in rows if row.key not in begun]


def under_way(award: StarAward) -> bool:
    """Whether a proposal to revoke the award waits for its decision."""
    keys = [row.key for row in award.proposals.all()]
    open_runs = StageRun.objects.filter(case=award.case_id, key__in=keys, finished_at__isnull=True)
    return open_runs.exists() or bool(without_run(award.case))


def revocable(case: Case, day: date) -> StarAward | None:
    """Return the case's award that is in force on a day, or None."""
    award = StarAward.objects.filter(case=case).select_related("publication", "case").order_by("-pk").first()
    if award is None:
        return None
    revoked = AwardRevocation.objects.filter(award=award).exists()
    return award if validity.standing(award.valid_until, day, revoked=revoked) == validity.VALID else None


def proposers(case: Case, key: str) -> list[User]:
    """Return who proposed: they do not decide."""
    proposal = of_key(case, key)
    return [proposal.by] if proposal else []
