"""The offices: accounts, register of communities, batches, calendar."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import xlsxwriter
from django.test import Client

from applications import clock
from applications.actions import accounts, batches, calendar, imports
from applications.actions.basics import STANDARDS
from applications.core.roles import ROLES
from applications.core.standard import load
from applications.errors import Invalid, NotAllowed, Refused
from applications.models import (
    Batch,
    CalendarYear,
    Community,
    Deadline,
    Membership,
    Organisation,
    User,
)
from applications.permissions import grants
from notifications.models import Notification
from notifications.outbox import drain
from notifications.wording import sentence
from tests import papers, road
from tests.applications.drafts import draft
from tests.cast import Cast

SignIn = Callable[[str], Client]
HEAD = "社区代码,社区名称,街道代码,常住户数,常住人口\n"


def test_an_administrator_makes_an_account_and_gives_it_a_role_in_the_browser(
    sign_in: SignIn, cast: Cast
) -> None:
    client = sign_in("sysadmin")
    made = client.post(
        "/office/people/",
        {"verb": "create", "username": "new.street", "name": "新街道", "email": "", "phone": ""},
    )
    person = User.objects.get(username="new.street")
    assert made.headers["Location"] == f"/office/people/{person.pk}/"

    client.post(
        f"/office/people/{person.pk}/",
        {
            "verb": "appoint",
            "role": "street_officer",
            "region": "360102002",
            "organisation": "公园街道办事处",
            "kind": "office",
            "since": "2026-01-01",
        },
    )

    assert grants(person)["street_check"] == [cast.regions["360102002"].path]


def test_a_role_for_the_wrong_level_is_refused_beside_what_was_typed(sign_in: SignIn, cast: Cast) -> None:
    answer = sign_in("sysadmin").post(
        f"/office/people/{cast.clerk.pk}/",
        {
            "verb": "appoint",
            "role": "street_officer",
            "region": "360102",
            "organisation": "东湖区民政局",
            "kind": "office",
            "since": "2026-01-01",
        },
    )

    assert answer.status_code == 409
    assert "角色“街道经办人”须任职于街道区划，“东湖区”不是。" in answer.content.decode()
    assert 'value="360102"' in answer.content.decode()


@pytest.mark.parametrize("name", ["clerk", "county", "province", "auditor", "reviewer"])
def test_only_the_administrator_manages_accounts(sign_in: SignIn, name: str) -> None:
    assert sign_in(name).get("/office/people/").status_code == 403


def test_the_table_of_roles_says_what_the_code_holds(
    sign_in: SignIn, cast: Cast, settings: Any, django_assert_num_queries: Any
) -> None:
    settings.MFA_ROLES = ["publisher"]
    client = sign_in("auditor")
    client.get("/office/roles/")
    with django_assert_num_queries(6):
        page = client.get("/office/roles/")
    rows = {row["name"]: row for row in page.context["rows"]}
    assert rows.keys() == {role.name for role in ROLES.values()}
    assert rows["公示发布员"]["rights"] == ["查看案卷", "拟制公示公告", "批准公示公告"]
    assert rows["公示发布员"]["second_factor"] and not rows["审计员"]["second_factor"]
    assert (rows["县级经办人"]["holders"], rows["评审员"]["assigned"]) == (3, True)
    for role in ROLES.values():
        assert role.name in page.content.decode()


def test_who_had_a_password_link_made_is_told_to_the_owner_of_the_account(
    sign_in: SignIn, cast: Cast
) -> None:
    with pytest.raises(NotAllowed):
        accounts.issue_password_link(cast.clerk, by=cast.county, at=cast.at)
    client = sign_in("sysadmin")
    where = f"/office/people/{cast.clerk.pk}/"
    shown = client.post(where, {"verb": "link"}, follow=True).content.decode()
    assert "/accounts/reset/" in shown
    drain(now=clock.now())
    (told,) = Notification.objects.filter(user=cast.clerk)
    assert "管钥" in sentence(told.text) and "设置密码" in sentence(told.text)


def test_a_password_link_lets_the_person_in_once(sign_in: SignIn, cast: Cast) -> None:
    link = accounts.password_link(cast.clerk)
    client = Client()
    form = client.get(link, follow=True)
    client.post(
        form.redirect_chain[-1][0], {"new_password1": "hao-jiu-bu-jian9", "new_password2": "hao-jiu-bu-jian9"}
    )

    assert User.objects.get(pk=cast.clerk.pk).check_password("hao-jiu-bu-jian9")
    assert "set-password" not in Client().get(link).headers.get("Location", "")


def test_a_deactivated_person_is_out_at_once_and_keeps_every_trace(sign_in: SignIn, cast: Cast) -> None:
    case = road.open_case(cast)
    client = sign_in("clerk")
    assert client.get("/accounts/password/").status_code == 200

    accounts.set_active(cast.clerk, active=False, by=cast.sysadmin, at=cast.at)

    assert client.get("/accounts/password/").status_code == 302
    assert case.events.get(verb="open_case").actor == cast.clerk


def test_nobody_deactivates_or_dismisses_themselves(cast: Cast) -> None:
    with pytest.raises(Refused, match="自己"):
        accounts.set_active(cast.sysadmin, active=False, by=cast.sysadmin, at=cast.at)
    with pytest.raises(Refused, match="自己"):
        accounts.dismiss(Membership.objects.get(user=cast.sysadmin), by=cast.sysadmin, at=cast.at)


def test_a_stand_in_must_be_a_colleague_of_the_same_organisation(cast: Cast) -> None:
    with pytest.raises(Invalid, match="不在同一单位"):
        accounts.arrange_stand_in(
            cast.county,
            substitute=cast.far_county,
            starts_on=date(2026, 3, 2),
            ends_on=date(2026, 3, 9),
            reason="休假",
            by=cast.county,
            at=cast.at,
        )
    with pytest.raises(NotAllowed):
        accounts.arrange_stand_in(
            cast.county,
            substitute=cast.county2,
            starts_on=date(2026, 3, 2),
            ends_on=date(2026, 3, 9),
            reason="休假",
            by=cast.far_county,
            at=cast.at,
        )


def test_a_workbook_that_unpacks_beyond_reason_is_refused_before_it_is_read(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    monkeypatch.setattr(imports, "CalamineWorkbook", read)
    bomb = papers.office("xlsx", xl__worksheets__sheet1=b"\0" * 80_000_000)
    with pytest.raises(Invalid, match=r"名单.*解压后大得不合常理"):
        imports.import_communities("名单.xlsx", bomb, by=cast.county, at=cast.at)
    assert not read


def test_communities_are_imported_from_csv_and_from_xlsx(cast: Cast) -> None:
    text = HEAD + '360102002911,青山社区,360102002,"1,200",3600\n'
    assert imports.import_communities("名单.csv", text.encode("gb18030"), by=cast.county, at=cast.at).new == 1

    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["社区代码", "社区名称", "街道代码", "常住户数", "常住人口"])
        sheet.write_row(1, 0, [360102002912, "绿水社区", 360102002, 800, 2400])
    assert imports.import_communities("名单.xlsx", stream.getvalue(), by=cast.county, at=cast.at).new == 1

    rows = Community.objects.filter(code__in=["360102002911", "360102002912"]).order_by("code")
    assert [(row.name, row.households, row.path) for row in rows] == [
        ("青山社区", 1200, "36/3601/360102/360102002/360102002911/"),
        ("绿水社区", 800, "36/3601/360102/360102002/360102002912/"),
    ]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("36010200291,青山社区,360102002,1,1", "第 2 行：社区代码“36010200291”须为 12 位数字。"),
        ("360102002911,,360102002,1,1", "第 2 行：社区名称“”须为 1 至 64 字。"),
        ("360102002911,青山社区,999,1,1", "第 2 行：没有代码为“999”的街道。"),
        ("360102002911,青山社区,360402001,1,1", "第 2 行：街道“十里街道”不在您的管辖范围内。"),
        ("360102002911,青山社区,360102002,很多,1", "第 2 行：常住户数“很多”须为 0 至 9999999 的整数。"),
        ("360102002911,青山社区,360102002,99999999,1", "常住户数“99999999”须为 0 至 9999999 的整数。"),
        ("360102003911,青山社区,360102002,1,1", "前 9 位应与街道代码“360102002”一致"),
        ("360102002911,青\u202e山社区,360102002,1,1", "含有看不见的控制字符"),
        ("360102002911,翠湖社区,360102002,1,1", "第 2 行：同一街道已有名为“翠湖社区”的社区"),
        ("", "只有列名，没有一行内容"),
        (f"360102002911,{'长' * 200_000},360102002,1,1", "有一格长得不合常理"),
        ("360102002901,翠湖社区,360102003,1,1", "第 2 行：社区“360102002901”已登记在另一街道。"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_imported(cast: Cast, line: str, sentence: str) -> None:
    before = Community.objects.count()
    with pytest.raises(Invalid) as refused:
        imports.import_communities("名单.csv", (HEAD + line).encode(), by=cast.county, at=cast.at)

    assert sentence in refused.value.sentence
    assert Community.objects.count() == before


def test_a_text_with_the_line_ends_of_old_programs_and_full_width_figures_is_read(cast: Cast) -> None:
    text = HEAD.replace("\n", "\r") + "360102002911,青山社区,360102002,１２００,3600\r"

    done = imports.import_communities("名单.csv", text.encode(), by=cast.county, at=cast.at)

    assert (done.new, Community.objects.get(code="360102002911").households) == (1, 1200)


def test_a_community_that_takes_a_new_name_bears_it_everywhere(cast: Cast) -> None:
    text = HEAD + "360102002901,翠湖新社区,360102002,1860,5200\n"

    done = imports.import_communities("名单.csv", text.encode(), by=cast.county, at=cast.at)

    community = Community.objects.select_related("region").get(code="360102002901")
    assert (done.new, done.changed) == (0, 1)
    assert (community.name, community.region.name) == ("翠湖新社区", "翠湖新社区")
    assert Organisation.objects.filter(region=community.region, name="翠湖新社区居民委员会").exists()
    assert imports.told_of(done) == "导入完成，新增社区 0 个，更新 1 个。"


@pytest.mark.parametrize("last", ["XFD1048576", "A4294967297", "ZZ200000"])
def test_two_cells_far_apart_do_not_end_the_process_that_lays_out_all_between(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    read: list[str] = []
    monkeypatch.setattr(imports, "CalamineWorkbook", read)
    cells = "".join(
        f'<row><c r="{place}" t="inlineStr"><is><t>a</t></is></c></row>' for place in ("A1", last)
    )
    sheet = f"<worksheet><sheetData>{cells}</sheetData></worksheet>".encode()
    for name in ("xl__worksheets__sheet1", "xl__worksheets__hidden"):
        with pytest.raises(Invalid, match=r"散布在过多的行列|已损坏"):
            imports.import_communities(
                "名单.xlsx", papers.office("xlsx", **{name: sheet}), by=cast.county, at=cast.at
            )
    assert not read


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04broken", b"\x00\x01\x02", "名称\n甲".encode(), b"\xff\xfe\x00a"]
)
def test_an_unreadable_file_is_refused_in_a_sentence(cast: Cast, content: bytes) -> None:
    with pytest.raises(Invalid):
        imports.import_communities("坏.xlsx", content, by=cast.county, at=cast.at)


def test_a_batch_is_approved_by_another_person_than_who_prepared_it(cast: Cast) -> None:
    batch = batches.prepare(draft(cast, budgets={"first_check": 8}), by=cast.province, at=cast.at)
    batches.submit(batch, by=cast.province, at=cast.at)
    with pytest.raises(NotAllowed, match="须由另一名省级经办人批准"):
        batches.approve(batch, by=cast.province, at=cast.at)

    batches.approve(batch, by=cast.province2, at=cast.at)

    batch.refresh_from_db()
    assert (batch.state, batch.terms["first_check"]["budget"]) == ("open", 8)
    assert batch.policy == dict(load(cast_standard()).policy_defaults)


def cast_standard() -> Any:
    return STANDARDS / "db36-t-1609-2022.yaml"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"closes_on": date(2027, 1, 1)}, "closes_on"),
        ({"explanation": " "}, "explanation"),
        ({"budgets": {"rectification": 200}}, "term_rectification"),
        ({"policy": {"partial_credit": "free"}}, "policy_partial_credit"),
    ],
)
def test_a_wrong_batch_is_refused_at_its_field(cast: Cast, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        batches.prepare(draft(cast, **changes), by=cast.province, at=cast.at)

    assert [fault.field for fault in refused.value.faults] == [field]


@pytest.mark.parametrize("name", ["county", "city", "publisher", "sysadmin"])
def test_lower_levels_cannot_prepare_a_batch(sign_in: SignIn, cast: Cast, name: str) -> None:
    assert sign_in(name).get("/office/batches/new/").status_code == 403
    with pytest.raises(NotAllowed):
        batches.prepare(draft(cast), by=cast[name], at=cast.at)


def test_the_batch_form_keeps_what_was_typed_after_an_error(sign_in: SignIn, cast: Cast) -> None:
    page = sign_in("province").post(
        "/office/batches/new/", {"verb": "save", "name": "我的批次", "year": "二〇二七", "basis": "依据甲"}
    )

    assert page.status_code == 422
    text = page.content.decode()
    assert "我的批次" in text and "二〇二七" in text and "依据甲" in text
    assert not Batch.objects.filter(name="我的批次").exists()


def test_a_new_notice_counts_after_a_second_person_and_moves_provisional_deadlines(cast: Cast) -> None:
    late = cast.at.replace(month=12, day=28)
    cast.batch.closes_on = date(2027, 6, 30)
    cast.batch.save()
    case = road.open_case(cast, at=late)
    before = Deadline.objects.get(case=case)
    assert before.provisional
    accounts.appoint(
        cast.auditor,
        role="sysadmin",
        organisation=Organisation.objects.get(name="江西省民政厅"),
        region=cast.regions["36"],
        since=date(2026, 1, 1),
        by=cast.sysadmin,
        at=cast.at,
    )
    text = "2027-01-01 至 2027-01-03 休 元旦\n2027-02-05 至 2027-02-11 休 春节\n2027-02-14 班"
    row = calendar.enter_notice(2027, notice_no="国办发明电〔2026〕9号", text=text, by=cast.sysadmin, at=late)
    with pytest.raises(Refused, match="须由另一人核准"):
        calendar.approve_notice(row, by=cast.sysadmin, at=late)

    changed = calendar.approve_notice(row, by=cast.auditor, at=late)

    after = Deadline.objects.get(case=case)
    assert changed == 1
    assert not after.provisional
    assert after.due_on > before.due_on
    assert case.events.get(verb="recompute_deadline").data["due"] == after.due_on.isoformat()
    assert CalendarYear.objects.get(year=2027).official


def test_a_wrong_line_of_a_notice_is_named(cast: Cast) -> None:
    with pytest.raises(Invalid, match="第 2 行“元旦放假”无法识别"):
        calendar.read_lines(2027, "2027-01-01 休 元旦\n元旦放假")


def test_a_batch_says_what_becomes_of_the_intake_term_after_a_correction(sign_in: SignIn, cast: Cast) -> None:
    batch = batches.prepare(draft(cast, on_return="restart"), by=cast.province, at=cast.at)
    assert batch.terms["intake"]["on_return"] == "restart"
    assert "补正后重新计算期限" in sign_in("province").get(f"/office/batches/{batch.pk}/").text
    with pytest.raises(Invalid, match="补正退回后"):
        batches.prepare(draft(cast, name="另一批", on_return="whenever"), by=cast.province, at=cast.at)
