"""The yearly sample: drawn again by anybody, once a year and region, checked, what fell short put right."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from applications import clock
from applications.errors import Invalid, NotAllowed, Refused
from applications.models import Case, Event, Todo
from rectification.actions import items, sampling
from rectification.actions.sampling import Shortfall
from rectification.models import RectificationItem, SampledStar, SpotCheck, YearlySample
from rectification.queries.items import samples
from review.actions import revocation
from review.core.lots import drawn, size
from tests.cast import Cast
from tests.rectification.sample import PLAN
from tests.review.publishing import announced, at_publication, heard, on_notice
from workflow.verification import broken_chains

SignIn = Callable[[str], Client]
CODES = st.lists(st.text("ABCDEF", min_size=4, max_size=4), unique=True, max_size=60)


@given(CODES, st.integers(10, 100), st.text(max_size=8), st.randoms())
def test_a_draw_follows_from_the_seed_alone(codes: list[str], share: int, seed: str, chance: object) -> None:
    shuffled = list(codes)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    found = drawn(codes, share, seed)
    assert found == drawn(shuffled, share, seed)
    assert len(found) == len(set(found)) == size(len(codes), share) <= len(codes)
    assert len(found) * 100 >= len(codes) * share
    assert set(found) <= set(codes)


def two_stars(cast: Cast) -> list[Case]:
    """Two communities of different counties with a star each."""
    places = [cast.community, cast.communities["庐峰社区"]]
    cases = [at_publication(cast, community=place) for place in places]
    for number, case in enumerate(cases):
        announced(cast, on_notice(cast, case, number=f"示{number}"), f"告{number}")
    return cases


@pytest.mark.django_db
def test_a_sample_is_drawn_once_a_year_by_a_supervisor_among_the_stars_in_force(cast: Cast) -> None:
    cases = two_stars(cast)
    at = cast.at + timedelta(days=30)
    scope = cast.regions["36"]
    with pytest.raises(NotAllowed):
        sampling.draw(scope, share=10, by=cast.province, at=at)
    with pytest.raises(Invalid, match="应为10%至100%"):
        sampling.draw(scope, share=9, by=cast.supervisor, at=at)
    sample = sampling.draw(scope, share=10, by=cast.supervisor, at=at)
    codes = sorted(case.awards_of_star.get().code for case in cases)
    assert (sample.codes, sample.year) == (codes, 2026)
    assert [row.award.code for row in sample.stars.all()] == drawn(codes, 10, sample.seed)
    assert sample.stars.count() == 1
    with pytest.raises(Refused, match="已经抽取"):
        sampling.draw(scope, share=10, by=cast.supervisor, at=at)
    next_year = at + timedelta(days=365)
    assert sampling.draw(scope, share=100, by=cast.supervisor, at=next_year).stars.count() == 2
    assert not samples(cast.county).exists() and samples(cast.supervisor).count() == 2


@pytest.mark.django_db
def test_a_revoked_or_expired_star_is_not_drawn(cast: Cast) -> None:
    case = at_publication(cast)
    announced(cast, on_notice(cast, case))
    at = cast.at + timedelta(days=30)
    with pytest.raises(Refused, match="不需要抽查"):
        sampling.draw(cast.regions["36"], share=10, by=cast.supervisor, at=at + timedelta(days=1200))
    proposal = revocation.propose(case, number="撤1", reason="材料造假", by=cast.publisher, at=at)
    heard(cast, proposal, at)
    revocation.revoke(proposal, by=cast.publisher2, at=at)
    with pytest.raises(Refused, match="不需要抽查"):
        sampling.draw(cast.regions["36"], share=10, by=cast.supervisor, at=at)
    assert not YearlySample.objects.exists()


@pytest.mark.django_db
def test_what_a_check_found_is_put_right_in_the_case_and_nobody_hears_of_the_draw_before(cast: Cast) -> None:
    case = at_publication(cast)
    announced(cast, on_notice(cast, case))
    at = cast.at + timedelta(days=30)
    before = Event.objects.filter(case=case).count()
    star = sampling.draw(cast.regions["36"], share=10, by=cast.supervisor, at=at).stars.get()
    assert Event.objects.filter(case=case).count() == before
    said = {"kind": "undercover", "visited_on": clock.day_of(at), "summary": "下午三点到访，窗口无人。"}
    found = [Shortfall("4.1.d", "预约电话无人接听。"), Shortfall("", "窗口无人值守。", "安排轮班。")]
    with pytest.raises(NotAllowed):
        sampling.record_check(star, **said, shortfalls=found, by=cast.county, at=at)
    early = {**said, "visited_on": clock.day_of(at) - timedelta(days=1)}
    with pytest.raises(Invalid, match="须在抽取样本之日"):
        sampling.record_check(star, **early, shortfalls=found, by=cast.supervisor, at=at)
    check = sampling.record_check(star, **said, shortfalls=found, by=cast.supervisor, at=at)
    with pytest.raises(Refused, match="不能重复登记"):
        sampling.record_check(star, **said, shortfalls=[], by=cast.supervisor, at=at)
    opened = list(check.items.order_by("pk"))
    assert [(row.source, row.indicator, row.number[-3:]) for row in opened] == [
        ("check", "4.1.d", "C01"),
        ("check", "", "C02"),
    ]
    for row in opened:
        assert Todo.objects.get(run__key=str(row.pk), state="open").node == "rectification.plan"
    items.plan(opened[0], content=PLAN, by=cast.clerk, at=at)
    assert RectificationItem.objects.get(pk=opened[0].pk).state == "checking"
    assert list(broken_chains()) == []


@pytest.mark.django_db
def test_the_sample_is_drawn_and_checked_in_the_browser_by_the_supervisor_only(
    cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = at_publication(cast)
    announced(cast, on_notice(cast, case))
    at = cast.at + timedelta(days=30)
    monkeypatch.setattr("applications.clock.now", lambda: at)
    supervisor = sign_in("supervisor")
    scope = str(cast.regions["36"].pk)
    assert supervisor.post("/samples/", {"verb": "draw", "scope": scope, "share": "5"}).status_code == 422
    answer = supervisor.post("/samples/", {"verb": "draw", "scope": scope, "share": "10"}, follow=True)
    sample = YearlySample.objects.get()
    assert sample.seed in answer.text and "翠湖社区" in answer.text and "待检查" in answer.text
    star = SampledStar.objects.get()
    place = f"/samples/stars/{star.pk}/"
    for other in ("county", "head", "province"):
        assert sign_in(other).get("/samples/").status_code == 403
        assert sign_in(other).get(place).status_code == 403
    day = clock.day_of(at).isoformat()
    posted = {
        "verb": "record",
        "kind": "open",
        "visited_on": day,
        "summary": "现场查看。",
        "indicator_1": "4.1.d",
    }
    failed = supervisor.post(place, posted)
    assert failed.status_code == 422 and "请写明发现的问题" in failed.text and "现场查看。" in failed.text
    assert supervisor.post(place, {**posted, "problem_1": "电话无人接听。"}).status_code == 302
    assert SpotCheck.objects.get().items.count() == 1
    assert "问题1项" in supervisor.get(f"/samples/{sample.pk}/").text
    assert "电话无人接听。" in supervisor.get(place).text
