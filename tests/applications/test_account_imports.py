"""Many accounts at once: every line checked first, all or none; and the links that are handed over."""

import csv
import io
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from applications.actions import accounts
from applications.actions.account_imports import Made, import_accounts
from applications.errors import Invalid, NotAllowed
from applications.models import Job, Membership, Organisation, User
from tests.cast import Cast
from tests.pages import post, text

SignIn = Callable[[str], Client]
HEAD = "登录名,姓名,角色,区划代码,单位名称,电话,电子邮箱\n"
TWO = (
    "new.clerk,新桂兰,社区申报员,360102002902,,13800000001,\n"
    "new.street,新建军,街道经办人,360102003,滕王阁街道办事处,,new@example.org\n"
)


def load(cast: Cast, lines: str) -> Made:
    """Import some lines."""
    return import_accounts("账号.csv", (HEAD + lines).encode(), by=cast.sysadmin, at=cast.at)


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (
            TWO + "New.Clerk,另一人,街道经办人,360102003,滕王阁街道办事处,,\n",
            "“New.Clerk”与已有的“new.clerk”只差大小写",
        ),
        ("CLERK,另一人,街道经办人,360102003,滕王阁街道办事处,,\n", "“CLERK”与已有的“clerk”只差大小写"),
        (
            "new.one,周\u202e兰,街道经办人,360102003,滕王阁街道办事处,,\n",
            "姓名“周\u202e兰”含有看不见的控制字符",
        ),
    ],
)
def test_nobody_gets_a_name_that_passes_for_another(cast: Cast, lines: str, sentence: str) -> None:
    before = User.objects.count()
    with pytest.raises(Invalid) as refused:
        load(cast, lines)
    assert sentence in refused.value.sentence
    assert User.objects.count() == before


def test_a_single_account_does_not_either(cast: Cast) -> None:
    asked = {"email": "", "phone": "", "by": cast.sysadmin, "at": cast.at}
    with pytest.raises(Invalid, match="只差大小写"):
        accounts.create(username="Clerk", name="另一人", **asked)
    with pytest.raises(Invalid, match="看不见的控制字符"):
        accounts.create(username="new.one", name="周\u202e兰", **asked)


def test_people_come_with_their_roles_offices_and_no_password(cast: Cast) -> None:
    assert load(cast, TWO) == Made(2, 2)
    clerk, street = User.objects.get(username="new.clerk"), User.objects.get(username="new.street")
    assert (clerk.name, clerk.phone, clerk.has_usable_password()) == ("新桂兰", "13800000001", False)
    held = Membership.objects.get(user=clerk)
    assert (held.role, held.organisation.name) == ("community_clerk", "莲塘社区居民委员会")
    assert Organisation.objects.filter(name="莲塘社区居民委员会").count() == 1
    assert Membership.objects.get(user=street).organisation.name == "滕王阁街道办事处"
    assert street.email == "new@example.org"


def test_importing_twice_changes_nothing_and_another_line_adds_a_role(cast: Cast) -> None:
    load(cast, TWO)
    assert load(cast, TWO) == Made(0, 0)
    more = "new.clerk,新桂兰,社区书记,360102002902,,,\n"
    assert load(cast, TWO + more) == Made(0, 1)
    roles = Membership.objects.filter(user__username="new.clerk").values_list("role", flat=True)
    assert sorted(roles) == ["community_clerk", "community_head"]


def test_a_new_agency_and_a_committee_are_registered_as_what_they_are(cast: Cast) -> None:
    load(cast, "ag,程新,第三方机构负责人,36,新评估中心,,\ncm,邹新,评定委员,36,新评定委员会,,\n")
    kinds = dict(Organisation.objects.filter(name__startswith="新评").values_list("name", "kind"))
    assert kinds == {"新评估中心": "agency", "新评定委员会": "committee"}


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("a,甲,街道主任,360102003,办事处,,", "没有名为“街道主任”的角色，可填：社区申报员、"),
        ("a,甲,街道经办人,999,办事处,,", "第 4 行：没有代码为“999”的区划。"),
        ("a,甲,街道经办人,360102,办事处,,", "须任职于街道区划，“东湖区”不是"),
        ("a,甲,街道经办人,360102003,,,", "单位名称未填写。"),
        ("a b,甲,街道经办人,360102003,办事处,,", "登录名“a b”只能含文字、数字"),
        (",甲,街道经办人,360102003,办事处,,", "登录名“”须为 1 至 64 字。"),
        ("a,甲,街道经办人,360102003,办事处,,wrong", "电子邮箱“wrong”不正确。"),
        ("clerk,甲,街道经办人,360102003,办事处,,", "登录名“clerk”已由“周桂兰”使用"),
        ("new.clerk,乙,街道经办人,360102003,办事处,,", "登录名“new.clerk”已由“新桂兰”使用"),
    ],
)
def test_one_wrong_line_and_nothing_is_written(cast: Cast, line: str, sentence: str) -> None:
    before = User.objects.count()
    with pytest.raises(Invalid) as refused:
        load(cast, TWO + line + "\n")
    assert sentence in refused.value.sentence
    assert "第 4 行：" in refused.value.sentence
    assert User.objects.count() == before


def test_only_who_manages_accounts_imports_and_hands_out_links(cast: Cast) -> None:
    for name in ("county", "province", "auditor", "clerk"):
        with pytest.raises(NotAllowed):
            import_accounts("a.csv", (HEAD + TWO).encode(), by=cast[name], at=cast.at)
        with pytest.raises(NotAllowed):
            accounts.invite([cast.clerk], by=cast[name], at=cast.at)
    assert not User.objects.filter(username="new.clerk").exists()


def test_the_page_imports_and_leads_to_the_links(cast: Cast, sign_in: SignIn) -> None:
    admin = sign_in("sysadmin")
    file = SimpleUploadedFile("账号.csv", (HEAD + TWO).encode())
    answer = admin.post("/office/people/", {"verb": "load", "file": file})
    assert (answer.status_code, answer.url) == (302, "/office/people/links/")
    page = text(admin.get("/office/people/links/"))
    assert "新建账号 2 个，任命 2 项" in page and "new.clerk" in page
    assert "new.street" not in text(admin.get("/office/people/links/?q=莲塘"))
    wrong = SimpleUploadedFile("账号.csv", (HEAD + "x,甲,无,36,,,\n").encode())
    refused = admin.post("/office/people/", {"verb": "load", "file": wrong})
    assert refused.status_code == 422
    assert "第 2 行：没有名为“无”的角色" in text(refused)


def test_a_long_file_is_left_to_the_worker(
    cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("applications.actions.account_imports.AT_ONCE", 1)
    file = SimpleUploadedFile("账号.csv", (HEAD + TWO).encode())
    answer = sign_in("sysadmin").post("/office/people/", {"verb": "load", "file": file})
    job = Job.objects.get()
    assert answer.url == f"/jobs/{job.pk}/"
    assert job.kind == "import.accounts"


def test_the_list_of_links_opens_the_way_to_a_password_once_within_a_week(
    cast: Cast, sign_in: SignIn, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(cast, TWO)
    admin = sign_in("sysadmin")
    answer = post(admin, "/office/people/links/?q=new.clerk", "links")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[:4] for row in rows[1:]] == [["新桂兰", "new.clerk", "莲塘社区居民委员会", "社区申报员"]]
    path = rows[1][4].removeprefix("http://testserver")
    opened = client.get(path, follow=True)
    assert opened.status_code == 200 and "新密码" in text(opened)
    person = User.objects.get(username="new.clerk")
    token = path.split("/")[4]
    later = datetime.now() + timedelta(days=6, hours=23)
    monkeypatch.setattr(default_token_generator, "_now", lambda: later)
    assert default_token_generator.check_token(person, token)
    monkeypatch.setattr(default_token_generator, "_now", lambda: later + timedelta(hours=2))
    assert not default_token_generator.check_token(person, token)
    person.set_password("Xp-9-lives-long!")
    person.save()
    monkeypatch.undo()
    assert not default_token_generator.check_token(person, token)
    assert "new.clerk" not in text(admin.get("/office/people/links/"))
    assert accounts.link_life(person) == timedelta(hours=1)


@pytest.mark.parametrize("page", ["people", "communities"])
def test_the_sample_files_pass_their_own_import(cast: Cast, sign_in: SignIn, page: str) -> None:
    admin = sign_in("sysadmin")
    sample = admin.get(f"/office/{page}/sample/")
    file = SimpleUploadedFile(f"{page}.csv", sample.content)
    answer = admin.post(f"/office/{page}/", {"verb": "load", "file": file})
    assert answer.status_code == 302


def test_an_appointment_in_a_community_needs_no_office_and_any_other_does(
    cast: Cast, sign_in: SignIn
) -> None:
    person = User.objects.create_user("fresh", "新人")
    admin, url = sign_in("sysadmin"), f"/office/people/{person.pk}/"
    place = {"role": "community_clerk", "region": "360102002902", "since": "2026-03-02"}
    assert post(admin, url, "appoint", **place).status_code == 302
    assert Membership.objects.get(user=person).organisation.name == "莲塘社区居民委员会"
    other = post(admin, url, "appoint", role="street_officer", region="360102002", since="2026-03-02")
    assert other.status_code == 422
    assert "请填写单位名称。" in text(other)
