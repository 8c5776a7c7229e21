"""The demo's complaints: waiting, in hand, with the community, late, answered, judged and carried to the level above."""

from datetime import datetime, timedelta

from rectification.actions import complaints, handling
from rectification.actions.complaints import Said
from rectification.models import Complaint
from workflow.demo import files
from workflow.demo.people import Troupe

DAY = timedelta(days=1)
WORDS = (
    ("服务大厅工作日上午无人值班，来了三次没有办成老年证。", "请安排专人值班，并告知办理时间。"),
    ("小区活动室长期锁门，居民约定的活动无法开展。", "请公布开放时间并按时开放。"),
    ("楼道杂物反映多次没有清理，影响通行。", "请清理楼道并落实巡查。"),
    ("咨询低保政策时工作人员态度生硬，没有一次性告知材料。", "请改进服务，一次告知所需材料。"),
    ("自来水压力不足，高层住户用水困难。", "请协调解决供水压力。"),
    ("社区公示栏三个月没有更新，看不到经费使用情况。", "请按规定公开。"),
)


def tell(troupe: Troupe, number: int, today: datetime) -> None:
    """Tell one of the first six communities' complaint; the others have none."""
    steps = (_waiting, _in_hand, _late, _answered, _outside, _above)
    if number <= len(steps):
        steps[number - 1](troupe, number, today)


def _filed(troupe: Troupe, number: int, at: datetime) -> Complaint:
    text, demand = WORDS[number - 1]
    said = Said(at.date() - DAY, text, demand, f"演示居民{number}", f"1390000000{number}")
    photo = files.photo(troupe.place, "现场情况", number)
    return complaints.file_complaint(troupe.community, said=said, files=[photo], by=None, at=at)


def _waiting(troupe: Troupe, number: int, today: datetime) -> None:
    """Nobody has taken it yet."""
    _filed(troupe, number, today - DAY / 24)


def _in_hand(troupe: Troupe, number: int, today: datetime) -> None:
    """The street has it, and the community is asked."""
    row = _filed(troupe, number, today - DAY)
    handling.take(row, by=troupe.street, at=today - DAY / 2)
    handling.classify(row, kind="quality", reason="属于场所开放服务质量。", by=troupe.street, at=today)
    handling.ask(row, text="请说明活动室开放安排和近期关闭的原因。", by=troupe.street, at=today)


def _late(troupe: Troupe, number: int, today: datetime) -> None:
    """Taken ten days ago and not answered."""
    row = _filed(troupe, number, today - 10 * DAY)
    handling.take(row, by=troupe.street, at=today - 10 * DAY)


def _done(troupe: Troupe, row: Complaint, satisfaction: int, at: datetime) -> None:
    handling.take(row, by=troupe.street, at=at)
    handling.classify(row, kind="quality", reason="属于服务质量问题。", by=troupe.street, at=at)
    photo = files.photo(troupe.place, "调查现场", 3)
    handling.note(row, text="到现场查看并听取双方情况。", files=[photo], by=troupe.street, at=at)
    handling.answer(row, outcome="upheld", text="情况属实，已要求社区改正。", by=troupe.street, at=at + DAY)
    complaints.rate(row, satisfaction=satisfaction, text="", by=None, at=at + 2 * DAY)


def _answered(troupe: Troupe, number: int, today: datetime) -> None:
    """Answered in time, and the complainant is satisfied."""
    _done(troupe, _filed(troupe, number, today - 20 * DAY), 4, today - 20 * DAY)


def _outside(troupe: Troupe, number: int, today: datetime) -> None:
    """Outside of the scope: answered with where to turn to."""
    row, at = _filed(troupe, number, today - 15 * DAY), today - 15 * DAY
    handling.take(row, by=troupe.street, at=at)
    reason = "供水属于供水企业职责，请拨打供水服务热线反映。"
    handling.classify(row, kind="outside", reason=reason, by=troupe.street, at=at)
    handling.answer(row, outcome="outside", text=reason, by=troupe.street, at=at)


def _above(troupe: Troupe, number: int, today: datetime) -> None:
    """The complainant was dissatisfied; the county handles it now."""
    row = _filed(troupe, number, today - 8 * DAY)
    _done(troupe, row, 2, today - 8 * DAY)
    complaints.ask_above(row, text="答复没有说明何时公开经费使用情况。", by=None, at=today - 5 * DAY)
    handling.take(row, by=troupe.county, at=today - 5 * DAY)
