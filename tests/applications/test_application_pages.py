"""The community's pages over HTTP: the journey of a clerk and a head, refusals, what was typed."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from applications.models import Award, Case, Claim, DeclaredFact, Evidence, Submission
from tests import papers, road
from tests.cast import Cast
from tests.pages import post, text

SignIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def on_the_day(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pages live on the day of the story."""
    monkeypatch.setattr("applications.clock.now", lambda: cast.at)


@pytest.fixture
def case(cast: Cast) -> Case:
    """An application that is being filled in."""
    return road.open_case(cast)


def test_the_open_batches_are_told_with_dates_basis_and_that_it_is_free(cast: Cast, sign_in: SignIn) -> None:
    page = text(sign_in("clerk").get("/apply/"))
    for words in (
        "2026年度幸福社区评定",
        "赣民字〔2026〕1号",
        "2026年12月31日",
        "不收取任何费用",
        "翠湖社区",
        "2025年12月31日",
    ):
        assert words in page
    assert "莲塘社区" not in page


def test_only_a_community_starts_an_application(sign_in: SignIn) -> None:
    assert sign_in("clerk").get("/apply/").status_code == 200
    for who in ("street", "county", "province", "auditor", "reviewer"):
        answer = sign_in(who).get("/apply/")
        assert answer.status_code == 403
        assert "只有社区" in text(answer)


def fill_over_http(cast: Cast, clerk: Client, case: Case) -> None:
    """Fill the papers in as a clerk does: form, facts, files, claims."""
    root = f"/cases/{case.pk}/apply/"
    form = {"applied_star": 5, "contact": "周桂兰", "phone": "0791-86210000", "reason": "", "revision": 0}
    assert post(clerk, root + "form/", "save", **form).status_code == 302
    typed = papers.typed_facts()
    for topic in ("base", "1", "2", "3", "4", "5", "6"):
        fields = {f"fact-{key}": value for key, value in typed.items()}
        assert post(clerk, f"{root}facts/{topic}/", "save", fields=fields).status_code == 302
    up = [papers.upload("台账.pdf", papers.pdf())]
    assert post(clerk, root + "evidence/", "upload", files=up).status_code == 302
    row = Evidence.objects.get()
    for dimension in cast_standard(cast).dimensions:
        chosen = {f"claim-{i.id}": "yes" for i in dimension.indicators if i.qualitative}
        assert post(clerk, f"{root}dimensions/{dimension.id}/", "save", fields=chosen).status_code == 302
        for indicator in dimension.indicators:
            if indicator.method == "document_review":
                url = f"{root}indicators/{indicator.id}/"
                assert post(clerk, url, "link", evidence=[row.pk]).status_code == 302


def test_a_clerk_starts_fills_in_and_a_head_signs(cast: Cast, sign_in: SignIn) -> None:
    clerk, head = sign_in("clerk"), sign_in("head")
    started = post(
        clerk, "/apply/", "start", batch=cast.batch.pk, community=cast.community.pk, applied_star=4
    )
    case = Case.objects.get()
    assert started.url == f"/cases/{case.pk}/apply/"
    assert "开始申报" not in text(clerk.get("/apply/"))
    fill_over_http(cast, clerk, case)
    assert DeclaredFact.objects.filter(case=case).count() == 25
    assert Claim.objects.filter(case=case, reached=True).count() == 63
    url = f"/cases/{case.pk}/apply/check/"
    check = clerk.get(url)
    assert "没有缺项" in text(check)
    assert "须由社区书记签署" in text(check)
    assert post(clerk, url, "submit", agree="on").status_code == 403
    unread = post(head, url, "submit")
    assert unread.status_code == 422
    assert "请先勾选" in text(unread)
    signed = post(head, url, "submit", agree="on")
    done = Submission.objects.get()
    assert signed.url == f"/cases/{case.pk}/receipts/{done.pk}/"
    receipt = text(head.get(signed.url))
    assert done.receipt in receipt
    assert "还可撤回10分钟" in receipt
    assert done.applied_star == 5


def test_an_application_starts_only_in_an_open_batch_for_ones_own_community(
    cast: Cast, sign_in: SignIn
) -> None:
    clerk, own, other = sign_in("clerk"), cast.community.pk, cast.communities["莲塘社区"].pk
    start = {"applied_star": 4}
    assert post(clerk, "/apply/", "start", batch=10**6, community=own, **start).status_code == 404
    assert post(clerk, "/apply/", "start", batch=cast.batch.pk, community=other, **start).status_code == 404
    wrong = post(clerk, "/apply/", "start", batch=cast.batch.pk, community=own, applied_star=2)
    assert wrong.status_code == 422
    assert "请从列出的星级中选择" in text(wrong)
    cast.batch.closes_on = date(2026, 3, 1)
    cast.batch.save()
    late = post(clerk, "/apply/", "start", batch=cast.batch.pk, community=own, **start)
    assert late.status_code == 403
    assert "目前不在申报期内" in text(late)
    assert "目前没有开放申报的批次" in text(clerk.get("/apply/"))


def cast_standard(cast: Cast) -> Any:
    """The core's standard of the batch."""
    return papers.plan_of(cast.batch).standard


def test_the_task_list_tells_points_star_and_the_way_to_the_next(
    cast: Cast, sign_in: SignIn, case: Case
) -> None:
    papers.fill_in(case, by=cast.clerk, at=cast.at)
    page = text(sign_in("clerk").get(f"/cases/{case.pk}/apply/"))
    for words in ("自评 87", "距 五星级 还差 5 分", "另有满意度10分", "10.5 / 11分", "内容已齐全"):
        assert words in page


def test_computed_measures_stand_beside_the_facts(cast: Cast, sign_in: SignIn, case: Case) -> None:
    fields = {"fact-households": "1860", "fact-urban_residents": "5200"}
    clerk = sign_in("clerk")
    post(clerk, f"/cases/{case.pk}/apply/facts/base/", "save", fields=fields)
    post(clerk, f"/cases/{case.pk}/apply/facts/2/", "save", fields={"fact-office_service_area_m2": "520"})
    page = text(clerk.get(f"/cases/{case.pk}/apply/facts/2/"))
    assert "27.96 ㎡/百户" in page
    assert "2.1.a" in page


def test_a_fact_that_cannot_be_read_stays_as_typed_with_its_sentence(
    cast: Cast, sign_in: SignIn, case: Case
) -> None:
    fields = {"fact-households": "约一千八", "fact-urban_residents": "5200"}
    answer = post(sign_in("clerk"), f"/cases/{case.pk}/apply/facts/base/", "save", fields=fields)
    assert answer.status_code == 422
    assert 'value="约一千八"' in answer.content.decode()
    assert "“约一千八”不是数字" in text(answer)
    assert "有错误：" in answer.content.decode()
    assert DeclaredFact.objects.get().key == "urban_residents"


def test_a_conflict_shows_both_values_keeps_what_was_typed_and_saving_again_decides(
    cast: Cast, sign_in: SignIn, case: Case
) -> None:
    one, other, url = sign_in("clerk"), sign_in("clerk2"), f"/cases/{case.pk}/apply/facts/base/"
    post(one, url, "save", fields={"fact-households": "1860"})
    post(other, url, "save", fields={"fact-households": "1900", "revision-households": "1"})
    mine = {"fact-households": "1870", "revision-households": "1", "fact-urban_residents": "5200"}
    answer = post(one, url, "save", fields=mine)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert 'value="1870"' in page
    assert '<input type="hidden" name="revision-households" value="2">' in page
    assert "熊小燕" in page
    assert "1900户" in page
    assert DeclaredFact.objects.get(key="urban_residents").value == 5200
    again = post(one, url, "save", fields={"fact-households": "1870", "revision-households": "2"})
    assert again.status_code == 302
    assert DeclaredFact.objects.get(key="households").value == 1870


def test_autosave_answers_with_nothing_or_with_the_sentence(cast: Cast, sign_in: SignIn, case: Case) -> None:
    clerk, url = sign_in("clerk"), f"/cases/{case.pk}/apply/facts/base/"
    fine = post(clerk, url, "save", autosave="1", fields={"fact-households": "1860"})
    assert (fine.status_code, fine.content) == (204, b"")
    bad = post(clerk, url, "save", autosave="1", fields={"fact-households": "很多"})
    assert bad.status_code == 422
    assert bad["Content-Type"].startswith("text/plain")
    assert "“很多”" in bad.content.decode()
    claim = post(
        clerk, f"/cases/{case.pk}/apply/indicators/1.1.a/", "save", autosave="1", reached="yes", note="好"
    )
    assert claim.status_code == 204
    assert Claim.objects.get().note == "好"


def test_an_indicator_page_tells_wording_levels_checks_examples_and_neighbours(
    cast: Cast, sign_in: SignIn, case: Case
) -> None:
    page = sign_in("clerk").get(f"/cases/{case.pk}/apply/indicators/1.3.a/")
    for words in (
        "县（市、区）、街道领导班子成员挂点联系",
        "加强项",
        "须同时符合",
        "挂点联系文件",
        "自评结论",
        "满分1.5分",
    ):
        assert words in text(page)
    assert f"/cases/{case.pk}/apply/indicators/1.2.a/" in page.content.decode()
    assert f"/cases/{case.pk}/apply/indicators/1.4.a/" in page.content.decode()
    survey = text(sign_in("clerk").get(f"/cases/{case.pk}/apply/indicators/4.5.a/"))
    assert "社区不填报" in survey


def test_files_of_an_indicator_are_kept_and_refused_one_by_one(
    cast: Cast, sign_in: SignIn, case: Case
) -> None:
    url = f"/cases/{case.pk}/apply/indicators/1.1.a/"
    clerk = sign_in("clerk")
    both = [papers.upload("名册.pdf", papers.pdf()), papers.upload("病毒.exe", b"MZ\x90\0")]
    answer = post(clerk, url, "upload", files=both)
    assert answer.status_code == 422
    assert "“病毒.exe”：不能上传程序文件。" in text(answer)
    assert "名册.pdf" in text(answer)
    assert post(clerk, url, "upload").status_code == 422
    photo = papers.upload("现场.jpg", papers.picture())
    assert post(clerk, url, "upload", photo=photo, sensitive="on").status_code == 302
    assert sorted(Evidence.objects.values_list("name", "sensitive")) == [
        ("名册.pdf", False),
        ("现场.jpg", True),
    ]


def test_awards_tell_which_count_and_why(cast: Cast, sign_in: SignIn, case: Case) -> None:
    url, clerk = f"/cases/{case.pk}/apply/awards/", sign_in("clerk")
    award = {
        "title": "全省示范社区",
        "level": "provincial",
        "issuer": "江西省民政厅",
        "date": "2025-05-01",
        "recipient": "collective",
        "matter": "示范",
    }
    assert post(clerk, url, "add", **award).status_code == 302
    assert (
        post(clerk, url, "add", **{**award, "title": "全国示范社区", "level": "national"}).status_code == 302
    )
    page = text(clerk.get(url))
    assert "预测加 3 分" in page
    assert "不重复计分" in page
    bad = post(clerk, url, "add", **{**award, "date": "三月"})
    assert bad.status_code == 422
    assert 'value="三月"' in bad.content.decode()
    assert Award.objects.count() == 2


PAGES = (
    *("apply/", "apply/form/", "apply/facts/base/", "apply/dimensions/1/", "apply/indicators/1.1.a/"),
    *("apply/evidence/", "apply/awards/", "apply/check/"),
)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        *(("clerk2", 200), ("head", 200)),
        *(
            ("street", 403),
            ("county", 403),
            ("city", 403),
            ("province", 403),
            ("auditor", 403),
            ("supervisor", 403),
        ),
        *(
            ("neighbour", 404),
            ("far_clerk", 404),
            ("far_county", 404),
            ("other_street", 404),
            ("unassigned", 404),
        ),
        *(("sysadmin", 404),),
    ],
)
def test_who_opens_the_papers(cast: Cast, sign_in: SignIn, case: Case, who: str, status: int) -> None:
    client = sign_in(who)
    for page in PAGES:
        answer = client.get(f"/cases/{case.pk}/{page}")
        assert answer.status_code == status, page
        if status == 403:
            assert "您没有在该地区办理此事项的权限" in text(answer)


@pytest.mark.parametrize("page", ["facts/nonsense/", "facts/7/", "dimensions/9/", "indicators/9.9.z/"])
def test_pages_of_what_does_not_exist_are_not_found(
    cast: Cast, sign_in: SignIn, case: Case, page: str
) -> None:
    assert sign_in("clerk").get(f"/cases/{case.pk}/apply/{page}").status_code == 404
