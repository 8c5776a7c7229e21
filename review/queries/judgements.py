"""Reads of the third-party review. Blind stays blind: whoever lists judgements asks ``visible_judgements``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from applications import clock
from applications.core.elements import Indicator
from applications.core.plan import Plan
from applications.core.rating import forecast
from applications.core.verdict import YES, Verdict, no
from applications.models import Assignment, Case, StageRun, Todo, User
from applications.permissions import paths, visible_cases
from applications.queries.standards import plan_of
from review.models import Decision, HandIn, Judgement, Opinion, Settlement
from review.queries.facts import confirmed_facts
from review.queries.people import reviewers

GRACE = timedelta(minutes=10)  # what a reviewer handed in may be withdrawn that long
JUDGE = "review.judge"


@dataclass(frozen=True)
class Item:
    """An indicator that a reviewer judges.

    ``exception``: facts alone do not reach it, and the policy (``grid_size``) lets a reviewer accept the community's
    exception with a reason.
    """

    indicator: Indicator
    exception: bool = False

    @property
    def id(self) -> str:
        """The indicator's id."""
        return self.indicator.id


def items_to_judge(case: Case, round_number: int | None = None) -> tuple[Item, ...]:
    """Return what each reviewer judges in a round, in the order of the table."""
    plan = plan_of(case.batch)
    excused = exceptions(case, plan, round_number or case.round)
    return tuple(
        Item(indicator, indicator.id in excused)
        for indicator in plan.indicators
        if indicator.qualitative or indicator.id in excused
    )


def item_to_judge(case: Case, indicator: str) -> Item | None:
    """Return one of ``items_to_judge`` of the present round; the facts are asked only where an exception may count."""
    plan = plan_of(case.batch)
    known = plan.standard.indicators.get(indicator)
    if known is None:
        return None
    measured = plan.plan_of.get(plan.index_of[indicator])
    if measured and any(test.excusable for test in measured.distinct):
        return next((item for item in items_to_judge(case) if item.id == indicator), None)
    return Item(known) if known.qualitative else None


def exceptions(case: Case, plan: Plan, round_number: int) -> frozenset[str]:
    """Return the indicators on which a reviewer's accepted reason would make a difference (policy A10)."""
    if not plan.excusable:
        return frozenset()
    sheet = {
        "facts": dict(confirmed_facts(case, round_number)),
        "application_year": case.batch.year,
        "policy": dict(case.batch.policy),
    }
    claims = {indicator.id: True for indicator in plan.indicators}
    plain = forecast(plan.standard, sheet, claims).outcome
    excused = forecast(plan.standard, {**sheet, "grid_size_reason_accepted": True}, claims).outcome
    changed = zip(plan.indicators, plain.levels, excused.levels, strict=True)
    return frozenset(indicator.id for indicator, before, after in changed if before != after)


def as_community(user: User, case: Case) -> bool:
    """Whether the person sees the case only as its community: then results stay closed until they are decided."""
    wider = any(case.path.startswith(path) and path != case.path for path in paths(user, "view_case"))
    return not wider and not Assignment.objects.filter(case=case, user=user, active=True).exists()


def in_force(case: Case | None = None) -> QuerySet[HandIn]:
    """Return the hand-ins that were not withdrawn."""
    rows = HandIn.objects.filter(withdrawn_at__isnull=True)
    return rows if case is None else rows.filter(case=case)


def visible_judgements(user: User, case: Case) -> QuerySet[Judgement]:
    """Return the judgements of a case that a person may see or count now.

    One's own always. Another's only when both reviewers of that round have handed in: the leader at once, everybody
    else when the last hand-in can no longer be withdrawn; the community only after the decision. Whoever does not see
    the case sees none.
    """
    rows = Judgement.objects.filter(case=case)
    if not visible_cases(user).filter(pk=case.pk).exists():
        return rows.none()
    here = {"case": OuterRef("case"), "round": OuterRef("round")}
    handed = HandIn.objects.filter(**here, withdrawn_at__isnull=True)
    both = Exists(handed.filter(by=OuterRef("by"))) & Exists(handed.exclude(by=OuterRef("by")))
    waiting = Todo.objects.filter(
        case=OuterRef("case"), run__round=OuterRef("round"), node=JUDGE, state=Todo.State.OPEN
    )
    leads = Assignment.objects.filter(**here, user=user, duty=Assignment.Duty.LEADER, active=True)
    final = (
        ~Exists(handed.filter(at__gt=clock.now() - GRACE))
        | Exists(Settlement.objects.filter(**here))
        | Exists(Opinion.objects.filter(**here))
    )
    opened = Q(both, ~Exists(waiting), Q(Exists(leads)) | Q(final))
    if as_community(user, case):
        opened &= Q(Exists(Decision.objects.filter(**here)))
    return rows.filter(Q(by=user) | opened).select_related("by").order_by("pk")


def own_judgements(user: User, case: Case) -> dict[str, Judgement]:
    """Return what this person judged in the present round, by indicator."""
    rows = Judgement.objects.filter(case=case, round=case.round, by=user)
    return {row.indicator: row for row in rows}


def complete(case: Case, round_number: int) -> bool:
    """Whether every reviewer of the round has handed in (two at least) and none has the step open again."""
    waiting = Todo.objects.filter(case=case, run__round=round_number, node=JUDGE, state=Todo.State.OPEN)
    return in_force(case).filter(round=round_number).count() > 1 and not waiting.exists()


def pending_reviewers(run: StageRun) -> list[User]:
    """Return the reviewers who have still to hand in: all at first, one whose hand-in was withdrawn later."""
    everybody = reviewers(run)
    done = set(in_force().filter(case=run.case_id, round=run.round).values_list("by", flat=True))
    return [user for user in everybody if user.pk not in done] or everybody


def has_judged(run: StageRun) -> list[User]:
    """Return the reviewers of a round: they do not settle their own differences."""
    judged = Judgement.objects.filter(case=run.case_id, round=run.round).values("by")
    handed = HandIn.objects.filter(case=run.case_id, round=run.round).values("by")
    assigned = [user.pk for user in reviewers(run)]
    return list(User.objects.filter(Q(pk__in=judged) | Q(pk__in=handed) | Q(pk__in=assigned)))


def leader_acted(case: Case, round_number: int) -> bool:
    """Whether the leader has begun to settle or to write the opinion."""
    here = {"case": case, "round": round_number}
    return Settlement.objects.filter(**here).exists() or Opinion.objects.filter(**here).exists()


def may_withdraw(user: User, case: Case, at: datetime) -> Verdict:
    """Whether a reviewer may take back what they handed in: ten minutes, and until the next person has acted."""
    rows = list(in_force(case).filter(round=case.round).order_by("at", "pk"))
    own = next((row for row in rows if row.by_id == user.pk), None)
    if own is None:
        return no(_("您在本轮没有已提交的评审意见。"))
    if not StageRun.objects.filter(
        case=case, round=case.round, stage="review", finished_at__isnull=True
    ).exists():
        return no(_("本轮评审已经结束，不能撤回。"))
    if leader_acted(case, case.round):
        return no(_("评审组长已开始合议，不能撤回；如有误，请向组长说明。"))
    if complete(case, case.round) and rows[-1] != own:
        return no(_("两名评审员都已提交，不能撤回；如有误，请在合议时向组长说明。"))
    if at >= own.at + GRACE:
        return no(_("可撤回的10分钟已过，不能撤回；如有误，请在合议时向组长说明。"))
    return YES


@dataclass(frozen=True)
class Settled:
    """What holds for one judged indicator: the judgements, the settlement where there is one, and what came of it.

    ``reached`` is None where the reviewers differ and nobody has settled it, or where somebody has not judged.
    """

    item: Item
    judgements: tuple[Judgement, ...]
    settlement: Settlement | None = None

    @property
    def differs(self) -> bool:
        """Whether the reviewers came to different conclusions."""
        return len({row.reached for row in self.judgements}) > 1

    @property
    def reached(self) -> bool | None:
        """The conclusion that counts."""
        if self.settlement is not None:
            return self.settlement.reached
        if len(self.judgements) < 2 or self.differs:
            return None
        return self.judgements[0].reached


def newest_settlements(case: Case, round_number: int) -> dict[str, Settlement]:
    """Return the settlement in force for each indicator settled in a round."""
    rows = Settlement.objects.filter(case=case, round=round_number).select_related("by").order_by("pk")
    return {row.indicator: row for row in rows}


def settled(case: Case, judgements: Iterable[Judgement], items: Iterable[Item]) -> dict[str, Settled]:
    """Return what holds for each item, from judgements that the caller may see (or that the engine consumes)."""
    by_indicator: dict[str, list[Judgement]] = {}
    rounds = {case.round}
    for row in judgements:
        by_indicator.setdefault(row.indicator, []).append(row)
        rounds.add(row.round)
    assert len(rounds) == 1, "judgements of one round only"
    newest = newest_settlements(case, case.round)
    return {
        item.id: Settled(item, tuple(by_indicator.get(item.id, ())), newest.get(item.id)) for item in items
    }


def handed_in_judgements(case: Case) -> list[Judgement]:
    """Return the judgements of the present round as the engine consumes them: those of hand-ins in force."""
    reviewers_in = in_force(case).filter(round=case.round).values("by")
    rows = Judgement.objects.filter(case=case, round=case.round, by__in=reviewers_in)
    return list(rows.select_related("by").order_by("pk"))


def differences(outcomes: Mapping[str, Settled]) -> list[Settled]:
    """Return what the reviewers judged differently, in the order of the table."""
    return [row for row in outcomes.values() if row.differs]
