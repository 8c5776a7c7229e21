"""Opening a batch: prepared by one province officer, approved by another (practice 4.3 journey 4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from applications import clock
from applications.acting import verb
from applications.actions import closing, standards
from applications.actions.move import move
from applications.core import policies, terms
from applications.core.facts import FIELD_NAMES
from applications.core.faults import Faults
from applications.core.standard import Standard as Rules
from applications.core.verdict import YES, Verdict, no
from applications.errors import FieldFault, Invalid, Refused, require
from applications.models import Batch, Organisation, Region, Standard, User
from applications.permissions import holds, lenders
from notifications.outbox import post


@dataclass(frozen=True)
class Draft:
    """What a batch says; ``policy`` and ``terms`` hold only what differs from the defaults."""

    name: str
    year: int
    organiser: Organisation
    basis_kind: str
    basis: str
    purpose: str
    explanation: str
    scope: Region
    opens_on: date
    closes_on: date
    reference_date: date
    standard: Standard
    publish_indicators: bool
    policy: Mapping[str, str]
    budgets: Mapping[str, int]
    on_return: str = "continue"


def may_prepare(user: User, scope: Region) -> Verdict:
    """Whether a person may prepare batches for a region; only the province level may (practice 0.4)."""
    if not holds(user, "prepare_batch", scope.path):
        return no(_("只有省级经办人可以拟制批次。"))
    return YES


def may_approve(user: User, batch: Batch) -> Verdict:
    """Whether a person may approve a batch: another province officer than the one who prepared it."""
    if not holds(user, "approve_batch", batch.scope.path):
        return no(_("只有省级经办人可以批准批次。"))
    if batch.prepared_by_id in {user.pk, *lenders(user, "approve_batch", batch.scope.path)}:
        return no(_("批次由您拟制，须由另一名省级经办人批准。"))
    return YES


def faults_of(draft: Draft) -> list[FieldFault]:
    """Return what is wrong with a draft: dates, policy options, term bounds, compulsory explanation (R3-167)."""
    faults: list[FieldFault] = []
    if draft.closes_on < draft.opens_on:
        faults.append(FieldFault("closes_on", _("申报截止日早于开始日，请改正。")))
    if not draft.explanation.strip():
        faults.append(FieldFault("explanation", _("批次通知须同时发布政策解读，请填写“政策解读”。")))
    if draft.on_return not in terms.ON_RETURN:
        faults.append(FieldFault("on_return", _("请选择补正退回后受理期限如何计算。")))
    for key, budget in draft.budgets.items():
        term = terms.DEFAULTS[key]
        if not term.low <= budget <= term.high:
            faults.append(
                FieldFault(
                    f"term_{key}",
                    _("“%(name)s”的期限“%(days)s”超出范围，请填写%(low)s至%(high)s。")
                    % {"name": _(term.name), "days": budget, "low": term.low, "high": term.high},
                )
            )
    faults += _survey_faults(standards.of(draft.standard))
    try:
        policies.resolve(standards.of(draft.standard), draft.policy)
    except Faults as error:
        faults += [
            FieldFault(fault.key.replace("policy.", "policy_"), fault.sentence) for fault in error.faults
        ]
    return faults


def _survey_faults(standard: Rules) -> list[FieldFault]:
    """A survey of other answers than the questionnaire has would never come to an end: told before the batch opens."""
    spec = standard.survey
    if spec is None or set(spec.fields) == set(FIELD_NAMES):
        return []
    sentence = _(
        "标准“%(code)s”的满意度调查项为%(fields)s，与系统的五档问卷不一致，不能据以开展评定，请改用另一标准。"
    )
    return [FieldFault("standard", sentence % {"code": standard.code, "fields": "、".join(spec.fields)})]


def _content(draft: Draft) -> dict[str, Any]:
    faults = faults_of(draft)
    if faults:
        raise Invalid(faults)
    in_force = terms.defaults()
    for key, budget in draft.budgets.items():
        in_force[key]["budget"] = budget
    for key in terms.PAUSED:
        in_force[key]["on_return"] = draft.on_return
    fields = {
        key: value for key, value in vars(draft).items() if key not in {"policy", "budgets", "on_return"}
    }
    policy = dict(policies.resolve(standards.of(draft.standard), draft.policy))
    return {**fields, "policy": policy, "terms": in_force}


@verb("prepare_batch")
def prepare(draft: Draft, *, by: User, at: datetime) -> Batch:
    """Write a new batch as a draft."""
    require(may_prepare(by, draft.scope))
    return Batch.objects.create(**_content(draft), prepared_by=by)


@verb("edit_batch")
def edit(batch: Batch, draft: Draft, *, by: User, at: datetime) -> Batch:
    """Change a batch that is still a draft; whoever changes it has prepared it."""
    require(may_prepare(by, batch.scope))
    require(may_prepare(by, draft.scope))
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    if batch.state != Batch.State.DRAFT:
        raise Invalid(_("批次“%(name)s”已提交，不能再修改；请先退回。") % {"name": batch})
    for field, value in _content(draft).items():
        setattr(batch, field, value)
    batch.prepared_by = by
    batch.save()
    return batch


@verb("submit_batch")
def submit(batch: Batch, *, by: User, at: datetime) -> None:
    """Put a draft up for approval by another person, who is told."""
    require(may_prepare(by, batch.scope))
    batch = Batch.objects.select_for_update().select_related("scope").get(pk=batch.pk)
    batch.return_reason = ""
    move(batch, "submitted", fields=("return_reason",))
    _tell("batch.submitted", batch, at)


@verb("approve_batch")
def approve(batch: Batch, *, by: User, at: datetime) -> None:
    """Approve and open a batch; its standard is frozen with its first case. Everybody in its scope is told."""
    batch = Batch.objects.select_for_update().select_related("scope").get(pk=batch.pk)
    require(may_approve(by, batch))
    batch.approved_by, batch.approved_at = by, at
    move(batch, "open", fields=("approved_by", "approved_at"))
    _tell("batch.approved", batch, at)
    _tell_all("batch.opened", batch, at)


@verb("extend_batch")
def extend(batch: Batch, *, closes_on: date, reason: str, by: User, at: datetime) -> None:
    """Let a batch close later, by another person than the one who prepared it; everybody in its scope is told why."""
    batch = Batch.objects.select_for_update().select_related("scope").get(pk=batch.pk)
    require(may_approve(by, batch))
    if batch.state != Batch.State.OPEN:
        raise Refused(_("批次“%(name)s”未在申报期内，不能延长。") % {"name": batch})
    faults = []
    if closes_on <= max(batch.closes_on, clock.day_of(at)):
        sentence = _("新的截止日须晚于原截止日和今天，您填写的是%(day)s。")
        faults.append(FieldFault("closes_on", sentence % {"day": date_format(closes_on, "DATE_FORMAT")}))
    if not reason.strip():
        faults.append(FieldFault("reason", _("请写明延长申报期的理由。")))
    if faults:
        raise Invalid(faults)
    batch.closes_on = closes_on
    batch.save(update_fields=["closes_on"])
    closing.lengthen(batch, reason=reason.strip(), by=by, at=at)
    _tell_all("batch.extended", batch, at, reason=reason.strip()[:300], closes=closes_on.isoformat())


@verb("return_batch")
def send_back(batch: Batch, *, reason: str, by: User, at: datetime) -> None:
    """Send a submitted batch back to be changed, with what is to be changed."""
    batch = Batch.objects.select_for_update().select_related("scope").get(pk=batch.pk)
    require(may_approve(by, batch))
    if not reason.strip():
        raise Invalid([FieldFault("reason", _("请写明需要修改的内容。"))])
    batch.return_reason = reason.strip()[:300]
    move(batch, "draft", fields=("return_reason",))
    _tell("batch.returned", batch, at)


def _tell(topic: str, batch: Batch, at: datetime) -> None:
    """Post what is said of a batch; each submission, return and approval is one of its own."""
    post(
        topic,
        f"{topic}:{batch.pk}:{at.isoformat()}",
        at=at,
        payload={"batch": batch.pk, "at": at.isoformat()},
    )


def _tell_all(topic: str, batch: Batch, at: datetime, **said: str) -> None:
    """Post what everybody in the scope of a batch is told, a row for each county."""
    counties = Region.objects.filter(level="county", path__startswith=batch.scope.path)
    for path in counties.order_by("path").values_list("path", flat=True):
        key = f"{topic}:{batch.pk}:{said.get('closes', '')}:{path}"
        post(topic, key, at=at, payload={"batch": batch.pk, "path": path, **said})
