"""Telling the residents: when, where, what, and its proof (R2-035, R4-046)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files.base import File
from django.utils.translation import gettext as _

from applications import clock
from applications.acting import verb
from applications.actions.events import record
from applications.actions.evidence import store
from applications.actions.turns import take
from applications.errors import FieldFault, Invalid
from applications.models import Case, User
from review.core.planning import CHANNELS
from review.models import Briefing

NODE = "preparation.brief"


@dataclass(frozen=True)
class BriefingContent:
    """What the community says of its notice to the residents."""

    channels: tuple[str, ...]
    held_on: date | None
    place: str
    text: str
    how_to: str
    attended: int | None = None


@verb("brief_residents")
def brief_residents(
    case: Case, *, content: BriefingContent, files: Sequence["File[Any]"], by: User, at: datetime
) -> Briefing:
    """Enter how the residents were told of the assessment and how they may take part, with at least one proof."""
    turn = take(case, NODE, by=by, at=at)
    faults = _faults(content, clock.day_of(at))
    if not files:
        faults.append(FieldFault("files", _("请上传佐证材料，如公告照片、会议签到表。")))
    if faults or content.held_on is None:
        raise Invalid(faults)
    row = Briefing.objects.create(
        case=turn.case,
        round=turn.case.round,
        channels=list(content.channels),
        held_on=content.held_on,
        place=content.place.strip(),
        text=content.text.strip(),
        how_to=content.how_to.strip(),
        attended=content.attended,
        by=by,
        at=at,
    )
    proofs = [store(turn.case, file, indicators=[], stage="preparation", by=by, at=at) for file in files]
    row.evidence.set(proofs)
    data = {
        "channels": list(content.channels),
        "held_on": content.held_on.isoformat(),
        "evidence": [proof.sha256 for proof in proofs],
    }
    record(turn.case, "brief_residents", by=by, at=at, data=data)
    turn.finish("briefed")
    return row


def _faults(content: BriefingContent, today: date) -> list[FieldFault]:
    faults = []
    if not content.channels or set(content.channels) - set(CHANNELS):
        faults.append(FieldFault("channels", _("请至少选择一种告知渠道。")))
    if content.held_on is None:
        faults.append(FieldFault("held_on", _("请填写告知日期。")))
    elif content.held_on > today:
        faults.append(
            FieldFault("held_on", _("告知日期%(day)s晚于今天，请在告知之后登记。") % {"day": content.held_on})
        )
    for name, label in (
        ("place", _("地点或载体")),
        ("text", _("告知内容")),
        ("how_to", _("居民参与方式")),
    ):
        if not getattr(content, name).strip():
            faults.append(FieldFault(name, _("请填写%(label)s。") % {"label": label}))
    return faults
