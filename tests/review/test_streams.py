"""Papers and site: facts confirmed or corrected, observations with photos, the end of a stream."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from applications.errors import AlreadyDone, Hidden, Invalid, NotAllowed, Refused
from applications.models import Case, Event, Evidence, Recusal, Todo
from applications.permissions_evidence import shown_to
from applications.queries.standards import plan_of
from review.actions import fact_checks, observations
from review.actions.fact_checks import Found
from review.actions.observations import Sighting
from review.core.streams import facts_of_stream, sights, stream_of_facts
from review.models import FactCheck, Observation
from review.queries.facts import confirmed_facts, facts_in_force, unchecked
from review.queries.observations import work_of
from tests import papers
from tests.cast import Cast
from tests.review import assessing


@pytest.fixture
def case(cast: Cast) -> Case:
    return assessing.collecting(cast)


def photo(name: str = "现场.jpg", shade: int = 20) -> Any:
    return papers.upload(name, papers.picture((shade, 81, 150)))


def see(
    cast: Cast, case: Case, *, stream: str = "site", page: str = "2.1.a", **more: Any
) -> Observation | None:
    fields: dict[str, Any] = {"sighting": Sighting(), "by": cast.reviewer3, "at": cast.at, **more}
    return observations.observe(case, stream=stream, page=page, **fields)


def correct(value: str, **more: Any) -> Found:
    return Found("corrected", value, **{"reason": "实测", "proof": photo(), **more})


def test_each_fact_of_the_community_has_one_responsible_stream(case: Case) -> None:
    plan = plan_of(case.batch)
    streams = stream_of_facts(plan)
    assert set(streams.values()) == {"documents", "site"}
    assert "survey" not in streams
    assert streams["office_service_area_m2"] == "site"
    assert streams["urban_residents"] == "site", "a site indicator needs it, a document indicator too"
    assert streams["certified_workers"] == "documents"
    for stream in ("documents", "site"):
        shown = [spec.key for page in sights(plan, stream) for spec in page.facts]
        assert sorted(shown) == sorted(facts_of_stream(plan, stream)), "each fact on exactly one page"
    assert len(sights(plan, "site")) == 53 and len(sights(plan, "documents")) == 25


def test_facts_are_confirmed_as_declared_or_corrected_with_reason_and_proof(cast: Cast, case: Case) -> None:
    see(cast, case, found={"households": Found("confirmed"), "office_service_area_m2": correct("480.5")})
    found = facts_in_force(case, 1)
    assert (found["households"].value, found["households"].source) == (1860, "confirmed")
    area = found["office_service_area_m2"]
    assert (area.value, area.declared, area.reason, area.corrected) == ("480.5", 520, "实测", True)
    assert area.person == cast.reviewer3.name
    proof = Evidence.objects.get(pk=area.proof)
    assert proof.stage == "collection" and [row.indicator for row in proof.links.all()] == ["2.1.a"]
    assert confirmed_facts(case, 1) == {"households": 1860, "office_service_area_m2": "480.5"}
    assert confirmed_facts(case, 2) == {}
    assert Event.objects.filter(case=case, verb="correct_fact").count() == 1


@pytest.mark.parametrize(
    ("found", "fields"),
    [
        (Found("corrected", "480"), ["reason-office_service_area_m2", "proof-office_service_area_m2"]),
        (correct("很大"), ["value-office_service_area_m2"]),
        (correct("520"), ["value-office_service_area_m2"]),
        (correct(""), ["value-office_service_area_m2"]),
        (Found("", "480"), ["verdict-office_service_area_m2"]),
        (Found("perhaps"), ["verdict-office_service_area_m2"]),
    ],
)
def test_a_correction_without_value_reason_or_proof_is_refused(
    cast: Cast, case: Case, found: Found, fields: list[str]
) -> None:
    with pytest.raises(Invalid) as caught:
        see(
            cast,
            case,
            sighting=Sighting(note="已看"),
            found={"office_service_area_m2": found, "households": Found("confirmed")},
        )
    assert [fault.field for fault in caught.value.faults] == fields
    assert not FactCheck.objects.exists() and not Observation.objects.exists()


def test_a_refusal_in_english_names_the_fact_in_english(cast: Cast, case: Case) -> None:
    with override("en"), pytest.raises(Invalid) as refused:
        see(cast, case, found={"households": Found("corrected", "1870")})
    sentences = [fault.sentence for fault in refused.value.faults]
    assert sentences and not [said for said in sentences if re.search("[\u4e00-\u9fff]", said)]


def test_what_was_never_declared_cannot_be_confirmed(cast: Cast, case: Case) -> None:
    case.declared_facts.filter(key="households").delete()
    with pytest.raises(Invalid, match="没有申报"):
        see(cast, case, found={"households": Found("confirmed")})
    see(cast, case, found={"households": correct("1,860户")})
    assert confirmed_facts(case, 1) == {"households": 1860}


def test_an_unknown_fact_or_page_is_refused(cast: Cast, case: Case) -> None:
    with pytest.raises(Invalid, match="没有名为“wizards”的数据项"):
        see(cast, case, found={"wizards": Found("confirmed")})
    with pytest.raises(Hidden):
        see(cast, case, page="1.4.a")  # a page of the documents


def test_two_people_do_not_overwrite_each_other(cast: Cast, case: Case) -> None:
    assessing.also_on_site(cast, case, cast.leader)
    see(cast, case, found={"households": Found("confirmed")})
    with pytest.raises(Invalid, match=r"已由孟琳于.*核实为“1860户”"):
        see(cast, case, by=cast.leader, found={"households": correct("1900")})
    see(cast, case, by=cast.leader, found={"households": correct("1900", revision=1)})
    row = FactCheck.objects.get(key="households")
    assert (row.value, row.by, row.revision) == (1900, cast.leader, 2)
    assert [old.value for old in row.history.order_by("revision")] == [1860, 1900]


def test_two_people_who_find_the_same_are_not_in_each_others_way(cast: Cast, case: Case) -> None:
    assessing.also_on_site(cast, case, cast.leader)
    see(cast, case, found={"households": Found("confirmed"), "office_service_area_m2": correct("480")})
    theirs = {"households": Found("confirmed"), "office_service_area_m2": Found("corrected", "480", "实测")}
    see(cast, case, by=cast.leader, sighting=Sighting(note="同去"), found=theirs)
    assert set(FactCheck.objects.values_list("by", "revision")) == {(cast.reviewer3.pk, 1)}
    with pytest.raises(Invalid, match="已由孟琳"):
        see(cast, case, by=cast.leader, found={"office_service_area_m2": correct("480", reason="尺量")})


def test_the_same_answer_again_changes_nothing(cast: Cast, case: Case) -> None:
    see(cast, case, found={"households": correct("1900")})
    again = Found("corrected", "1900", "实测", None, 1)
    see(cast, case, found={"households": again})
    assert FactCheck.objects.get().revision == 1


def test_a_post_sent_twice_is_taken_once(cast: Cast, case: Case) -> None:
    first = see(cast, case, sighting=Sighting("agrees", "一"), photos=[photo()], client_key="k1")
    later = see(cast, case, sighting=Sighting("partly", "二"), photos=[photo("b.jpg", 99)], client_key="k2")
    again = see(cast, case, sighting=Sighting("agrees", "一"), photos=[photo("c.jpg", 50)], client_key="k1")
    assert first == later == again
    row = Observation.objects.get()
    assert (row.note, row.seen, row.photos.count()) == ("二", "partly", 2)


def test_a_post_whose_reply_was_lost_is_still_taken_for_done_when_the_step_has_ended(
    cast: Cast, case: Case
) -> None:
    assessing.confirm_all(cast, case, cast.at, "site")
    first = see(cast, case, sighting=Sighting(note="一"), client_key="k1")
    fact_checks.finish_stream(case, stream="site", by=cast.reviewer3, at=cast.at)
    assert see(cast, case, sighting=Sighting(note="一"), client_key="k1") == first
    for other in ({"client_key": "k2"}, {"client_key": "k1", "by": cast.leader}):
        with pytest.raises(AlreadyDone):
            see(cast, case, sighting=Sighting(note="二"), **other)


def test_photos_that_come_by_themselves_leave_the_note_as_it_is(cast: Cast, case: Case) -> None:
    see(cast, case, sighting=Sighting("agrees", "已看", "二楼"))
    see(cast, case, sighting=None, photos=[photo()], client_key="p1")
    see(cast, case, page="2.1.b", sighting=None, photos=[photo("b.jpg", 99)], client_key="p2")
    row, other = Observation.objects.order_by("pk")
    assert (row.seen, row.note, row.place, row.photos.count()) == ("agrees", "已看", "二楼", 1)
    assert (other.note, other.photos.count()) == ("", 1)


def test_an_empty_page_writes_nothing(cast: Cast, case: Case) -> None:
    assert see(cast, case, sighting=Sighting(note="  ")) is None
    assert not Observation.objects.exists()


def test_photos_are_counted_and_checked(cast: Cast, case: Case) -> None:
    with pytest.raises(Invalid) as caught:
        see(cast, case, photos=[papers.upload("a.jpg", b"not a picture")])
    assert caught.value.faults[0].field == "photos" and "a.jpg" in caught.value.faults[0].sentence
    with pytest.raises(Invalid, match="最多12张"):
        see(cast, case, photos=[photo(f"{place}.jpg", place) for place in range(13)])
    assert not Evidence.objects.filter(stage="collection").exists()


def test_a_photo_is_taken_back_by_who_took_it_unless_it_proves_something(cast: Cast, case: Case) -> None:
    row = see(cast, case, photos=[photo(), photo("b.jpg", 9)], sighting=Sighting(note="x"))
    assert row is not None
    one, two = row.photos.order_by("pk")
    see(cast, case, found={"households": correct("1900", proof=photo("b.jpg", 9))})
    assert FactCheck.objects.get().proof == two, "the same content is kept once"
    for taken in (one, two):
        observations.remove_photo(
            case, stream="site", observation=row, photo=taken, by=cast.reviewer3, at=cast.at
        )
    one.refresh_from_db()
    two.refresh_from_db()
    assert row.photos.count() == 0 and one.removed_at is not None and two.removed_at is None
    with pytest.raises(Refused):
        observations.remove_photo(
            case, stream="site", observation=row, photo=one, by=cast.reviewer3, at=cast.at
        )


def test_the_stream_ends_when_nothing_is_missing(cast: Cast, case: Case) -> None:
    see(cast, case, found={"households": Found("confirmed")})
    with pytest.raises(Refused) as caught:
        fact_checks.finish_stream(case, stream="site", by=cast.reviewer3, at=cast.at)
    assert "还有12项数据没有核实" in caught.value.sentence and "社区工作者人数" in caught.value.sentence
    assessing.confirm_all(cast, case, cast.at, "site")
    assert unchecked(case, plan_of(case.batch), "site") == []
    assert fact_checks.finish_stream(case, stream="site", by=cast.reviewer3, at=cast.at)
    with pytest.raises(AlreadyDone):
        fact_checks.finish_stream(case, stream="site", by=cast.reviewer3, at=cast.at)
    assert Todo.objects.filter(case=case, node="collection.documents", state="open").exists()
    event = Event.objects.get(case=case, verb="finish_site")
    assert event.data["facts"] == 13


def test_facts_that_contradict_each_other_keep_the_stream_open_and_either_stream_may_mend_them(
    cast: Cast, case: Case
) -> None:
    assessing.confirm_all(cast, case, cast.at, "documents")
    fact_checks.finish_stream(case, stream="documents", by=cast.reviewer3, at=cast.at)
    assessing.confirm_all(cast, case, cast.at, "site")
    see(cast, case, found={"community_workers": correct("1", revision=1)})
    with pytest.raises(Refused, match="相互矛盾"):
        fact_checks.finish_stream(case, stream="site", by=cast.reviewer3, at=cast.at)
    mended = {
        "certified_workers": correct("1", proof=photo("d.jpg", 3), revision=1),
        "college_workers": correct("1", proof=photo("e.jpg", 4), revision=1),
    }
    see(cast, case, found=mended)
    assert fact_checks.finish_stream(case, stream="site", by=cast.reviewer3, at=cast.at)


def test_with_two_on_one_duty_the_last_one_ends_the_stream(cast: Cast) -> None:
    case = assessing.accepted(cast)
    members = assessing.members(cast)
    members[0] = assessing.NewMember("expert", ("leader", "site"), cast.leader)
    assessing.team.form_team(case, agency=assessing.agency(cast), members=members, by=cast.county, at=cast.at)
    assessing.declare_all(cast, case, cast.at)
    assessing.agree_on_plan(cast, case, cast.at)
    assessing.brief(cast, case, cast.at)
    assert not fact_checks.finish_stream(case, stream="site", by=cast.leader, at=cast.at)
    with pytest.raises(AlreadyDone):
        fact_checks.finish_stream(case, stream="site", by=cast.leader, at=cast.at)
    with pytest.raises(Refused, match="没有核实"):
        fact_checks.finish_stream(case, stream="site", by=cast.reviewer3, at=cast.at)
    assessing.confirm_all(cast, case, cast.at, "site")
    assert fact_checks.finish_stream(case, stream="site", by=cast.reviewer3, at=cast.at)


@pytest.mark.parametrize("who", ["unassigned", "reviewer", "leader", "county", "clerk", "manager"])
def test_only_whose_duty_it_is_checks_facts(cast: Cast, case: Case, who: str) -> None:
    with pytest.raises(NotAllowed):
        fact_checks.confirm_declared(case, stream="site", keys=["households"], by=cast[who], at=cast.at)


def test_who_recuses_later_is_shut_out(cast: Cast, case: Case, sign_in: Any) -> None:
    client = sign_in("reviewer3")
    assert client.get(f"/cases/{case.pk}/site/").status_code == 200
    Recusal.objects.create(case=case, user=cast.reviewer3, reason="亲属", at=cast.at)
    assert client.get(f"/cases/{case.pk}/site/").status_code == 404
    with pytest.raises(NotAllowed, match="回避"):
        see(cast, case, found={"households": Found("confirmed")})


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("reviewer3", 200),
        ("reviewer", 200),
        ("county", 200),
        ("clerk", 403),
        ("street", 403),
        ("unassigned", 404),
        ("far_county", 404),
        ("neighbour", 404),
        ("surveyor", 200),
    ],
)
@pytest.mark.parametrize("path", ["site/", "site/2.1.a/", "documents/", "documents/1.4.a/"])
def test_the_pages_are_for_the_team_and_the_county(
    cast: Cast, case: Case, sign_in: Any, who: str, status: int, path: str
) -> None:
    assert sign_in(who).get(f"/cases/{case.pk}/{path}").status_code == status


def test_the_community_does_not_see_what_the_team_collects_before_the_result(
    cast: Cast, case: Case, sign_in: Any
) -> None:
    row = see(cast, case, photos=[photo()], sighting=Sighting(note="x"))
    assert row is not None
    taken = row.photos.get()
    assert sign_in("clerk").get(f"/cases/{case.pk}/evidence/{taken.pk}/").status_code == 404
    shown = sign_in("county").get(f"/cases/{case.pk}/evidence/{taken.pk}/")
    assert shown.status_code == 200
    assert b"".join(shown.streaming_content)  # read to its end, so that the file is closed
    assert not Evidence.objects.filter(shown_to(cast.clerk), pk=taken.pk).exists()
    assert Evidence.objects.filter(shown_to(cast.clerk), case=case, stage="preparation").exists()


def post(client: Any, case: Case, page: str, **data: Any) -> Any:
    return client.post(f"/cases/{case.pk}/site/{page}/", {"verb": "save", **data})


def test_one_post_from_a_phone_saves_note_photo_and_fact_and_leads_on(
    cast: Cast, case: Case, sign_in: Any
) -> None:
    client = sign_in("reviewer3")
    answer = post(
        client,
        case,
        "2.1.a",
        next="on",
        note="实测面积",
        client_key="abc",
        photos=[photo()],
        **{
            "verdict-office_service_area_m2": "corrected",
            "value-office_service_area_m2": "５００ ㎡",
            "reason-office_service_area_m2": "测绘图",
            "proof-office_service_area_m2": photo("测绘.jpg", 77),
            "revision-office_service_area_m2": "0",
        },
    )
    assert answer.status_code == 302 and answer.url == f"/cases/{case.pk}/site/2.1.b/"
    assert confirmed_facts(case, 1) == {"office_service_area_m2": 500}
    assert Observation.objects.get().note == "实测面积"


def test_a_refused_post_keeps_what_was_typed(cast: Cast, case: Case, sign_in: Any) -> None:
    answer = post(
        sign_in("reviewer3"),
        case,
        "2.1.a",
        note="实测面积如下",
        **{
            "verdict-office_service_area_m2": "corrected",
            "value-office_service_area_m2": "五百",
            "reason-office_service_area_m2": "",
        },
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    for part in ("实测面积如下", 'value="五百"', "的更正理由。", "的依据，如照片"):
        assert part in text
    assert 'value="corrected"' in text and " checked" in text


def test_ticked_facts_are_confirmed_on_the_list(cast: Cast, case: Case, sign_in: Any) -> None:
    client = sign_in("reviewer3")
    url = f"/cases/{case.pk}/documents/"
    none = client.post(url, {"verb": "confirm"})
    assert none.status_code == 422 and "请先勾选" in none.content.decode()
    assert client.post(url, {"verb": "confirm", "keys": ["certified_workers"]}).status_code == 302
    assert confirmed_facts(case, 1) == {"certified_workers": 2}
    early = client.post(url, {"verb": "finish"})
    assert early.status_code == 409 and "没有核实" in early.content.decode()


def test_a_stream_is_read_with_the_same_number_of_queries(
    cast: Cast, case: Case, sign_in: Any, django_assert_num_queries: Any
) -> None:
    client = sign_in("reviewer3")
    read = Case.objects.select_related("batch__standard").get(pk=case.pk)
    counts = []
    for pages in (["1.1.a"], ["1.1.b", "1.2.a", "2.1.b"]):
        for place, page in enumerate(pages):
            see(
                cast,
                case,
                page=page,
                sighting=Sighting("agrees", "已看"),
                photos=[photo(shade=place + len(pages))],
            )
        with django_assert_num_queries(4):
            work_of(read, "site")
        with CaptureQueriesContext(connection) as seen:
            assert client.get(f"/cases/{case.pk}/site/").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]
