"""Where the star of a case stands: what the page of its publications says of it, and what may be done."""

from dataclasses import dataclass
from datetime import date

from applications.models import Case, User
from applications.permissions import may_on_case
from review.core import validity
from review.models import CertificateReturn, RevocationProposal, StarAward
from review.queries import revocations


@dataclass(frozen=True)
class AwardStanding:
    """A star on a day: what it is, how long it still runs, who is asked next, what became of its certificate.

    ``before``: the award that was lowered to this one, if it was; ``ended``: the award whose certificate is due back.
    """

    award: StarAward
    standing: str
    days_left: int
    proposal: RevocationProposal | None
    again: Case | None
    ended: StarAward | None
    certificate: CertificateReturn | None
    certificate_due: date | None
    below: int
    may_propose: bool

    @property
    def near(self) -> bool:
        """Whether the end is near enough for the community to apply again."""
        return self.days_left <= 31 * max(validity.REMIND.values())


def award_standing(case: Case, user: User, day: date) -> AwardStanding | None:
    """Return where the newest star of a case stands on a day, or None where it never had one."""
    award = revocations.newest_award(case)
    if award is None:
        return None
    standing = revocations.standing(award, day)
    proposal = revocations.under_way(award)
    valid = standing == validity.VALID
    ended = _ended(award)
    return AwardStanding(
        award=award,
        standing=standing,
        days_left=(award.valid_until - day).days,
        proposal=proposal,
        again=revocations.applying_again(award),
        ended=ended,
        certificate=revocations.certificate_of(ended) if ended else None,
        certificate_due=revocations.certificate_due(ended) if ended else None,
        below=revocations.star_below(award) if valid else 0,
        may_propose=valid and proposal is None and may_on_case(user, "prepare_publication", case).ok,
    )


def _ended(award: StarAward) -> StarAward | None:
    """Return the last award of the case that ended before its time: this one, or the one lowered to it."""
    rows = StarAward.objects.filter(case=award.case_id, revocation__isnull=False)
    return rows.select_related("revocation__publication").order_by("-pk").first()
