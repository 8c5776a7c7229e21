"""A complaint through everybody's hands, for the tables of rights; all of it is taken back."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from applications.models import Organisation
from rectification.actions import complaints, handling
from rectification.models import ComplaintFile
from tests import road
from tests.cast import Cast
from tests.rectification.complaining import SAID, photo
from tests.rights.people import recuse


def walk(cast: Cast, at: datetime, stop: Callable[[str, dict[str, Any]], None]) -> None:
    """Let a complaint be made, withdrawn, handled by street, county and city, answered, judged and carried above."""
    case = road.open_case(cast)
    recuse(cast, case)
    back = complaints.file_complaint(cast.community, said=SAID, files=[photo()], by=None, at=at)
    complaints.withdraw(back, by=None, at=at)
    waiting = complaints.file_complaint(cast.community, said=SAID, files=[photo()], by=None, at=at)
    row = complaints.file_complaint(cast.community, said=SAID, files=[photo()], by=None, at=at)
    handling.take(row, by=cast.street, at=at)
    handling.classify(row, kind="quality", reason="属于窗口服务质量。", by=cast.street, at=at)
    handling.note(row, text="现场查看值班表。", files=[], by=cast.street, at=at)
    handling.ask(row, text="请说明值班安排。", by=cast.street, at=at)
    row.refresh_from_db()
    token = ComplaintFile.objects.get(complaint=row).token
    known = {
        "complaint": row.pk,
        "complained": row.code,
        "waiting": waiting.code,
        "token_of_file": token,
        "term": row.matter.deadlines.get().pk,
    }
    stop("handling a complaint", known)
    handling.reply(row, text="已补排值班。", files=[], by=cast.clerk, at=at)
    agency = Organisation.objects.get(kind="agency")
    handling.commission(row, agency=agency, reason="情况复杂。", by=cast.street, at=at)
    handling.hand_over(row, to=cast.county, reason="涉及区级窗口。", by=cast.street, at=at)
    handling.decline(row, reason="属于街道职责。", by=cast.county, at=at)
    handling.hand_over(row, to=cast.county, reason="涉及区级窗口。", by=cast.street, at=at)
    handling.acknowledge(row, by=cast.county, at=at)
    handling.open_item(row, problem="窗口缺岗。", suggestion="", by=cast.county, at=at)
    handling.escalate(row, to="city", reason="情况复杂。", by=cast.county, at=at)
    handling.acknowledge(row, by=cast.city, at=at)
    handling.note(row, text="已复核。", files=[], by=cast.city, at=at)
    handling.answer(row, outcome="upheld", text="情况属实，已整改。", by=cast.city, at=at)
    complaints.rate(row, satisfaction=1, text="", by=None, at=at)
    complaints.ask_above(row, text="答复没有回应我的要求。", by=None, at=at)
