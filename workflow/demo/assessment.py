"""The demo's review, scoring and decision."""

from collections.abc import Collection
from datetime import datetime

from applications.actions import awards
from applications.models import Award, Case, User
from review.actions import judging, opinion, settling, voting
from review.queries.judgements import items_to_judge
from review.queries.reports import noted
from workflow.demo.people import Troupe

FINDINGS = {"4.1.d": "预约服务渠道公示不够醒目。", "5.5.a": "档案室台账更新不及时。"}


def awards_confirmed(troupe: Troupe, case: Case, at: datetime) -> None:
    """The province confirms the level of each award."""
    for award in Award.objects.filter(case=case, removed_at__isnull=True, confirmed__isnull=True):
        awards.confirm_award(
            case, award=award.pk, counts=True, reason="经查属省级表彰。", by=troupe.province, at=at
        )


def judged(case: Case, by: User, at: datetime, missed: Collection[str], *, finding: bool = False) -> None:
    """One reviewer judges everything and hands in."""
    answers = {}
    for item in items_to_judge(case):
        problem = FINDINGS.get(item.id, "") if finding else ""
        answers[item.id] = judging.Answer(
            reached=item.id not in missed,
            note="与佐证材料和现场情况相符。" if item.id not in missed else "佐证材料不足，现场未见落实。",
            finding=problem,
            suggestion="请限期完善。" if problem else "",
        )
    judging.judge_several(case, answers=answers, by=by, at=at)
    judging.hand_in(case, by=by, at=at)


def settled(troupe: Troupe, case: Case, at: datetime, apart: Collection[str]) -> None:
    """The leader settles what the two judged differently."""
    rulings = {key: settling.Ruling(True, "复看材料后，认定已达到。") for key in apart}
    settling.finish(case, rulings=rulings, by=troupe.leader, at=at)


def concluded(troupe: Troupe, case: Case, at: datetime) -> None:
    """The leader issues the team's opinion, adopting every noted problem; scoring follows by itself."""
    parts = opinion.Parts(
        conclusion="结论：该社区服务体系较为完备，总体符合标准要求。",
        problems="主要问题：个别指标落实不到位，台账更新不及时。",
        suggestions="改进建议：对照标准逐项整改，建立长效机制。",
    )
    adopted = [row.pk for row in noted(case)]
    opinion.issue(case, parts=parts, adopted=adopted, by=troupe.leader, at=at)


def voted(
    troupe: Troupe, case: Case, at: datetime, names: tuple[str, ...] = ("member", "member2", "member3")
) -> None:
    """Members of the committee vote for the rating."""
    for name in names:
        voting.cast_vote(case, choice="approve", reason="", by=getattr(troupe, name), at=at)
