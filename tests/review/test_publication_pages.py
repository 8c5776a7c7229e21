"""The pages of a publication: each for whose turn it is, with the reason for everybody else."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from applications import clock
from applications.models import Case, Recusal, Todo
from review.actions import notice
from review.actions.expiry import watch_awards
from review.models import ChannelRecord, NoticeDraft, Publication, RevocationProposal, StarAward
from tests.cast import Cast
from tests.review import publishing
from tests.review.publishing import FULL, announced, at_publication, on_notice, to_approve, to_prepare

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
POSTED = {name: "on" if value is True else value for name, value in vars(FULL).items()}


@pytest.fixture(autouse=True)
def moment(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("applications.clock.now", lambda: cast.at)


def address(case: Case, page: str) -> str:
    return f"/cases/{case.pk}/{page}/"


@pytest.mark.parametrize(
    ("username", "status"),
    [
        ("county", 200),
        ("far_county", 404),
        ("neighbour", 404),
        ("unassigned", 404),
        ("publisher", 403),
        ("head", 403),
        ("sysadmin", 404),
    ],
)
def test_the_county_of_the_community_confirms_the_facts(
    cast: Cast, sign_in: SignIn, username: str, status: int
) -> None:
    case = at_publication(cast)
    assert sign_in(username).get(address(case, "facts")).status_code == status


def test_a_recused_officer_sees_nothing_of_it(cast: Cast, sign_in: SignIn) -> None:
    case = at_publication(cast)
    Recusal.objects.create(case=case, user=cast.county, reason="亲属", at=cast.at)
    client = sign_in("county")
    assert client.get(address(case, "facts")).status_code == 404
    assert client.post(address(case, "facts"), {"verb": "confirm", "checked": "on"}).status_code == 404


def test_confirming_needs_the_tick(cast: Cast, sign_in: SignIn) -> None:
    case = at_publication(cast)
    client = sign_in("county")
    answer = client.post(address(case, "facts"), {"verb": "confirm", "note": "已看"})
    assert answer.status_code == 422 and "请确认“以上拟公布信息" in answer.text and "已看" in answer.text
    client.post(address(case, "facts"), {"verb": "confirm", "checked": "on"})
    assert Todo.objects.get(case=case, state="open").node == "publication.prepare"


def test_the_draft_begins_with_the_common_wording_and_keeps_what_was_typed(
    cast: Cast, sign_in: SignIn
) -> None:
    case = to_prepare(cast, at_publication(cast))
    client = sign_in("publisher")
    page = client.get(address(case, "notice/prepare"))
    assert "关于“翠湖社区”拟评定为五星级“幸福社区”的公示" in page.text and "幸评示〔2026〕1号" in page.text
    unsigned = {**POSTED, "verb": "submit", "revision": "0", "title": "我的标题"}
    unsigned.pop("accuracy")
    answer = client.post(address(case, "notice/prepare"), unsigned)
    assert answer.status_code == 422
    assert "请确认“准确性" in answer.text and "我的标题" in answer.text
    assert not NoticeDraft.objects.exists()
    saved = client.post(address(case, "notice/prepare"), {**unsigned, "verb": "save"})
    assert saved.status_code == 302 and NoticeDraft.objects.get().title == "我的标题"
    client.post(address(case, "notice/prepare"), {**POSTED, "verb": "submit", "revision": "1"})
    assert Todo.objects.get(case=case, state="open").node == "publication.approve"


def test_two_publishers_on_one_form_do_not_overwrite_each_other(cast: Cast, sign_in: SignIn) -> None:
    case = to_prepare(cast, at_publication(cast))
    first, second = sign_in("publisher"), sign_in("publisher2")
    for client in (first, second):
        client.get(address(case, "notice/prepare"))
    first.post(address(case, "notice/prepare"), {**POSTED, "verb": "save", "revision": "0"})
    answer = second.post(
        address(case, "notice/prepare"), {**POSTED, "verb": "save", "revision": "0", "title": "另一个标题"}
    )
    assert answer.status_code == 409 and "谢婷已保存过公示稿" in answer.text and "另一个标题" in answer.text
    assert NoticeDraft.objects.get().title == FULL.title


def test_the_preparer_reads_why_they_may_not_approve(cast: Cast, sign_in: SignIn) -> None:
    case = to_approve(cast, at_publication(cast))
    refused = sign_in("publisher").get(address(case, "notice/approve"))
    assert refused.status_code == 403 and "公示稿由您拟制" in refused.text
    client = sign_in("publisher2")
    page = client.get(address(case, "notice/approve"))
    assert "2026年3月2日" in page.text and "2026年3月8日" in page.text
    assert client.post(address(case, "notice/approve"), {"verb": "return"}).status_code == 422
    client.post(address(case, "notice/approve"), {"verb": "approve"})
    assert Publication.objects.get(case=case).approver == cast.publisher2
    again = client.post(address(case, "notice/approve"), {"verb": "approve"})
    assert again.status_code in {403, 409} and Publication.objects.count() == 1


def test_the_announcement_is_shown_before_it_is_published(
    cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = on_notice(cast)
    later = cast.at + timedelta(days=8)
    monkeypatch.setattr("applications.clock.now", lambda: later)
    notice.close_notices(at=later)
    client = sign_in("publisher2")
    page = client.get(address(row.case, "announce"))
    assert "关于命名“翠湖社区”为五星级“幸福社区”的公告" in page.text and "有效期三年" in page.text
    assert (
        client.post(address(row.case, "announce"), {"verb": "announce", "number": row.number}).status_code
        == 422
    )
    client.post(address(row.case, "announce"), {"verb": "announce", "number": "幸评告〔2026〕1号"})
    assert Publication.objects.filter(kind="announcement").count() == 1


def test_where_else_it_was_shown_is_noted_by_publishers_and_the_community(
    cast: Cast, sign_in: SignIn
) -> None:
    row = on_notice(cast)
    posted = {"verb": "record", "channel": "board", "place": "东门公告栏", "shown_on": "2026-03-02"}
    posted["publication"] = str(row.pk)
    client = sign_in("head")
    assert (
        client.post(address(row.case, "publications"), {**posted, "proof": publishing.photo()}).status_code
        == 302
    )
    kept = ChannelRecord.objects.get()
    assert (kept.by, kept.place, kept.proof.name) == (cast.head, "东门公告栏", "现场.png")
    early = client.post(address(row.case, "publications"), {**posted, "shown_on": "2026-03-01"})
    assert early.status_code == 422 and "2026-03-01" in early.text
    assert "东门公告栏" in sign_in("auditor").get(address(row.case, "publications")).text
    assert sign_in("auditor").post(address(row.case, "publications"), posted).status_code == 409
    assert sign_in("neighbour").get(address(row.case, "publications")).status_code == 404


def test_a_star_is_revoked_in_the_browser_by_two_publishers(cast: Cast, sign_in: SignIn) -> None:
    row = announced(cast, on_notice(cast, at=cast.at - timedelta(days=20)))
    client = sign_in("publisher")
    posted = {"verb": "revoke", "star": "0", "number": "撤1", "reason": "材料造假"}
    bare = client.post(address(row.case, "publications"), {**posted, "star": ""})
    assert bare.status_code == 422 and "材料造假" in bare.text
    assert client.post(address(row.case, "publications"), posted).status_code == 302
    assert "办理中" in client.get(address(row.case, "publications")).text
    hearing = Todo.objects.get(node="publication.hear")
    head = sign_in("head")
    page = address(row.case, f"revocations/{hearing.run.key}/statement")
    assert "有权陈述和申辩" in head.get(page).text
    assert head.post(page, {"verb": "state", "text": ""}).status_code == 422
    assert head.post(page, {"verb": "state", "text": "材料属实。"}).status_code == 302
    todo = Todo.objects.get(node="publication.approve_revocation")
    page = address(row.case, f"revocations/{todo.run.key}")
    assert client.get(page).status_code == 403
    other = sign_in("publisher2")
    shown = other.get(page).text
    assert "材料造假" in shown and "材料属实。" in shown and "自本公告发布之日起撤销" in shown
    assert other.post(page, {"verb": "revoke"}).status_code == 302
    assert Publication.objects.filter(kind="revocation").count() == 1
    assert sign_in("publisher2").get(address(row.case, "revocations/revoke-999")).status_code == 404


def test_a_star_is_lowered_in_the_browser_and_the_public_see_the_new_one(
    cast: Cast, sign_in: SignIn, client: Client
) -> None:
    row = announced(cast, on_notice(cast, at=cast.at - timedelta(days=20)))
    posted = {"verb": "revoke", "star": "4", "number": "", "reason": "抽查不达标"}
    sign_in("publisher").post(address(row.case, "publications"), posted)
    proposal = RevocationProposal.objects.get()
    assert proposal.number.startswith("幸评降〔")
    sign_in("head").post(
        address(row.case, f"revocations/{proposal.key}/statement"), {"verb": "waive", "text": ""}
    )
    page = address(row.case, f"revocations/{proposal.key}")
    other = sign_in("publisher2")
    shown = other.get(page).text
    assert "由五星级降为四星级" in shown and "没有陈述申辩意见" in shown and "降为四星级，有效期仍至" in shown
    assert other.post(page, {"verb": "revoke"}).status_code == 302
    new = StarAward.objects.order_by("-pk")[0]
    public = client.get(f"/public/communities/{row.community_code}/").text
    assert "降星" in public and "四星级" in public
    assert "证书有效" in client.get(f"/public/verify/{new.code}/").text
    old = client.get(f"/public/verify/{row.award.code}/").text
    assert "星级已降低" in old and "本证书失效" in old and "应于" in old
    page = address(row.case, f"revocations/{proposal.key}/certificate")
    county = sign_in("county")
    assert "期满仍未交回的才能作废" in county.get(page).text
    assert county.post(page, {"verb": "void", "note": "未交"}).status_code == 409
    assert county.post(page, {"verb": "receive", "on": "1999-01-01", "note": "一份"}).status_code == 422
    today = clock.today().isoformat()
    assert county.post(page, {"verb": "receive", "on": today, "note": "一份"}).status_code == 302
    assert "已交回" in client.get(f"/public/verify/{row.award.code}/").text


def test_a_lapsed_star_is_public_and_counts_no_more(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = announced(cast, on_notice(cast))
    over = cast.at + timedelta(days=1200)
    assert row.community_code not in client.get("/public/lapsed/").text
    assert client.get("/public/statistics/").context["total"] == 1
    watch_awards(at=over)
    monkeypatch.setattr("applications.clock.now", lambda: over)
    assert row.community_code in client.get("/public/lapsed/").text
    assert client.get("/public/statistics/").context["total"] == 0
    assert "证书已到期" in client.get(f"/public/verify/{row.award.code}/").text
