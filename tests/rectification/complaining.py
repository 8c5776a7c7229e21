"""Steps of complaints for the tests: a resident's words, and the hands they go through."""

from datetime import date, datetime

from django.core.files.uploadedfile import SimpleUploadedFile

from applications.models import Community, User
from rectification.actions import complaints, handling
from rectification.actions.complaints import Said
from rectification.models import Complaint
from tests import papers

NAME, CONTACT = "刘秀兰", "13900001234"
TEXT = "社区服务大厅工作日上午无人值班，连续三次没有办成老年证。"
DEMAND = "请安排专人值班，并告知我办理时间。"
POSTED = {"happened_on": "2026-02-27", "text": TEXT, "demand": DEMAND, "name": NAME, "contact": CONTACT}
SAID = Said(date(2026, 2, 27), TEXT, DEMAND, NAME, CONTACT)


def photo(name: str = "现场.png") -> SimpleUploadedFile:
    """Return a picture as a browser sends it."""
    return papers.upload(name, papers.picture(kind="PNG"))


def filed(community: Community, at: datetime) -> Complaint:
    """Let a resident complain about a community."""
    return complaints.file_complaint(community, said=SAID, files=[photo()], by=None, at=at)


def taken(community: Community, by: User, at: datetime) -> Complaint:
    """Let somebody take a resident's complaint in hand."""
    row = filed(community, at)
    handling.take(row, by=by, at=at)
    row.refresh_from_db()
    return row


def answered(row: Complaint, by: User, at: datetime, outcome: str = "upheld") -> Complaint:
    """Let the owner classify, look into and answer a complaint."""
    handling.classify(row, kind="quality", reason="属于窗口服务质量问题。", by=by, at=at)
    handling.note(row, text="现场查看值班表，确有三天缺岗。", files=[photo("值班表.png")], by=by, at=at)
    handling.answer(row, outcome=outcome, text="情况属实，已安排专人值班。", by=by, at=at)
    row.refresh_from_db()
    return row
