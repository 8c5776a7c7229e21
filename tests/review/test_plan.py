"""The assessment plan: written by one, approved by another; the residents told, with proof."""

from datetime import timedelta
from typing import Any

import pytest

from applications import clock
from applications.errors import Invalid, NotAllowed
from applications.models import Case, Event, Evidence, Todo
from review.actions import briefing, plan
from review.models import AssessmentPlan, Briefing
from review.queries.plans import current_plan, plan_in_force
from tests import papers
from tests.cast import Cast
from tests.review import assessing


@pytest.fixture
def case(cast: Cast) -> Case:
    case = assessing.accepted(cast)
    assessing.form_team(cast, case, cast.at)
    assessing.declare_all(cast, case, cast.at)
    return case


def nodes(case: Case) -> list[str]:
    return list(Todo.objects.filter(case=case, state="open").values_list("node", flat=True))


def test_another_person_approves_the_plan(cast: Cast, case: Case) -> None:
    handed_in = plan.hand_in_plan(case, content=assessing.content(cast.at), by=cast.county, at=cast.at)
    assert handed_in.state == "submitted"
    with pytest.raises(NotAllowed, match="方案由您编制"):
        plan.approve_plan(case, opinion="同意", by=cast.county, at=cast.at)
    plan.approve_plan(case, opinion="", by=cast.county2, at=cast.at)
    found = plan_in_force(case)
    assert found is not None and (found.decided_by, found.opinion) == (cast.county2, "同意。")
    assert nodes(case) == ["preparation.brief"]


def test_whoever_wrote_at_the_draft_does_not_approve_it_either(cast: Cast, case: Case) -> None:
    plan.save_plan(case, content=assessing.content(cast.at, tasks=""), by=cast.county2, at=cast.at)
    plan.hand_in_plan(case, content=assessing.content(cast.at), by=cast.county, at=cast.at)
    with pytest.raises(NotAllowed):
        plan.approve_plan(case, opinion="同意", by=cast.county2, at=cast.at)


def test_a_return_needs_a_reason_and_opens_the_next_version(cast: Cast, case: Case) -> None:
    plan.hand_in_plan(case, content=assessing.content(cast.at), by=cast.county, at=cast.at)
    with pytest.raises(Invalid, match="退回的理由"):
        plan.return_plan(case, opinion=" ", by=cast.county2, at=cast.at)
    plan.return_plan(case, opinion="请补充雨天安排。", by=cast.county2, at=cast.at)
    assert nodes(case) == ["preparation.write_plan"]
    plan.hand_in_plan(case, content=assessing.content(cast.at, risk="改期"), by=cast.county, at=cast.at)
    found = current_plan(case)
    assert found is not None and (found.version, found.risk, found.state) == (2, "改期", "submitted")
    first = AssessmentPlan.objects.get(case=case, version=1)
    assert (first.state, first.opinion, first.risk) == ("returned", "请补充雨天安排。", "雨天顺延。")


def test_a_draft_may_be_incomplete_and_everything_missing_is_told_when_handed_in(
    cast: Cast, case: Case
) -> None:
    plan.save_plan(case, content=plan.PlanContent(scope="初稿"), by=cast.county, at=cast.at)
    with pytest.raises(Invalid) as caught:
        plan.hand_in_plan(case, content=plan.PlanContent(), by=cast.county, at=cast.at)
    fields = [fault.field for fault in caught.value.faults]
    assert fields == [
        *("scope", "tasks", "focus", "methods", "methods", "methods"),
        *("documents_from", "site_from", "survey_from", "services_from"),
    ]
    found = current_plan(case)
    assert found is not None and (found.scope, found.state) == ("初稿", "draft")


@pytest.mark.parametrize(
    ("start", "until", "told"),
    [
        (0, -1, "结束日期2026年3月1日早于开始日期2026年3月2日"),
        (-1, 5, "开始日期2026年3月1日早于今天"),
        (0, 181, "长达181天"),
        (None, 5, "请填写“实地考察”的起止日期"),
    ],
)
def test_days_that_cannot_be_are_refused(
    cast: Cast, case: Case, start: int | None, until: int, told: str
) -> None:
    content = assessing.content(cast.at)
    today = clock.day_of(cast.at)
    days = (None if start is None else today + timedelta(days=start), today + timedelta(days=until))
    content = assessing.content(cast.at, timetable={**content.timetable, "site": days})
    with pytest.raises(Invalid) as caught:
        plan.hand_in_plan(case, content=content, by=cast.county, at=cast.at)
    assert [fault.field for fault in caught.value.faults] == ["site_from"]
    assert told in caught.value.faults[0].sentence


def test_a_part_of_the_community_is_named(cast: Cast, case: Case) -> None:
    with pytest.raises(Invalid, match="写明是哪些片区"):
        plan.hand_in_plan(case, content=assessing.content(cast.at, area="part"), by=cast.county, at=cast.at)


def test_pages_of_the_plan_keep_what_was_typed_and_tell_the_author_why_not(
    cast: Cast, case: Case, sign_in: Any
) -> None:
    url = f"/cases/{case.pk}/plan/"
    client = sign_in("county")
    wrong = client.post(url, {"verb": "send", "scope": "只写了范围", "survey_from": "三月", "risk": "无"})
    text = wrong.content.decode()
    assert wrong.status_code == 422 and "只写了范围" in text and "日期无法识别" in text
    assessing.content(cast.at)
    plan.hand_in_plan(case, content=assessing.content(cast.at), by=cast.county, at=cast.at)
    approval = f"{url}approval/"
    own = client.get(approval)
    assert own.status_code == 200 and "方案由您编制" in own.content.decode()
    assert client.post(approval, {"verb": "approve"}).status_code == 403
    assert sign_in("county2").post(approval, {"verb": "approve"}).status_code == 302
    assert sign_in("far_county").get(approval).status_code == 404
    assert sign_in("clerk").get(url).status_code == 200


def told(cast: Cast, **changes: Any) -> briefing.BriefingContent:
    fields: dict[str, Any] = {
        "channels": ("board",),
        "held_on": clock.day_of(cast.at),
        "place": "公告栏",
        "text": "告知",
        "how_to": "填问卷",
    }
    return briefing.BriefingContent(**{**fields, **changes})


def test_the_notice_to_residents_needs_a_proof(cast: Cast, case: Case) -> None:
    assessing.agree_on_plan(cast, case, cast.at)
    with pytest.raises(Invalid) as caught:
        briefing.brief_residents(case, content=told(cast), files=[], by=cast.clerk, at=cast.at)
    assert [fault.field for fault in caught.value.faults] == ["files"]
    tomorrow = clock.day_of(cast.at) + timedelta(days=1)
    with pytest.raises(Invalid) as caught:
        briefing.brief_residents(
            case,
            content=told(cast, held_on=tomorrow, channels=("radio",), text=" "),
            files=[papers.upload("a.jpg", papers.picture())],
            by=cast.clerk,
            at=cast.at,
        )
    assert [fault.field for fault in caught.value.faults] == ["channels", "held_on", "text"]
    assert not Evidence.objects.filter(case=case, stage="preparation").exists()


def test_after_the_notice_the_collection_begins(cast: Cast, case: Case) -> None:
    assessing.agree_on_plan(cast, case, cast.at)
    with pytest.raises(NotAllowed):
        assessing.brief(
            Cast(**{**vars(cast), "people": {**cast.people, "clerk": cast.neighbour}}), case, cast.at
        )
    assessing.brief(cast, case, cast.at)
    case.refresh_from_db()
    assert case.state == "collection"
    row = Briefing.objects.get(case=case)
    assert [proof.stage for proof in row.evidence.all()] == ["preparation"]
    assert sorted(nodes(case)) == [
        "collection.documents",
        "collection.interviews",
        "collection.services",
        "collection.site",
        "collection.survey",
    ]
    verbs = list(Event.objects.filter(case=case).values_list("verb", flat=True))
    for verb in ("form_team", "declare", "hand_in_plan", "approve_plan", "brief_residents"):
        assert verb in verbs


def test_the_community_enters_the_notice_on_its_page(cast: Cast, case: Case, sign_in: Any) -> None:
    assessing.agree_on_plan(cast, case, cast.at)
    url = f"/cases/{case.pk}/briefing/"
    data = {
        "verb": "send",
        "channels": ["board", "meeting"],
        "held_on": "2026-03-02",
        "place": "北门",
        "text": "告知内容",
        "how_to": "填写问卷",
        "attended": "120",
    }
    client = sign_in("head")
    missing = client.post(url, data)
    assert missing.status_code == 422 and "请上传佐证材料" in missing.content.decode()
    bad = client.post(url, {**data, "files": papers.upload("病毒.exe", b"MZ\x00\x01")})
    assert bad.status_code == 422 and "病毒.exe" in bad.content.decode()
    assert not Briefing.objects.exists()
    good = client.post(url, {**data, "files": papers.upload("公告.jpg", papers.picture())})
    assert good.status_code == 302
    assert Briefing.objects.get().channels == ["board", "meeting"]
    assert "公告.jpg" in client.get(url).content.decode()
