"""Recusal of officials, and its override by a superior who has no conflict of their own (issue “Rights”)."""

from datetime import datetime

from django.utils.translation import gettext as _

from applications import clock
from applications.acting import verb
from applications.actions.accounts import put_back
from applications.actions.events import lock_case, record
from applications.core.verdict import YES, Verdict, no
from applications.errors import FieldFault, Hidden, Invalid, Refused, require
from applications.models import Case, Recusal, User
from applications.permissions import holds, may_on_case, visible_cases
from applications.permissions_evidence import works_on
from applications.words import words
from review.models import TeamMember
from review.queries.teams import bars

RIGHT = "override_recusal"
ALSO = (
    "prepare_publication",
    "approve_publication",
    "supervise",
)  # who acts on a case besides those who work on it
LEAST, MOST = 4, 300


def may_recuse(user: User, case: Case) -> Verdict:
    """Whether the person declares here that they keep away: an official who works on the case."""
    if not works_on(user, case) and not any(holds(user, right, case.path) for right in ALSO):
        return no(_("您不办理本案，无须申请回避。"))
    if TeamMember.objects.filter(case=case, round=case.round, user=user, active=True).exists():
        return no(_("评估小组成员请在“回避与保密声明”页面申请回避。"))
    return YES


@verb("recuse_self")
def recuse_self(case: Case, *, reason: str, by: User, at: datetime) -> Recusal:
    """Keep away from a case one would have to act on: out of sight at once, what was taken goes back to the office."""
    case = lock_case(case)
    if not visible_cases(by).filter(pk=case.pk).exists():
        raise Hidden
    require(may_recuse(by, case))
    reason = _reasoned(reason)
    row = Recusal.objects.create(case=case, user=by, reason=reason, declared=True, at=at)
    record(case, "recuse_self", by=by, at=at, data={"reason": reason})
    put_back(by, by=by, at=at)
    return row


def may_override(user: User, case: Case) -> Verdict:
    """Whether the person may decide on recusals of a case: the right there, neither recused nor tied to the community."""
    verdict = may_on_case(user, RIGHT, case)
    if not verdict.ok:
        return verdict
    ties = bars(case, [user.pk], today=clock.today(), intake=False)[user.pk].reasons
    if ties:
        return no(
            _("您自己与本案有利害关系（%(ties)s），不能裁定回避。") % {"ties": "；".join(map(words, ties))}
        )
    return YES


@verb("lift_recusal")
def lift(recusal: Recusal, *, reason: str, by: User, at: datetime) -> None:
    """Override a recusal, with the reason; the person sees and may be assigned to the case again."""
    case = lock_case(recusal.case)
    require(may_override(by, case))
    row = Recusal.objects.select_related("user").filter(case=case, pk=recusal.pk).first()
    if row is None:
        raise Hidden
    if row.lifted_at is not None:
        raise Refused(_("%(name)s的回避已经撤销。") % {"name": row.user.name})
    row.lift_reason, row.lifted_by, row.lifted_at = _reasoned(reason), by, at
    row.save(update_fields=["lift_reason", "lifted_by", "lifted_at"])
    record(case, "lift_recusal", by=by, at=at, data={"name": row.user.name, "reason": row.lift_reason})


def _reasoned(reason: str) -> str:
    reason = reason.strip()
    if not LEAST <= len(reason) <= MOST:
        sentence = _("请用%(least)s至%(most)s个字写明理由。") % {"least": LEAST, "most": MOST}
        raise Invalid([FieldFault("reason", sentence)])
    return reason
