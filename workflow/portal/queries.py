"""Reads of the public portal: published rows and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.db.models import Avg, Count, F, Max, Q, QuerySet

from applications.kept import Kept
from applications.models import Community, Standard
from applications.queries.naming import holding
from rectification.queries.complaints import handled_of
from rectification.queries.items import public_progress
from review.core import receipts
from review.core.searching import asked, core_of, enough, normalise, says_nothing, words_of
from review.models import AwardMoment, Publication, PublicDimension, PublicRecord, StarAward
from review.queries import revocations

Kind = Publication.Kind
CODE_DIGITS = 6  # so many digits are taken as the beginning of a division code
AVERAGES_KEPT = 300  # seconds
REGIONS_KEPT = 300  # seconds


@dataclass(frozen=True)
class Search:
    """What is looked for: words, city, county, star; empty means everything."""

    q: str = ""
    city: str = ""
    county: str = ""
    star: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether anything was asked for."""
        return bool(self.q or self.city or self.county or self.star)


def records(search: Search) -> QuerySet[PublicRecord]:
    """Return the announced results that match, the best match first."""
    own = F("publication__content__star_words")  # the standard's own name of the level, as it was published
    rows = PublicRecord.objects.annotate(star_words=own)
    if search.city:
        rows = rows.filter(city_code=search.city)
    if search.county:
        rows = rows.filter(county_code=search.county)
    if search.star.isdecimal():
        rows = rows.filter(star=int(search.star))
    if not search.q or says_nothing(search.q):
        return rows.order_by("-star", "code")
    return _by_words(rows, search.q)


def _by_words(rows: QuerySet[PublicRecord], words: str) -> QuerySet[PublicRecord]:
    """Find as typed, then word by word, then by what is most alike; a number is the beginning of a code."""
    digits = normalise(words)
    if digits.isdecimal() and len(digits) >= CODE_DIGITS:
        return rows.filter(code__startswith=digits).order_by("code")
    for found in (rows.filter(words__contains=core_of(words)), _with_all(rows, words_of(words))):
        if normalise(words) and found.exists():
            return found.order_by("-star", "code")
    return _by_pieces(rows, asked(words)).order_by("-star", "code")


def _with_all(rows: QuerySet[PublicRecord], words: list[str]) -> QuerySet[PublicRecord]:
    """Every word stands somewhere in the community's names."""
    if len(words) < 2:
        return rows.none()
    for word in words:
        rows = rows.filter(words__contains=word)
    return rows


def _by_pieces(rows: QuerySet[PublicRecord], wanted: list[str]) -> QuerySet[PublicRecord]:
    """Those that have the most pieces of what was typed, at least half of them."""
    if not wanted:
        return rows.none()
    found = (
        rows.filter(pieces__piece__in=wanted)
        .annotate(hits=Count("pieces"))
        .filter(hits__gte=enough(len(wanted)))
    )
    best = found.aggregate(best=Max("hits"))["best"] or 0
    return found.filter(hits=best)


def regions() -> tuple[list[tuple[str, str]], list[tuple[str, str, str]]]:
    """Return the cities (code, name) and the counties (code, name, city's code) that have announced results.

    Every page with a filter asks for them; they are read anew after the next publication.
    """
    key = f"portal-regions:{newest_publication()}"
    kept: tuple[list[tuple[str, str]], list[tuple[str, str, str]]] | None = cache.get(key)
    if kept is None:
        kept = _regions()
        cache.set(key, kept, REGIONS_KEPT)
    return kept


def _regions() -> tuple[list[tuple[str, str]], list[tuple[str, str, str]]]:
    rows = (
        PublicRecord.objects.order_by("city_code", "county_code")
        .values_list("city_code", "city", "county_code", "county")
        .distinct()
    )
    found = list(rows)
    cities = dict(sorted({code: name for code, name, _c, _n in found}.items()))
    counties = {county: (name, city) for city, _n, county, name in found}
    return list(cities.items()), [(code, name, city) for code, (name, city) in sorted(counties.items())]


def newest_publication() -> int:
    """Return the number of the newest publication, 0 before the first: nothing public changes without another one."""
    found = _NEWEST.rows()
    return int(found[0][0]) if found else 0


_NEWEST = Kept(lambda: Publication.objects.order_by("-pk").values_list("pk")[:1])


def notices(day: date, *, running: bool) -> QuerySet[Publication]:
    """Return the notices whose period runs on a day, or those that are over; superseded ones count as over."""
    rows = Publication.objects.filter(kind=Kind.NOTICE).select_related("superseded_by")
    over = Q(notice_until__lt=day) | Q(superseded_by__isnull=False)
    return (
        rows.exclude(over).order_by("notice_until", "pk")
        if running
        else rows.filter(over).order_by("-notice_until", "-pk")
    )


def announcements() -> QuerySet[Publication]:
    """Return what was announced, lowered or revoked, newest first."""
    return (
        Publication.objects.exclude(kind=Kind.NOTICE)
        .select_related("superseded_by")
        .order_by("-published_on", "-pk")
    )


def publication(pk: int) -> Publication | None:
    """Return one publication; its address is permanent (R4-137)."""
    return (
        Publication.objects.select_related("superseded_by", "supersedes", "award", "case__batch__standard")
        .filter(pk=pk)
        .first()
    )


def community_by_code(code: str) -> Community | None:
    """Return the community that a code names; the register of communities is public. A code has digits only."""
    if not code.isdecimal():
        return None
    return Community.objects.select_related("region__parent__parent__parent").filter(code=code).first()


def communities_named(words: str) -> QuerySet[Community]:
    """Return the communities whose name holds the words, or whose code begins with them."""
    rows = Community.objects.select_related("region__parent__parent__parent")
    named = Q(code__startswith=words) if words.isdecimal() else holding(words, "name")
    return rows.filter(named).order_by("code")


@dataclass(frozen=True)
class Profile:
    """A community as the public know it: newest snapshot, announcements, a running notice, progress, averages."""

    code: str
    content: dict[str, Any]
    announced: list[Publication]
    notice: Publication | None
    award: StarAward | None
    standing: str
    progress: dict[str, int] | None
    complaints: dict[str, int] | None = None
    averages: dict[str, Decimal] = field(default_factory=dict)


def profile(code: str, day: date) -> Profile | None:
    """Return what was published of a community, or None where nothing was."""
    if not code.isdecimal():  # PostgreSQL takes no text with a zero sign
        return None
    rows = list(
        Publication.objects.filter(community_code=code)
        .select_related("superseded_by", "award__revocation__publication")
        .order_by("-pk")
    )
    announced = [row for row in rows if row.kind != Kind.NOTICE]
    notice = next((row for row in rows if _runs(row, day)), None)
    newest = announced[0] if announced else notice
    if newest is None:
        return None
    awards = [row.award for row in announced if hasattr(row, "award")]
    award = awards[0] if awards else None
    community = Community.objects.filter(code=code).first() if announced else None
    return Profile(
        code=code,
        content=newest.content,
        announced=announced,
        notice=notice,
        award=award,
        standing=revocations.standing(award, day) if award else "",
        progress=public_progress(community) if community and announced else None,
        complaints=handled_of(community) if community and announced else None,
        averages=averages(newest.content["batch"]["name"]) if announced else {},
    )


def _runs(row: Publication, day: date) -> bool:
    if row.kind != Kind.NOTICE or row.notice_until is None or hasattr(row, "superseded_by"):
        return False
    return row.notice_until >= day


def averages(batch: str) -> dict[str, Decimal]:
    """Return the average points by dimension of a batch's announced results, kept for some minutes (R3-044)."""
    key = f"averages:{normalise(batch)}"
    kept: dict[str, Decimal] | None = cache.get(key)
    if kept is None:
        rows = (
            PublicDimension.objects.filter(record__batch=batch)
            .values("dimension")
            .order_by()
            .annotate(mean=Avg("points"))
        )
        kept = {row["dimension"]: Decimal(row["mean"]).quantize(Decimal("0.01")) for row in rows}
        cache.set(key, kept, AVERAGES_KEPT)
    return kept


def award_by_code(code: str) -> StarAward | None:
    """Return the award that a verification code names, however it was typed."""
    return (
        StarAward.objects.filter(code=receipts.tidy(code))
        .select_related("publication", "revocation__publication", "revocation__proposal")
        .first()
    )


@dataclass(frozen=True)
class CityRow:
    """One line of the statistics: a city with its announced results by star, none of them counted twice."""

    code: str
    name: str
    by_star: list[int]
    total: int


def in_force(day: date) -> QuerySet[PublicRecord]:
    """Return the announced results that hold on a day: neither revoked nor run out; without a star none runs out."""
    return PublicRecord.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day), revoked=False)


def lapsed() -> QuerySet[AwardMoment]:
    """Return the stars that ran out without being applied for again, the last ones first."""
    rows = AwardMoment.objects.filter(kind=AwardMoment.Kind.LAPSED).select_related("award__publication")
    return rows.order_by("-award__valid_until", "-pk")


def statistics(stars: Sequence[int], day: date) -> list[CityRow]:
    """Return how many communities of each city have which star in force on a day (0 comes last)."""
    rows = in_force(day).order_by("city_code").values("city_code", "city", "star").annotate(n=Count("pk"))
    cities: dict[str, tuple[str, dict[int, int]]] = {}
    for row in rows:
        cities.setdefault(row["city_code"], (row["city"], {}))[1][row["star"]] = row["n"]
    return [
        CityRow(code, name, [found.get(star, 0) for star in stars], sum(found.values()))
        for code, (name, found) in cities.items()
    ]


def published_standards() -> QuerySet[Standard]:
    """Return the standards that ratings may rest on, newest first."""
    return Standard.objects.exclude(state=Standard.State.DRAFT).order_by("-registered_at", "-pk")
