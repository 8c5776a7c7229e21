"""Scoring: reviewed facts and judgements in, an appended rating with its whole ledger out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from applications.acting import verb
from applications.actions.events import lock_case, record
from applications.core.faults import Faults
from applications.core.rating import Result
from applications.errors import Invalid, Refused
from applications.models import Case, StageRun, User
from notifications.outbox import post
from review.actions.settling import outcomes_of
from review.core.minting import line_of
from review.models import Ballot, BallotSeat, Rating, RatingLine
from review.queries.ratings import rating_in_force, seal_of_rating
from review.queries.sheets import (
    changed_sheet,
    computed,
    fault_lines,
    persons_of,
    sheet_of,
    sources_of,
    sources_of_line,
)
from review.queries.votes import committee, formed

LONGEST_NOTE = 200
Sources = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Why:
    """Why a rating is made: the reason, a note, and what an objection changed."""

    reason: str
    note: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)


@verb("rate")
def score(case: Case, *, run: StageRun, by: User | None, at: datetime) -> Rating | None:
    """Rate the present round; an automatic step.

    What cannot be rated (an invalid survey, a missing fact) is never an error of the person whose act led here: the
    run goes on to the supplement step, where the faults are listed.
    """
    try:
        outcomes = outcomes_of(case)
        result = computed(case, sheet_of(case, outcomes))
    except Faults as error:
        told = [{"key": fault.key, "text": fault.sentence} for fault in error.faults]
        record(case, "score_refused", by=by, at=at, data={"faults": told})
        _go(run, "faults")
        return None
    earlier = rating_in_force(case, case.round)
    why = Why(Rating.Reason.RESETTLED if earlier else Rating.Reason.INITIAL)
    rating = _append(case, result, sources_of(case, outcomes), why, earlier, by=by, at=at)
    _go(run, "scored")
    return rating


def _go(run: StageRun, outcome: str) -> None:
    run.outcome = outcome
    run.save(update_fields=["outcome"])


@verb("rescore")
def rescore(case: Case, *, changes: Mapping[str, Any], reason: str, by: User | None, at: datetime) -> Rating:
    """Rate a round anew after an upheld objection: a new row that supersedes the one in force.

    ``changes`` says by indicator id whether it is reached, and by ``fact:<key>`` the value confirmed instead; what it
    does not name stays as it was rated. ``reason`` (the objection's number) stands in the rating's note. The caller
    holds the right and the case's lock. Raises ``Invalid`` where the changed sheet cannot be rated.
    """
    case = lock_case(case)
    earlier = rating_in_force(case, case.round)
    if earlier is None:
        raise Refused(_("本轮还没有计分结果，不能重新计分。"))
    try:
        result = computed(case, changed_sheet(earlier.sheet, changes))
    except Faults as error:
        raise Invalid(" ".join(line["text"] for line in fault_lines(error.faults))) from None
    sources = {line.indicator: sources_of_line(line) for line in earlier.lines.all()}
    why = Why(Rating.Reason.OBJECTION, reason[:LONGEST_NOTE], dict(changes))
    return _append(case, result, sources, why, earlier, by=by, at=at)


def _append(
    case: Case,
    result: Result,
    sources: Sources,
    why: Why,
    earlier: Rating | None,
    *,
    by: User | None,
    at: datetime,
) -> Rating:
    """Append the rating with its lines, sealed, and let the log vouch for both."""
    rating = _row(case, result, why, earlier, by=by, at=at)
    lines = _lines(rating, result, sources)
    rating.seal = seal_of_rating(rating, lines)
    rating.save()
    RatingLine.objects.bulk_create(lines)
    data = {
        "rating": rating.pk,
        "number": rating.number,
        "reason": rating.reason,
        "total": rating.result["total"],
        "star": rating.star,
        "digest": rating.digest,
        "seal": rating.seal,
    }
    record(case, "rate", by=by, at=at, data=data)
    post("rating.made", f"rating:{rating.pk}", at=at, payload={"case": case.pk, "rating": rating.pk})
    return rating


def _row(
    case: Case, result: Result, why: Why, earlier: Rating | None, *, by: User | None, at: datetime
) -> Rating:
    """The rating's row, not sealed and not saved yet."""
    return Rating(
        case=case,
        round=case.round,
        number=earlier.number + 1 if earlier else 1,
        sheet=result.sheet.as_json(),
        result=result.as_json(),
        digest=result.digest,
        inputs_digest=result.inputs_digest,
        standard=case.batch.standard,
        standard_digest=result.standard.digest,
        policy=dict(result.policy),
        release=settings.RELEASE,
        star=result.star,
        reason=str(why.reason),
        note=why.note,
        changes=dict(why.changes),
        supersedes=earlier,
        by=by,
        at=at,
    )


def _lines(rating: Rating, result: Result, sources: Sources) -> list[RatingLine]:
    lines = []
    for position, (key, indicator) in enumerate(result.indicators.items(), start=1):
        source = {"facts": [], **sources[key]}
        persons = source.get("persons") or persons_of(source)
        parts = {**line_of(position, indicator), **source, "persons": persons}
        lines.append(RatingLine(rating=rating, **parts))
    return lines


@verb("open_ballot")
def open_ballot(case: Case, *, run: StageRun, by: User | None, at: datetime) -> Ballot | None:
    """Call the committee to vote on the rating in force; an automatic step.

    Fewer than three members who may vote are no committee: the province is asked to fill it first.
    """
    rating = rating_in_force(case, case.round)
    if rating is None or not formed(case):
        _go(run, "no_committee")
        return None
    ballot = Ballot.objects.create(case=case, round=case.round, rating=rating, opened_at=at)
    members = committee(case)
    BallotSeat.objects.bulk_create(
        [BallotSeat(ballot=ballot, user=user, position=place) for place, user in enumerate(members, start=1)]
    )
    data = {"rating": rating.pk, "members": [user.name for user in members]}
    record(case, "open_ballot", by=by, at=at, data=data)
    _go(run, "ballot")
    return ballot
