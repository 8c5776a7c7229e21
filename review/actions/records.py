"""The table behind the public search, written with each announcement and built anew from what was published."""

from decimal import Decimal, InvalidOperation
from fractions import Fraction

from django.db import transaction

from review.core.searching import core_of, pieces
from review.models import Publication, PublicDimension, PublicPiece, PublicRecord


def write_record(row: Publication) -> PublicRecord:
    """Show an announcement in the public search: the community's row says what it says, from its snapshot alone."""
    content = row.content
    regions, award = content["regions"], content.get("award", {})
    names = [
        *(regions[level]["name"] for level in ("city", "county", "street")),
        content["community"]["name"],
    ]
    record, _fresh = PublicRecord.objects.update_or_create(
        code=row.community_code,
        defaults={
            "name": content["community"]["name"],
            "city_code": regions["city"]["code"],
            "city": regions["city"]["name"],
            "county_code": regions["county"]["code"],
            "county": regions["county"]["name"],
            "street": regions["street"]["name"],
            "words": core_of("".join(names)),
            "star": row.star,
            "batch": content["batch"]["name"],
            "year": content["batch"]["year"],
            "announced_on": row.published_on,
            "valid_from": award.get("valid_from"),
            "valid_until": award.get("valid_until"),
            "revoked": row.kind == Publication.Kind.REVOCATION,
            "is_demo": content["community"]["is_demo"],
            "publication": row,
        },
    )
    record.pieces.all().delete()
    record.dimensions.all().delete()
    PublicPiece.objects.bulk_create(
        PublicPiece(record=record, piece=piece) for piece in sorted(pieces(record.words))
    )
    PublicDimension.objects.bulk_create(
        PublicDimension(record=record, dimension=part["id"], points=_decimal(part["points"]))
        for part in content["dimensions"]
    )
    return record


def _decimal(points: str) -> Decimal:
    """Return points as a number for averages; the exact text stays in the snapshot."""
    try:
        return Decimal(points)
    except InvalidOperation:
        exact = Fraction(points)
        return Decimal(exact.numerator) / Decimal(exact.denominator)


@transaction.atomic
def rebuild() -> int:
    """Build the whole table anew from the publications; return how many communities it has."""
    PublicRecord.objects.all().delete()
    told = Publication.objects.exclude(kind=Publication.Kind.NOTICE).order_by("pk")
    newest = {row.community_code: row for row in told.iterator()}
    for row in newest.values():
        write_record(row)
    return len(newest)
