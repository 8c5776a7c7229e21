"""The pages of an objection: who sees the person's name, who judges blind, who decides."""

from collections.abc import Callable

import pytest
from django.test import Client

from applications.models import Assignment, Evidence, Todo
from review.actions import objections
from review.models import Objection, Rejudgement
from tests.cast import Cast
from tests.review.publishing import object_to, on_notice, photo, upheld

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def moment(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("applications.clock.now", lambda: cast.at)


def page(objection: Objection, step: str) -> str:
    return f"/cases/{objection.case_id}/objections/{objection.key}/{step}/"


def test_the_community_objects_and_gets_a_receipt(cast: Cast, sign_in: SignIn) -> None:
    row = on_notice(cast)
    client = sign_in("head")
    assert "万志强" in client.get(f"/cases/{row.case_id}/object/").text
    posted = {"verb": "send", "name": "万志强", "contact": "0791-1", "text": "得分与实际不符，请复核。"}
    answer = client.post(f"/cases/{row.case_id}/object/", {**posted, "indicators": ["2.1.a"]})
    made = Objection.objects.get()
    assert answer["Location"] == f"/public/objections/{made.code}/"
    assert (made.kind, made.by) == ("community", cast.head)
    assert sign_in("county").get(f"/cases/{row.case_id}/object/").status_code == 403
    assert sign_in("neighbour").get(f"/cases/{row.case_id}/object/").status_code == 404


def test_the_province_receives_and_sees_who_objected(cast: Cast, sign_in: SignIn) -> None:
    objection = object_to(on_notice(cast), at=cast.at)
    client = sign_in("province")
    assert "刘秀兰" in client.get(page(objection, "receive")).text
    answer = client.post(page(objection, "receive"), {"verb": "receive", "accepted": "no"})
    assert answer.status_code == 422 and "请写明理由" in answer.text
    client.post(page(objection, "receive"), {"verb": "receive", "accepted": "yes"})
    assert Todo.objects.filter(node="publication.decide", state="open").exists()
    for username, status in (("publisher", 403), ("county", 403), ("neighbour", 404), ("unassigned", 404)):
        assert sign_in(username).get(page(objection, "receive")).status_code == status


def test_the_community_never_learns_who_objected(cast: Cast, sign_in: SignIn) -> None:
    row = on_notice(cast)
    objection = object_to(row, at=cast.at, files=[photo("刘秀兰的照片.png")])
    kept = Evidence.objects.get()
    for username in ("head", "clerk", "county", "supervisor"):
        client = sign_in(username)
        shown = client.get(f"/cases/{row.case_id}/publications/").text
        shown += client.get(f"/cases/{row.case_id}/").text
        assert not any(secret in shown for secret in ("刘秀兰", objection.contact, objection.code))
        assert client.get(f"/cases/{row.case_id}/evidence/{kept.pk}/").status_code in {403, 404}


def test_a_member_decides_and_a_reviewer_of_the_case_does_not(cast: Cast, sign_in: SignIn) -> None:
    row = on_notice(cast)
    Assignment.objects.create(
        case=row.case, user=cast.recon, duty="reviewer", assigned_by=cast.county, assigned_at=cast.at
    )
    objection = object_to(row, at=cast.at)
    objections.receive(objection, accepted=True, reason="", by=cast.province, at=cast.at)
    refused = sign_in("recon").get(page(objection, "decide"))
    assert refused.status_code == 403 and "您参与过本案的评审" in refused.text
    client = sign_in("recon2")
    shown = client.get(page(objection, "decide")).text
    assert "雷鸣" in shown and f'value="{cast.recon.pk}"' not in shown
    posted = {"verb": "uphold", "heard": "双方已陈述", "reason": "证据充分", "indicators": ["2.1.b"]}
    one = client.post(page(objection, "decide"), {**posted, "reviewers": [cast.reviewer3.pk]})
    assert one.status_code == 422 and "请选择2名评审员" in one.text and "双方已陈述" in one.text
    survey = {**posted, "indicators": ["4.5.a"], "reviewers": [cast.reviewer3.pk, cast.unassigned.pk]}
    assert client.post(page(objection, "decide"), survey).status_code == 422
    both = {**posted, "reviewers": [cast.reviewer3.pk, cast.unassigned.pk]}
    assert client.post(page(objection, "decide"), both).status_code == 302
    assert Todo.objects.filter(node="publication.reassess", state="open").count() == 2


def test_the_two_judge_blind_and_the_member_sees_both(cast: Cast, sign_in: SignIn) -> None:
    objection = upheld(cast, object_to(on_notice(cast), at=cast.at), cast.at, ["2.1.b", "2.1.a"])
    first, second = sign_in("reviewer3"), sign_in("unassigned")
    assert sign_in("reviewer").get(page(objection, "judge")).status_code == 404
    posted = {"verb": "hand_in", "2_1_b": "no", "note_2_1_b": "独门暗号甲"}
    facts = {
        "fact_office_service_area_m2": "五百",
        "note_fact_office_service_area_m2": "实测",
        "fact_households": "1,860",
        "note_fact_households": "台账",
    }
    wrong = first.post(page(objection, "judge"), {**posted, **facts})
    assert wrong.status_code == 422 and "独门暗号甲" in wrong.text and "五百" in wrong.text
    right = {**facts, "fact_office_service_area_m2": "500"}
    assert first.post(page(objection, "judge"), {**posted, **right}).status_code == 302
    blind = second.get(page(objection, "judge"))
    assert blind.status_code == 200 and "独门暗号甲" not in blind.text
    assert sign_in("recon").get(page(objection, "conclude")).status_code == 403
    assert second.post(page(objection, "judge"), {**posted, **right, "2_1_b": "yes"}).status_code == 302
    assert Rejudgement.objects.filter(target="fact:households").values_list("value", flat=True)[0] == 1860
    client = sign_in("recon")
    shown = client.get(page(objection, "conclude")).text
    assert "独门暗号甲" in shown and "意见不一致：2.1.b" in shown
    done = {"verb": "conclude", "reason": "重新评审完成", "2_1_b": "no", "note_2_1_b": "照片可证"}
    assert client.post(page(objection, "conclude"), {**done, "note_2_1_b": ""}).status_code == 422
    assert client.post(page(objection, "conclude"), done).status_code == 302
    province = sign_in("province")
    assert province.post(page(objection, "reply"), {"verb": "serve", "how": "电话告知"}).status_code == 302
    assert not Todo.objects.filter(run__key=objection.key, state="open").exists()


def test_an_objection_is_found_under_its_own_case_only(cast: Cast, sign_in: SignIn) -> None:
    objection = object_to(on_notice(cast), at=cast.at)
    client = sign_in("province")
    assert client.get(f"/cases/{objection.case_id}/objections/objection-999/receive/").status_code == 404
    assert client.get(f"/cases/{objection.case_id}/objections/x/receive/").status_code == 404
