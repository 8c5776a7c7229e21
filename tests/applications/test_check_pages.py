"""What follows the handing in, over HTTP: receipt, checks, correction, the papers for reading."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from applications.actions import evidence, intake, submission
from applications.models import Award, Case, DeclaredFact, Defect, Submission
from applications.queries.intake import defects_of, last_return
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


def test_after_handing_in_the_community_reads_instead_of_writing(cast: Cast, sign_in: SignIn) -> None:
    case = road.to_street(cast)
    clerk = sign_in("clerk")
    moved = clerk.get(f"/cases/{case.pk}/apply/")
    assert moved.url == f"/cases/{case.pk}/application/"
    assert "申报材料已提交" in text(clerk.get(moved.url))
    late = post(clerk, f"/cases/{case.pk}/apply/facts/base/", "save", fields={"fact-households": "1"})
    assert late.status_code == 409
    assert DeclaredFact.objects.get(key="households").value == 1860


def test_a_head_takes_back_by_a_button_that_tells_the_minutes_and_then_why_not(
    cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = road.to_street(cast)
    url = f"/cases/{case.pk}/receipts/{Submission.objects.get().pk}/"
    head = sign_in("head")
    monkeypatch.setattr("applications.clock.now", lambda: cast.at + timedelta(minutes=7, seconds=30))
    assert "还可撤回3分钟" in text(head.get(url))
    monkeypatch.setattr("applications.clock.now", lambda: cast.at + timedelta(minutes=10))
    assert "可撤回的10分钟已于" in text(head.get(url))
    assert "撤回本次提交" not in text(sign_in("street").get(url))
    monkeypatch.setattr("applications.clock.now", lambda: cast.at + timedelta(minutes=1))
    assert post(head, url, "recall", pk=1).url == f"/cases/{case.pk}/apply/"
    assert "本次提交已撤回" in text(head.get(url))


def test_a_head_gives_up_with_a_reason_that_everybody_reads(cast: Cast, sign_in: SignIn, case: Case) -> None:
    url = f"/cases/{case.pk}/apply/abandon/"
    assert sign_in("clerk").get(url).status_code == 403
    assert post(sign_in("head"), url, "abandon", reason="短").status_code == 422
    assert post(sign_in("head"), url, "abandon", reason="社区拟撤并。").status_code == 302
    page = text(sign_in("street").get(f"/cases/{case.pk}/application/"))
    assert "申报已撤回" in page
    assert "社区拟撤并。" in page
    assert sign_in("head").get(url).status_code == 404


def test_a_check_returns_what_was_marked_and_the_community_sees_only_that(
    cast: Cast, sign_in: SignIn
) -> None:
    case = road.to_street(cast)
    street, url = sign_in("street"), f"/cases/{case.pk}/check/"
    page = street.get(url)
    assert len(page.content) < 120 * 1024
    assert "周桂兰 0791-86210000" in text(page)
    draft = post(street, url, "draft", autosave="1", opinion="请补正", fields={"remark-1.4.a": "缺照片"})
    assert draft.status_code == 204
    assert "缺照片" in text(street.get(url))
    nothing = post(street, url, "return", opinion="请补正以下问题。")
    assert nothing.status_code == 422
    assert "一次性告知" in text(nothing)
    fields = {"remark-1.4.a": "第三季度缺照片", "remark-households": "与台账不符"}
    assert post(street, url, "return", opinion="请补正以下问题。", fields=fields).status_code == 302
    clerk = sign_in("clerk")
    assert clerk.get(f"/cases/{case.pk}/apply/").url == f"/cases/{case.pk}/correct/"
    todo = text(clerk.get(f"/cases/{case.pk}/correct/"))
    assert "共2项问题" in todo
    assert "第三季度缺照片" in todo
    facts = clerk.get(f"/cases/{case.pk}/apply/facts/base/").content.decode()
    assert 'name="fact-households"' in facts
    assert 'name="fact-urban_residents"' not in facts
    assert clerk.get(f"/cases/{case.pk}/apply/indicators/1.1.a/").status_code == 404
    assert clerk.get(f"/cases/{case.pk}/apply/indicators/1.4.a/").status_code == 200
    assert clerk.get(f"/cases/{case.pk}/apply/awards/").status_code == 404
    assert clerk.get(f"/cases/{case.pk}/apply/dimensions/1/").status_code == 404


def test_a_corrected_application_comes_back_with_its_differences_marked(cast: Cast, sign_in: SignIn) -> None:
    case = road.to_street(cast)
    defects = {"households": "与台账不符", "grid_households": "合计不符"}
    intake.send_back(case, opinion="请补正。", defects=defects, by=cast.street, at=cast.at)
    clerk, url = sign_in("clerk"), f"/cases/{case.pk}/correct/"
    fields = {"fact-households": "1850", "fact-grid_households": ["420", "480", "480", "470"]}
    post(clerk, f"/cases/{case.pk}/apply/facts/base/", "save", fields=fields)
    decision = last_return(case)
    assert decision is not None
    one, two = defects_of(decision)
    empty = post(clerk, url, "answer", defect=one.pk, answer=" ")
    assert empty.status_code == 422
    assert "补正说明未填写" in text(empty)
    for defect in (one, two):
        assert post(clerk, url, "answer", defect=defect.pk, answer="已更正。").status_code == 302
    assert "须由社区书记" in text(clerk.get(url))
    assert post(clerk, url, "resubmit", agree="on").status_code == 403
    assert post(sign_in("head"), url, "resubmit", agree="on").status_code == 302
    page = text(sign_in("street").get(f"/cases/{case.pk}/check/"))
    for words in ("有2处修改", "原为1860户", "补正说明：已更正。", "退回问题：与台账不符"):
        assert words in page
    assert Defect.objects.filter(state="answered").count() == 2


def test_a_declined_application_tells_its_reasons(cast: Cast, sign_in: SignIn) -> None:
    case = road.to_street(cast)
    url = f"/cases/{case.pk}/check/"
    assert post(sign_in("street"), url, "decline", opinion="").status_code == 422
    assert post(sign_in("street"), url, "decline", opinion="不属于城市社区。").status_code == 302
    page = text(sign_in("clerk").get(f"/cases/{case.pk}/application/"))
    assert "不予受理 不属于城市社区。" in page


@pytest.mark.parametrize(
    ("who", "status"),
    [
        *(
            ("street", 200),
            ("clerk", 403),
            ("head", 403),
            ("county", 403),
            ("province", 403),
            ("auditor", 403),
        ),
        *(("neighbour", 404), ("other_street", 404), ("far_street", 404), ("reviewer", 404)),
    ],
)
def test_who_opens_a_check(cast: Cast, sign_in: SignIn, who: str, status: int) -> None:
    case = road.to_street(cast)
    assert sign_in(who).get(f"/cases/{case.pk}/check/").status_code == status


def test_a_colleague_who_comes_too_late_keeps_what_was_typed(cast: Cast, sign_in: SignIn) -> None:
    case = road.to_street(cast)
    intake.pass_on(case, opinion="同意。", by=cast.street, at=cast.at)
    url = f"/cases/{case.pk}/check/"
    late = post(sign_in("county2"), url, "return", opinion="请补。", fields={"remark-1.1.a": "缺名册"})
    assert late.status_code == 302
    later = post(sign_in("county"), url, "return", opinion="我也写了很多", fields={"remark-1.1.b": "缺纪要"})
    assert later.status_code == 409
    assert "刘芳" in text(later)
    assert "我也写了很多" in text(later)
    assert "缺纪要" in text(later)


def test_contact_and_marked_files_are_closed_to_those_who_only_read(
    cast: Cast, sign_in: SignIn, case: Case
) -> None:
    papers.fill_in(case, by=cast.clerk, at=cast.at)
    up = [papers.upload("居民名单.pdf", papers.pdf("names"))]
    evidence.upload(case, files=up, indicators=["1.1.a"], sensitive=True, by=cast.clerk, at=cast.at)
    submission.submit(case, by=cast.head, at=cast.at)
    for who, sees in (("street", True), ("auditor", False)):
        page = text(sign_in(who).get(f"/cases/{case.pk}/application/"))
        assert ("居民名单.pdf" in page) is sees
        assert ("0791-86210000" in page) is sees


def test_the_province_confirms_awards_on_their_page(cast: Cast, sign_in: SignIn) -> None:
    case = road.to_street(cast)
    award, url = Award.objects.first(), f"/cases/{case.pk}/awards/"
    assert award is not None
    assert sign_in("county").get(url).status_code == 403
    province = sign_in("province")
    bad = post(province, url, "confirm", pk=award.pk, reason="有文号")
    assert bad.status_code == 422
    assert 'value="有文号"' in bad.content.decode()
    assert post(province, url, "confirm", pk=award.pk, counts="no", reason="授予机关不符").status_code == 302
    assert "黄敏不予认定：授予机关不符" in text(province.get(url))
