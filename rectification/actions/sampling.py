"""The yearly sample: drawn with a recorded seed, each star drawn checked, what fell short put right (practice 3.3)."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from applications import clock
from applications.acting import verb
from applications.actions.events import lock_case, record
from applications.core import terms
from applications.core.verdict import YES, Verdict, no
from applications.errors import FieldFault, Invalid, Refused, require
from applications.models import Case, Region, User
from applications.permissions import holds, may_on_case
from applications.signals import road
from rectification.models import RectificationItem, SampledStar, SpotCheck, YearlySample
from review.core import lots
from review.queries import revocations


@dataclass(frozen=True)
class Shortfall:
    """What a check found to fall short: the indicator where there is one, the problem, what to do."""

    indicator: str
    problem: str
    suggestion: str = ""


def may_draw(by: User, scope: Region) -> Verdict:
    """Whether this person may draw the sample of a region."""
    return YES if holds(by, "supervise", scope.path) else no(_("只有该地区的督办员可以抽取年度抽查样本。"))


@verb("draw_sample")
def draw(scope: Region, *, share: int, by: User, at: datetime) -> YearlySample:
    """Draw this year's sample among the stars in force of a region: at least a tenth, once a year."""
    require(may_draw(by, scope))
    if not lots.LEAST_SHARE <= share <= 100:
        sentence = _("抽查比例为%(share)s%%，应为%(least)s%%至100%%。")
        raise Invalid([FieldFault("share", sentence % {"share": share, "least": lots.LEAST_SHARE})])
    today = clock.day_of(at)
    awards = {award.code: award for award in revocations.in_force(scope.path, today)}
    if not awards:
        raise Refused(_("该地区目前没有有效的星级，不需要抽查。"))
    seed = secrets.token_hex(8)
    try:
        with transaction.atomic():
            sample = YearlySample.objects.create(
                year=today.year, scope=scope, share=share, seed=seed, codes=sorted(awards), by=by, at=at
            )
    except IntegrityError:
        raise Refused(
            _("%(year)s年度的抽查样本已经抽取，每年每个地区抽取一次。") % {"year": today.year}
        ) from None
    for place, code in enumerate(lots.drawn(awards, share, seed), start=1):
        SampledStar.objects.create(sample=sample, award=awards[code], place=place)
    return sample


@verb("record_check")
def record_check(
    star: SampledStar,
    *,
    kind: str,
    visited_on: date,
    summary: str,
    shortfalls: Sequence[Shortfall],
    by: User,
    at: datetime,
) -> SpotCheck:
    """Record what the check of a drawn star found; every shortfall opens an item in the case of the star."""
    case = lock_case(star.award.case)
    require(may_on_case(by, "supervise", case))
    if SpotCheck.objects.filter(star=star).exists():
        raise Refused(_("该社区的抽查结果已经登记，不能重复登记。"))
    if not clock.day_of(star.sample.at) <= visited_on <= clock.day_of(at):
        sentence = _("检查日期“%(day)s”须在抽取样本之日%(first)s至今天之间。")
        params = {"day": visited_on, "first": clock.day_of(star.sample.at)}
        raise Invalid([FieldFault("visited_on", sentence % params)])
    row = SpotCheck.objects.create(star=star, kind=kind, visited_on=visited_on, summary=summary, by=by, at=at)
    data = {"kind": kind, "on": str(visited_on), "shortfalls": len(shortfalls)}
    record(case, "record_check", by=by, at=at, data=data)
    for shortfall in shortfalls:
        _open(case, row, shortfall, by=by, at=at)
    road.send(sender=Case, case=case, by=by, at=at)
    return row


def _open(case: Case, check: SpotCheck, shortfall: Shortfall, *, by: User, at: datetime) -> None:
    earlier = RectificationItem.objects.filter(case=case, source=RectificationItem.Source.CHECK).count()
    item = RectificationItem.objects.create(
        case=case,
        round=case.round,
        number=f"ZG-{case.number}-C{earlier + 1:02d}",
        source=RectificationItem.Source.CHECK,
        spot_check=check,
        indicator=shortfall.indicator,
        problem=shortfall.problem,
        suggestion=shortfall.suggestion,
        days=terms.in_force(case.batch.terms, "rectification").budget,
        opened_at=at,
    )
    record(case, "open_item", by=by, at=at, data={"item": item.number, "indicator": item.indicator})
