"""Whether the rows that the log vouches for still say what it says, and whether any row of record stands outside it."""

from collections.abc import Iterator
from datetime import date

from applications.models import Case, Event
from review.models import Decision, Publication, PublicRecord, Rating, StarAward, Vote
from review.queries.publications import broken_publication
from review.queries.ratings import broken_seal

# the row of record, the verbs that vouch for it, and what they call it by
RECORDS = (
    (Rating, ("rate",), "rating", "pk", "计分结果"),
    (Decision, ("decide",), "decision", "pk", "评定决定"),
    (
        Publication,
        ("publish_notice", "announce", "revoke_award", "lower_award"),
        "number",
        "number",
        "发布件",
    ),
)


def broken_rating(event: Event) -> str | None:
    """Return why the rating or decision that an event vouches for no longer matches it, or None."""
    return broken_seal(event.verb, event.data)


def broken_votes(event: Event) -> str | None:
    """Return why the votes of a closed ballot are not those that were opened in the log, or None."""
    told = {row["by"]: (row["choice"], row["reason"]) for row in event.data.get("votes", [])}
    rows = Vote.objects.filter(ballot=event.data.get("ballot"), by__in=told)
    cast = {row.by_id: (row.choice, row.reason) for row in rows}
    return None if cast == told else "表决票与公布的记名表决不符"


def broken_announcement(event: Event) -> str | None:
    """Return why what the public are shown is not what a publication said: its columns, the star it awarded, or None."""
    why = broken_publication(event)
    if why:
        return why
    row = Publication.objects.get(case=event.case_id, number=event.data["number"])
    if (row.star, row.community_code) != (row.content["star"], row.content["community"]["code"]):
        return "发布件的星级或社区与其正文不符"
    named = row.content.get("award")
    if row.kind not in (Publication.Kind.ANNOUNCEMENT, Publication.Kind.LOWERING) or named is None:
        return None
    award = StarAward.objects.filter(publication=row).first()
    if award is None:
        return "公告所授星级已不存在"
    said = (named["code"], row.star, row.community_code, named["valid_from"], named["valid_until"])
    held = (
        award.code,
        award.star,
        award.community_code,
        award.valid_from.isoformat(),
        award.valid_until.isoformat(),
    )
    return None if said == held else "所授星级与公告不符"


def outside_the_log() -> Iterator[tuple[str, str]]:
    """Yield the case and what stands in the database without an entry of the log that vouches for it."""
    for model, verbs, key, attribute, name in RECORDS:
        told = set(Event.objects.filter(verb__in=verbs).values_list("case_id", f"data__{key}"))
        rows = model._default_manager.order_by("pk").values_list("case_id", attribute, "case__number")
        for case, value, number in rows:
            if (case, value) not in told:
                yield number, f"{name}{value}没有相应的事件记录"
    for number in Case.objects.filter(events__isnull=True).order_by("pk").values_list("number", flat=True):
        yield number, "案卷没有任何事件记录"


def unlike_its_source() -> Iterator[tuple[str, str]]:
    """Yield the case and what was derived from its records and says something else than they do."""
    for decision in Decision.objects.select_related("case", "rating").order_by("case_id", "-round"):
        case = decision.case
        newest = case.ratings.filter(round=decision.round).order_by("number").last()
        if decision.round == case.round and newest is not None and case.star != newest.star:
            yield case.number, f"案卷的星级{case.star}与有效计分结果的{newest.star}不符"
    told = Publication.objects.exclude(kind=Publication.Kind.NOTICE).select_related("case").order_by("pk")
    newest_of = {row.community_code: row for row in told}
    shown = {record.code: record for record in PublicRecord.objects.all()}
    for code, row in newest_of.items():
        record = shown.pop(code, None)
        if record is None or any(getattr(record, name) != value for name, value in _public(row).items()):
            yield row.case.number, f"公开查询中社区{code}的结果与发布件{row.number}不符"
    for code, record in shown.items():
        yield record.publication.case.number, f"公开查询中社区{code}的结果没有相应的公告"


def _public(row: Publication) -> dict[str, object]:
    """What the public search must say of a community by its newest announcement, lowering or revocation."""
    content, award = row.content, row.content.get("award", {})
    dates = {
        name: (award and date.fromisoformat(award[name])) or None for name in ("valid_from", "valid_until")
    }
    return {
        "name": content["community"]["name"],
        "star": content["star"],
        "batch": content["batch"]["name"],
        "year": content["batch"]["year"],
        "announced_on": row.published_on,
        "revoked": row.kind == Publication.Kind.REVOCATION,
        "publication_id": row.pk,
        **dates,
    }
