"""Several at once: a result per row, each by the ordinary action; long work as a job that goes on where it stopped."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from applications import clock
from applications.actions import accounts, claiming, jobs, saved_views
from applications.errors import Invalid, NotAllowed, Refused
from applications.models import (
    Case,
    CheckDraft,
    Community,
    Event,
    Job,
    JobLine,
    Membership,
    Organisation,
    SavedView,
    Todo,
    User,
)
from applications.permissions import open_todos
from notifications import outbox
from tests import road
from tests.cast import Cast
from tests.workflow import short
from workflow import exports

SignIn = Callable[[str], Client]
OPINION = "材料齐全，符合条件，同意。"


@pytest.fixture
def case(cast: Cast) -> Case:
    """A case that lies with the street."""
    return short.at_street(cast)


def press(client: Client, what: str, ids: list[int], **more: Any) -> Any:
    """Press a button of the bulk bar and follow to the page with the results."""
    data = {"do": what, "ids": ids, "tab": "mine", **more}
    return client.post(reverse("todos_bulk"), data, follow=True)


def results(answer: Any) -> list[tuple[bool, str]]:
    """Return what became of each row."""
    return [(line.ok, line.sentence) for line in answer.context["page"]]


def drained(cast: Cast) -> None:
    """Let the worker do what waits."""
    while outbox.drain(now=clock.now() + timedelta(seconds=1)):
        pass


def test_taking_a_shared_to_do_takes_it_from_the_colleagues_and_putting_it_back_gives_it_back(
    cast: Cast, sign_in: SignIn, case: Case, colleague: User
) -> None:
    todo = short.open_todo(case)
    assert results(press(sign_in("street"), "claim", [todo.pk])) == [(True, "已认领，由您办理。")]
    assert open_todos(User.objects.get(pk=colleague.pk)).count() == 0
    assert Event.objects.get(case=case, verb="claim_task").actor == cast.street

    assert results(press(sign_in("street"), "claim", [todo.pk]))[0][0] is False
    assert results(press(sign_in("street"), "release", [todo.pk])) == [(True, "已放回，由本单位共同办理。")]
    assert open_todos(User.objects.get(pk=colleague.pk)).count() == 1


def test_nobody_takes_what_they_may_not_do(cast: Cast, case: Case, colleague: User) -> None:
    todo = short.open_todo(case)
    for other in (cast.county, cast.far_street, cast.clerk, cast.auditor):
        with pytest.raises(NotAllowed):
            claiming.claim(todo, by=other, at=cast.at)
    claiming.claim(todo, by=colleague, at=cast.at)
    with pytest.raises(NotAllowed):
        claiming.claim(todo, by=cast.street, at=cast.at)
    with pytest.raises(Refused, match="不在您名下"):
        claiming.release(todo, by=cast.street, at=cast.at)


@pytest.mark.parametrize("who", ["neighbour", "far_county", "other_street", "unassigned"])
def test_a_stranger_or_a_recused_officer_begins_nothing(
    cast: Cast, sign_in: SignIn, case: Case, who: str
) -> None:
    todo = short.open_todo(case)
    short.recuse(cast, "street", case)
    for name in (who, "street"):
        for what in ("claim", "release", "watch", "pass"):
            press(sign_in(name), what, [todo.pk], opinion=OPINION, checked="on")
    assert not Job.objects.exists()
    assert short.open_todo(case).assignee is None


def test_applications_without_a_noted_defect_are_passed_on_together(cast: Cast, sign_in: SignIn) -> None:
    case = road.to_street(cast)
    todo = short.open_todo(case)
    client = sign_in("street")
    assert press(client, "pass", [todo.pk]).status_code == 200
    unsure = press(client, "pass", [todo.pk], opinion=OPINION)
    assert unsure.status_code == 422 and not Job.objects.exists()

    answer = press(client, "pass", [todo.pk], opinion=OPINION, checked="on")

    assert results(answer) == [(True, "已通过，案卷转入下一环节。")]
    assert short.open_todo(case).node == "application.county_check"
    again = press(client, "pass", [todo.pk], opinion=OPINION, checked="on")
    assert results(again)[0][0] is False and "胡建军" in results(again)[0][1]


def test_an_application_with_a_noted_defect_is_not_passed_on_unseen(cast: Cast, sign_in: SignIn) -> None:
    case = road.to_street(cast)
    CheckDraft.objects.create(
        case=case, level="street", remarks={"1.4.a": "缺照片"}, updated_by=cast.street, updated_at=cast.at
    )
    todo = short.open_todo(case)
    answer = press(sign_in("street"), "pass", [todo.pk], opinion=OPINION, checked="on")
    assert results(answer) == [(False, "审核中已记有问题，请打开该案卷逐项处理。")]
    assert short.open_todo(case).pk == todo.pk


def many(case: Case, cast: Cast, count: int) -> list[int]:
    """Give a case more to-dos of its step."""
    first = short.open_todo(case)
    rows = [short.another(first, cast.at.date() + timedelta(days=place)) for place in range(count - 1)]
    return [first.pk, *(row.pk for row in rows)]


def test_a_long_list_is_done_by_the_worker_and_goes_on_where_it_was_stopped(
    cast: Cast, sign_in: SignIn, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(case, cast, 30)
    client = sign_in("street")
    page = press(client, "claim", [], all="1", query="")
    job = Job.objects.get()
    assert (job.total, job.done, job.finished_at) == (30, 0, None)
    assert "data-poll" in page.content.decode()

    work = jobs.KINDS["bulk.claim"].line
    assert work is not None
    calls: list[int] = []

    def dies(job: Job, line: JobLine, at: Any) -> str:
        calls.append(line.pk)
        if len(calls) == 8:
            raise RuntimeError("the worker is killed")
        return work(job, line, at)

    monkeypatch.setitem(jobs.KINDS, "bulk.claim", jobs.Kind(line=dies))
    with pytest.raises(RuntimeError):
        jobs.step({"job": job.pk}, cast.at)
    monkeypatch.setitem(jobs.KINDS, "bulk.claim", jobs.Kind(line=work))
    assert JobLine.objects.filter(job=job, ok=True).count() == 7

    drained(cast)

    job.refresh_from_db()
    assert (job.done, bool(job.finished_at)) == (30, True)
    assert Event.objects.filter(case=case, verb="claim_task").count() == 30  # each row once
    assert "成功30件" in client.get(reverse("job", args=[job.pk])).content.decode()


def test_a_job_is_its_owners_and_tells_nothing_of_cases_out_of_sight(
    cast: Cast, sign_in: SignIn, case: Case
) -> None:
    press(sign_in("street"), "watch", [short.open_todo(case).pk])
    url = reverse("job", args=[Job.objects.get().pk])
    assert "翠湖社区" in sign_in("street").get(url).content.decode()
    for other in ("county", "other_street", "neighbour"):
        assert sign_in(other).get(url).status_code == 404
    short.recuse(cast, "street", case)
    assert "翠湖社区" not in sign_in("street").get(url).content.decode()


def test_a_long_export_is_a_job_whose_file_is_the_owners_alone(
    cast: Cast, sign_in: SignIn, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(case, cast, 3)
    monkeypatch.setattr("workflow.views.jobs.AT_ONCE", 2)
    client = sign_in("street")
    page = client.get(reverse("desk_export") + "?tab=mine", follow=True)
    job = Job.objects.get()
    assert "正在办理" in page.content.decode()
    drained(cast)

    url = reverse("job_file", args=[job.pk])
    assert url in client.get(reverse("job", args=[job.pk])).content.decode()
    content = b"".join(client.get(url).streaming_content)  # type: ignore[attr-defined]
    rows = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows] == ["社区", "翠湖社区", "翠湖社区", "翠湖社区"]
    assert sign_in("county").get(url).status_code == 404
    short.recuse(cast, "street", case)
    assert sign_in("street").get(url).status_code == 409


def test_an_export_holds_what_its_owner_sees_and_nothing_else(
    cast: Cast, case: Case, sign_in: SignIn
) -> None:
    answer = sign_in("far_county").get(reverse("cases_export") + "?tab=all")
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert len(rows) == 1
    assert exports.rights_of(cast.street) != exports.rights_of(cast.county)


def test_the_file_of_a_manager_ends_with_the_office_and_that_of_a_reviewer_with_the_round(
    cast: Cast, case: Case
) -> None:
    case.agency = Organisation.objects.get(name="赣江社区评估中心")
    case.save()
    case.assignments.create(
        user=cast.reviewer, duty="reviewer", round=case.round, assigned_by=cast.county, assigned_at=cast.at
    )
    before = {name: exports.rights_of(now(cast[name])) for name in ("manager", "reviewer", "county")}
    assert before == {name: exports.rights_of(now(cast[name])) for name in before}

    accounts.dismiss(Membership.objects.get(user=cast.manager), by=cast.sysadmin, at=cast.at)
    case.round += 1
    case.save()

    after = {name: exports.rights_of(now(cast[name])) for name in before}
    assert [name for name in before if after[name] != before[name]] == ["manager", "reviewer"]


def now(person: User) -> User:
    """Return a person with the rights of this moment."""
    return User.objects.get(pk=person.pk)


def test_old_jobs_are_forgotten_with_their_files(cast: Cast, case: Case, sign_in: SignIn) -> None:
    press(sign_in("street"), "watch", [short.open_todo(case).pk])
    assert jobs.forget(now=clock.now()) == 0
    assert jobs.forget(now=clock.now() + timedelta(days=8)) == 1
    assert not JobLine.objects.exists()


def test_a_filter_is_kept_under_a_name_and_holds_no_rights(cast: Cast, sign_in: SignIn, case: Case) -> None:
    client = sign_in("street")
    data = {"page": "desk", "name": "超期的", "query": "due=late&page=3&evil=1&q=翠湖"}
    answer = client.post(reverse("view_save"), data, follow=True)
    row = SavedView.objects.get()
    assert row.query == "due=late&q=%E7%BF%A0%E6%B9%96"
    assert [(view["name"], view["current"]) for view in answer.context["views"]] == [("超期的", True)]
    client.post(reverse("view_save"), {**data, "query": "due=soon"})
    assert SavedView.objects.get().query == "due=soon"

    assert sign_in("other_street").post(reverse("view_delete", args=[row.pk])).status_code == 404
    assert sign_in("other_street").get(reverse("desk")).context["views"] == []
    client.post(reverse("view_delete", args=[row.pk]))
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(("page", "name"), [("desk", " "), ("desk", "长" * 25), ("people", "一")])
def test_a_nameless_filter_is_refused(cast: Cast, page: str, name: str) -> None:
    with pytest.raises((Invalid, Refused)):
        saved_views.save(page, name, "", by=cast.street, at=cast.at)


def test_at_most_twenty_filters_are_kept(cast: Cast) -> None:
    for number in range(20):
        saved_views.save("desk", f"视图{number}", "", by=cast.street, at=cast.at)
    with pytest.raises(Refused, match="最多保存20个"):
        saved_views.save("desk", "再一个", "", by=cast.street, at=cast.at)


def test_the_palette_reaches_pages_of_ones_own_and_cases_one_may_see(
    cast: Cast, sign_in: SignIn, case: Case
) -> None:
    url = reverse("palette")
    found = sign_in("street").get(url).json()["found"]
    assert {"我的待办", "案卷", "办理结果和导出"} <= {entry["name"] for entry in found}
    assert "账号与任职" not in {entry["name"] for entry in found}
    assert [entry["name"] for entry in sign_in("street").get(url, {"q": "翠湖"}).json()["found"]] == [
        "翠湖社区"
    ]
    short.recuse(cast, "county", case)
    for stranger in ("neighbour", "far_county", "other_street", "county"):
        assert sign_in(stranger).get(url, {"q": "翠湖"}).json()["found"] == [], stranger


def test_items_of_one_case_are_told_apart(cast: Cast, sign_in: SignIn) -> None:
    case = road.to_rectification(cast)
    client = sign_in("clerk")
    client.get(reverse("desk"))
    with CaptureQueriesContext(connection) as queries:
        rows = client.get(reverse("desk")).context["page"].object_list
    assert len(queries) == 6, "which item a line is about costs no statement of its own"
    about = [row.about for row in rows if row.case == case]
    assert len(about) == len(set(about)) == Todo.objects.filter(case=case, state="open").count()
    assert all(text.startswith("0") for text in about)


def test_a_long_import_is_left_to_the_worker_and_ends_with_its_result(
    cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("applications.actions.imports.AT_ONCE", 1)
    head = "社区代码,社区名称,街道代码,常住户数,常住人口\n"
    rows = "".join(f"3601020027{n:02d},新社区{n},360102002,100,280\n" for n in range(3))
    client = sign_in("county")
    file = SimpleUploadedFile("名单.csv", (head + rows).encode())
    page = client.post(reverse("communities"), {"verb": "load", "file": file}, follow=True)
    assert "data-poll" in page.content.decode()
    assert not Community.objects.filter(name="新社区1").exists()

    drained(cast)

    url = reverse("job", args=[Job.objects.get().pk])
    assert "新增社区3个" in client.get(url).content.decode()
    assert Community.objects.filter(name__startswith="新社区").count() == 3
    assert sign_in("far_county").get(url).status_code == 404


def test_a_long_import_with_a_wrong_line_is_refused_at_once_or_by_the_worker_and_writes_nothing(
    cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("applications.actions.imports.AT_ONCE", 1)
    head = "社区代码,社区名称,街道代码\n"
    lines = "360102002701,新社区,360102002\n360402001702,外区社区,360402001\n"
    file = SimpleUploadedFile("名单.csv", (head + lines).encode())
    client = sign_in("county")
    client.post(reverse("communities"), {"verb": "load", "file": file})
    drained(cast)
    page = client.get(reverse("job", args=[Job.objects.get().pk])).content.decode()
    assert "没有完成" in page and "不在您的管辖范围内" in page
    assert not Community.objects.filter(code="360102002701").exists()
