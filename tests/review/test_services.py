"""Service records: entered singly or from a file, computed, closed."""

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
import xlsxwriter
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.clock import LOCAL
from applications.errors import AlreadyDone, Hidden, Invalid, NotAllowed, Refused
from applications.models import Case
from review.actions import services
from review.actions.services import Entry
from review.models import ServiceRecord, ServiceSummary
from review.queries.services import service_figures_of
from tests import papers
from tests.cast import Cast
from tests.review import assessing

HEAD = "服务类别,服务内容,提出时间,响应时间,解决时间\n"


@pytest.fixture
def case(cast: Cast) -> Case:
    return assessing.collecting(cast)


def entry(
    cast: Cast, title: str = "维修", wait: int | None = 10, solved: int | None = 60, **more: Any
) -> Entry:
    asked = cast.at - timedelta(days=2)
    return Entry(
        more.get("category", "living"),
        title,
        more.get("requested", asked),
        asked + timedelta(minutes=wait) if wait is not None else None,
        asked + timedelta(minutes=solved) if solved is not None else None,
    )


def add(cast: Cast, case: Case, *args: Any, **more: Any) -> ServiceRecord:
    return services.add_service(case, entry=entry(cast, *args, **more), by=cast.clerk, at=cast.at)


def load(cast: Cast, case: Case, text: str, name: str = "a.csv") -> int:
    return services.import_services(case, name=name, content=text.encode(), by=cast.clerk, at=cast.at)


def test_count_response_and_solving_are_computed(cast: Cast, case: Case) -> None:
    for title, wait, solved in (("甲", 30, 60), ("乙", 31, None), ("丙", None, None), ("丁", 5, 5)):
        add(cast, case, title, wait, solved)
    found = service_figures_of(case)
    assert (found.count, found.responded, found.quick, found.resolved) == (4, 3, 2, 2)
    assert found.mean_minutes == 22 and found.quick_pct == 50 and found.resolved_pct == 50
    assert found.by_category == {"living": 4}


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"wait": -1}, ["responded"]),
        ({"wait": 10, "solved": 5}, ["resolved"]),
        ({"wait": None, "solved": 5}, ["responded"]),
        ({"wait": 60 * 24 * 3, "solved": None}, ["responded"]),
        ({"category": "magic"}, ["category"]),
        ({"title": ""}, ["title"]),
        ({"title": "长" * 201}, ["title"]),
    ],
)
def test_times_that_cannot_be_are_refused(
    cast: Cast, case: Case, changes: dict[str, Any], fields: list[str]
) -> None:
    with pytest.raises(Invalid) as caught:
        add(cast, case, **changes)
    assert [fault.field for fault in caught.value.faults] == fields
    assert not ServiceRecord.objects.exists()


def test_the_same_service_is_entered_once_until_it_is_removed(cast: Cast, case: Case) -> None:
    row = add(cast, case)
    with pytest.raises(Invalid, match="已经登记"):
        add(cast, case)
    services.remove_service(case, service=row.pk, by=cast.clerk2, at=cast.at)
    with pytest.raises(Hidden):
        services.remove_service(case, service=row.pk, by=cast.clerk2, at=cast.at)
    add(cast, case)
    assert ServiceRecord.objects.filter(case=case).count() == 2
    assert service_figures_of(case).count == 1


def test_a_file_is_taken_whole(cast: Cast, case: Case) -> None:
    text = HEAD + (
        "生活服务,修水管,2026-01-05 09:00,2026-01-05 09:20,2026-01-05 11:00\n"
        "health,健康咨询,2026年1月6日 14时00分,2026/1/6 14:10,\n"
        ",,,,\n"
    )
    assert load(cast, case, text) == 2
    row = ServiceRecord.objects.get(title="修水管")
    assert row.requested_at == datetime(2026, 1, 5, 9, 0, tzinfo=LOCAL) and row.imported
    assert ServiceRecord.objects.get(title="健康咨询").category == "health"
    assert row.history.get().history_change_reason == "import_services"


def test_every_wrong_row_gets_its_sentence_and_nothing_is_written(cast: Cast, case: Case) -> None:
    text = HEAD + (
        "修理,甲,2026-01-05 09:00,,\n"
        "生活服务,乙,昨天,,\n"
        "生活服务,丙,2026-01-05 09:00,2026-01-05 08:00,\n"
        "生活服务,丁,2026-01-05 09:00,,\n"
        "生活服务,丁,2026-13-05 09:00,,\n"
    )
    with pytest.raises(Invalid) as caught:
        load(cast, case, text)
    told = [fault.sentence for fault in caught.value.faults]
    assert [fault.field for fault in caught.value.faults] == ["file"] * 4
    assert "第2行" in told[0] and "“修理”不在可选范围内" in told[0]
    assert "第3行" in told[1] and "“昨天”无法识别" in told[1]
    assert "第4行" in told[2] and "响应时间早于提出时间" in told[2]
    assert "第6行" in told[3]
    assert not ServiceRecord.objects.exists()


def test_rows_that_repeat_each_other_or_what_is_there_are_named(cast: Cast, case: Case) -> None:
    line = "生活服务,修水管,2026-01-05 09:00,,\n"
    load(cast, case, HEAD + line)
    with pytest.raises(Invalid) as caught:
        load(cast, case, HEAD + line + "健康服务,义诊,2026-01-07 09:00,,\n" * 2)
    told = [fault.sentence for fault in caught.value.faults]
    assert told == ["第2行：该记录已经登记。", "第4行：与第3行重复。"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "是空的"),
        (b"\xff\xfe\x00\x00\x00", "既不是 xlsx 也不是 csv"),
        ("服务类别,备注\n".encode(), "首行缺少列：服务内容、提出时间"),
        (HEAD.encode(), "没有服务记录"),
        (b"PK\x03\x04broken", "文件已损坏"),
    ],
)
def test_a_file_that_is_none_is_refused_in_a_sentence(
    cast: Cast, case: Case, content: bytes, told: str
) -> None:
    with pytest.raises(Invalid) as caught:
        services.import_services(case, name="a.csv", content=content, by=cast.clerk, at=cast.at)
    assert told in caught.value.faults[0].sentence


def test_a_sheet_with_real_dates_is_read(cast: Cast, case: Case) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["类别", "内容", "申请时间"])
    sheet.write_row(1, 0, ["公共卫生", "垃圾清运"])
    sheet.write_datetime(
        1, 2, datetime(2026, 1, 8, 8, 30), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    )
    book.close()
    services.import_services(case, name="a.xlsx", content=out.getvalue(), by=cast.clerk, at=cast.at)
    assert ServiceRecord.objects.get().requested_at == datetime(2026, 1, 8, 8, 30, tzinfo=LOCAL)


def test_closing_keeps_the_figures(cast: Cast, case: Case) -> None:
    with pytest.raises(Refused, match="还没有服务记录"):
        services.finish_services(case, by=cast.clerk, at=cast.at)
    add(cast, case)
    services.finish_services(case, by=cast.clerk2, at=cast.at)
    assert ServiceSummary.objects.get(case=case, round=1).figures["resolved_pct"] == "100"
    with pytest.raises(AlreadyDone, match="熊小燕"):
        add(cast, case, "晚了")


@pytest.mark.parametrize("who", ["neighbour", "head", "street", "county", "leader"])
def test_only_the_communitys_clerk_enters_services(cast: Cast, case: Case, who: str) -> None:
    with pytest.raises(NotAllowed):
        services.add_service(case, entry=entry(cast), by=cast[who], at=cast.at)


def test_the_page_takes_one_record_and_a_file(cast: Cast, case: Case, sign_in: Any) -> None:
    client = sign_in("clerk")
    url = f"/cases/{case.pk}/services/"
    wrong = client.post(url, {"verb": "add", "category": "living", "title": "修灯", "requested": "上午"})
    assert (
        wrong.status_code == 422
        and "修灯" in wrong.content.decode()
        and "时间无法识别" in wrong.content.decode()
    )
    one = {"verb": "add", "category": "living", "title": "修灯", "requested": "2026-02-27T09:00"}
    assert client.post(url, one).status_code == 302
    assert ServiceRecord.objects.get().requested_at == datetime(2026, 2, 27, 9, 0, tzinfo=LOCAL)
    bad = client.post(url, {"verb": "import", "file": papers.upload("a.csv", (HEAD + "x,y,z,,\n").encode())})
    assert bad.status_code == 422 and "第2行" in bad.content.decode()
    sample = client.get(f"{url}sample/").content
    assert client.post(url, {"verb": "import", "file": papers.upload("a.csv", sample)}).status_code == 302
    assert ServiceRecord.objects.count() == 3
    assert sign_in("county").get(url).status_code == 200
    assert sign_in("county").post(url, one).status_code == 403
    assert sign_in("neighbour").get(url).status_code == 404


def test_the_list_asks_the_same_number_of_queries(cast: Cast, case: Case, sign_in: Any) -> None:
    client = sign_in("clerk")
    counts = []
    for titles in ("甲", "乙丙"):
        for title in titles:
            add(cast, case, title)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(f"/cases/{case.pk}/services/").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]
