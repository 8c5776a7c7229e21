"""Puts a case straight into the third-party review and drives it on from there with the real actions."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from applications.actions.bulk import create_all
from applications.actions.cases import freeze
from applications.actions.events import record
from applications.actions.turns import begin
from applications.models import Assignment, Award, Case, Claim, Community, DeclaredFact, StageRun, User
from applications.queries.standards import plan_of
from review.actions import judging, opinion, settling, voting
from review.flows import ReviewFlow
from review.models import FactCheck, Judgement, Settlement
from review.queries.judgements import Settled, items_to_judge
from review.queries.reports import noted
from review.queries.sheets import computed, sheet_of
from tests.cast import Cast
from tests.kept import kept

SHEET: dict[str, Any] = yaml.safe_load(
    (Path(__file__).resolve().parents[1] / "standards" / "sample-factsheet.yaml").read_text(encoding="utf-8")
)
MISSED = ("4.2.j", "6.3.b")
REVIEWED = timedelta(minutes=11)  # after that nobody may take a hand-in back


@kept
def case_in_review(
    cast: Cast,
    *,
    facts: Mapping[str, Any] | None = None,
    claims: Mapping[str, bool] | None = None,
    community: Community | None = None,
) -> Case:
    """Return a case whose review has begun, with the facts of the worked example confirmed (``facts`` over them).

    ``claims``: what the community says where it is not what the reviewers will find.
    """
    place = community or cast.community
    case = Case.objects.create(
        number=f"XP2026-{place.code}",
        community=place,
        batch=cast.batch,
        path=place.path,
        state=Case.State.REVIEW,
        applied_star=4,
        opened_at=cast.at,
    )
    freeze(cast.batch.standard)
    record(case, "open_case", by=cast.clerk, at=cast.at)
    put_facts(case, {**SHEET["facts"], **(facts or {})}, cast)
    create_all(
        [
            Claim(
                case=case,
                indicator=indicator.id,
                reached=(claims or {}).get(indicator.id, indicator.id not in MISSED),
                updated_by=cast.clerk,
                updated_at=cast.at,
            )
            for indicator in plan_of(cast.batch).indicators
            if indicator.qualitative
        ]
    )
    for award in SHEET["awards"]:
        Award.objects.create(
            case=case,
            title=award["id"],
            matter=award["matter"],
            level=award["level"],
            date=award["date"],
            issuer="江西省民政厅",
            recipient=Award.Recipient.COLLECTIVE,
            confirmed=True,
            confirmed_by=cast.province,
            added_by=cast.clerk,
            added_at=cast.at,
        )
    team = {"leader": cast.leader, "reviewer": cast.reviewer, "documents": cast.reviewer3}
    for duty, user in [*team.items(), ("reviewer", cast.reviewer2)]:
        Assignment.objects.create(
            case=case, user=user, duty=duty, assigned_by=cast.county, assigned_at=cast.at
        )
    StageRun.objects.create(
        case=case, stage="application", round=1, started_at=cast.at, finished_at=cast.at, outcome="pass"
    )
    begin(ReviewFlow.start, case, stage="review", by=cast.county, at=cast.at)
    return case


def put_facts(case: Case, facts: Mapping[str, Any], cast: Cast) -> None:
    """Declare and confirm facts; None leaves one out."""
    known = {key: value for key, value in facts.items() if value is not None}
    create_all(
        [
            DeclaredFact(case=case, key=key, value=value, updated_by=cast.clerk, updated_at=cast.at)
            for key, value in known.items()
            if key != "survey"
        ]
    )
    create_all([_check_of(case, key, value, cast) for key, value in known.items()])


def _check_of(case: Case, key: str, value: Any, cast: Cast) -> FactCheck:
    asked = key == "survey"
    return FactCheck(
        case=case,
        round=1,
        key=key,
        stream="survey" if asked else "documents",
        verdict="surveyed" if asked else "confirmed",
        value=value,
        declared=None if asked else value,
        by=cast.surveyor if asked else cast.reviewer3,
        at=cast.at,
    )


@kept
def judge_all(
    case: Case,
    by: User,
    *,
    at: datetime,
    missed: Collection[str] = MISSED,
    findings: Mapping[str, str] | None = None,
) -> None:
    """Judge everything as a draft: reached, except what is named, with a note each."""
    noted_problems = findings or {}
    Judgement.objects.bulk_create(
        Judgement(
            case=case,
            round=case.round,
            indicator=item.id,
            by=by,
            reached=item.id not in missed,
            note=f"{by.name}的说明{item.id}",
            finding=noted_problems.get(item.id, ""),
            suggestion="逐项完善。" if item.id in noted_problems else "",
            at=at,
        )
        for item in items_to_judge(case)
    )


@kept
def review(
    cast: Cast,
    case: Case,
    *,
    missed: Collection[str] = MISSED,
    other_missed: Collection[str] | None = None,
    ruling: bool = True,
    findings: Mapping[str, str] | None = None,
    at: datetime | None = None,
) -> Case:
    """Drive a case through its review: two hand-ins, settlement where they differ (``ruling``), the opinion."""
    at = at or cast.at
    judge_all(case, cast.reviewer, at=at, missed=missed, findings=findings)
    judge_all(case, cast.reviewer2, at=at, missed=missed if other_missed is None else other_missed)
    judging.hand_in(case, by=cast.reviewer, at=at)
    judging.hand_in(case, by=cast.reviewer2, at=at)
    if other_missed is not None and set(other_missed) != set(missed):
        apart = set(missed) ^ set(other_missed)
        rulings = {key: settling.Ruling(ruling, "经合议认定") for key in apart}
        settling.finish(case, rulings=rulings, by=cast.leader, at=at)
    issue(cast, case, at=at)
    case.refresh_from_db()
    return case


@kept
def issue(cast: Cast, case: Case, *, at: datetime) -> None:
    """Issue the team's opinion, adopting every noted problem."""
    parts = opinion.Parts(
        "结论:社区服务质量总体良好。", "问题:个别指标未达到要求。", "建议:对照标准逐项整改到位。"
    )
    adopted = [row.pk for row in noted(case)]
    opinion.issue(case, parts=parts, adopted=adopted, by=cast.leader, at=at)


def missed_for(case: Case, star: int) -> tuple[str, ...]:
    """Return which indicators must be judged as missed for a star, as few as possible from the front of the table."""
    items = [item.id for item in items_to_judge(case)]
    missed: list[str] = []
    for key in ["", *items]:
        missed += [key] if key else []
        outcomes = {
            item.id: Settled(item, (), Settlement(reached=item.id not in missed))
            for item in items_to_judge(case)
        }
        found = computed(case, sheet_of(case, outcomes)).star
        if found <= star:
            assert found == star, f"{found} stars come before {star}"
            return tuple(missed)
    raise AssertionError(f"no way to {star} stars")


@kept
def judge_each(case: Case, by: User, *, at: datetime, missed: Sequence[str]) -> None:
    """Judge every indicator with the reviewer's verb, and hand in; the first missed one is a finding."""
    finding = {missed[0]: "未达到标准要求。"} if missed else {}
    answers = {
        item.id: judging.Answer(
            reached=item.id not in missed,
            note="已核对材料和现场记录。",
            finding=finding.get(item.id, ""),
            suggestion="对照标准整改。" if item.id in finding else "",
        )
        for item in items_to_judge(case)
    }
    judging.judge_several(case, answers=answers, by=by, at=at)
    judging.hand_in(case, by=by, at=at)


@kept
def whole_review(cast: Cast, case: Case, *, star: int, at: datetime) -> None:
    """Two judge, differing at one indicator where any is missed; the leader settles it and issues the opinion."""
    missed = missed_for(case, star)
    judge_each(case, cast.reviewer, at=at, missed=missed)
    judge_each(case, cast.reviewer2, at=at, missed=missed[:-1])
    if missed:
        ruling = settling.Ruling(False, "经合议，现场未达到。")
        settling.finish(case, rulings={missed[-1]: ruling}, by=cast.leader, at=at)
    issue(cast, case, at=at)


@kept
def vote(cast: Cast, case: Case, *, at: datetime) -> None:
    """The committee approves, with one abstention."""
    for name, choice in (("member", "approve"), ("member2", "approve"), ("member3", "abstain")):
        voting.cast_vote(case, choice=choice, reason="", by=cast[name], at=at)
