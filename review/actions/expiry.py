"""The end of a star by time: reminders six and three months before, its lapse the day after (practice 3.3).

Each is told once, whatever the clock does; a community that has applied again is not reminded, and its star lapses only
when the new case has ended without one.
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from applications import clock
from applications.acting import verb
from applications.actions.events import lock_case, record
from applications.inturn import in_turn
from applications.models import User
from notifications.outbox import post
from review.core import validity
from review.models import AwardMoment, StarAward
from review.queries import revocations

Kind = AwardMoment.Kind


def watch_awards(*, at: datetime) -> int:
    """Tell of every award whose end is near or past and of which that was not told yet; return how many were."""
    return in_turn(revocations.near_their_end(clock.day_of(at)), lambda award: _watch(award, at))


def _watch(award: StarAward, at: datetime) -> int:
    kinds = _due(award, at)
    if not kinds or revocations.applying_again(award):
        return 0
    return _tell(award, kinds, by=None, at=at)


def _due(award: StarAward, at: datetime) -> list[str]:
    """Return what has to be told of an award and was not, the last one first meant: a late clock tells only that."""
    today = clock.day_of(at)
    known = {moment.kind for moment in award.moments.all()}
    reached = validity.reached(award.valid_until, today)
    if today > award.valid_until:
        reached = [*reached, Kind.LAPSED.value]
    return [kind for kind in reached if kind not in known]


@verb("watch_award")
def _tell(award: StarAward, kinds: list[str], *, by: User | None, at: datetime) -> int:
    """Note every moment passed and tell of the newest; another clock that was faster has told it already."""
    kind = kinds[-1]
    try:
        with transaction.atomic():
            case = lock_case(award.case)
            for passed in kinds:
                AwardMoment.objects.create(award=award, kind=passed, at=at)
            data = {"award": award.code, "until": str(award.valid_until), "kind": kind}
            record(case, "lapse_award" if kind == Kind.LAPSED else "remind_expiry", by=by, at=at, data=data)
            topic = "award.lapsed" if kind == Kind.LAPSED else "award.expiring"
            post(
                topic,
                f"{topic}:{award.pk}:{kind}",
                at=at,
                payload={"case": case.pk, "award": award.pk, "verb": kind},
            )
    except IntegrityError:
        return 0
    return 1
