"""Who is kept away from what belongs to a community and to no case: whoever has an office in it, or is recused from it."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from applications import clock
from applications.core.verdict import YES, Verdict, no
from applications.core.years import TIED_YEARS, years_before
from applications.models import Community, Membership, Recusal, User


def _own_posts(user: User) -> QuerySet[Membership]:
    """Return the offices that tie a person to a community: those held now or within the last two years."""
    return Membership.objects.filter(_recent(clock.today()), user=user, region__level="community")


def _recent(day: date) -> Q:
    return Q(active=True, until__isnull=True) | Q(until__gte=years_before(day, TIED_YEARS))


def _recusals(user: User) -> QuerySet[Recusal]:
    return Recusal.objects.filter(user=user, lifted_at__isnull=True)


def kept_away(user: User, community: Community) -> Verdict:
    """Whether a person may have to do with complaints about a community: no office in it, not recused from its cases."""
    if _own_posts(user).filter(region=community.region_id).exists():
        return no(_("您现任职或两年内曾任职于被投诉社区，应当回避，不能查看或办理。"))
    if _recusals(user).filter(case__community=community).exists():
        return no(_("您已回避该社区的案卷，不能查看或办理对该社区的投诉。"))
    return YES


def not_kept_away(user: User, community: str = "community") -> Q:
    """Return ``kept_away`` as the filter of a list, whose rows name the community in this field."""
    own = _own_posts(user).filter(region=OuterRef(f"{community}__region"))
    recused = _recusals(user).filter(case__community=OuterRef(community))
    return Q(~Exists(own), ~Exists(recused))


def away(people: Iterable[int], community: Community) -> set[int | None]:
    """Return who of these people is kept away from complaints about a community (2 queries)."""
    posts = Membership.objects.filter(_recent(clock.today()), user__in=people, region=community.region_id)
    recused = Recusal.objects.filter(user__in=people, case__community=community, lifted_at__isnull=True)
    return {*posts.values_list("user", flat=True), *recused.values_list("user", flat=True)}
