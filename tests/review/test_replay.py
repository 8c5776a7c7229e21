"""What a phone kept is sent again by a script: the answer is data, names the key, and goes to its own person only."""

from datetime import timedelta
from typing import Any

import pytest

from applications.models import Case
from review.actions import fact_checks, observations
from review.actions.fact_checks import Found
from review.models import FactCheck, Observation
from tests import papers
from tests.cast import Cast
from tests.review import assessing


@pytest.fixture
def case(cast: Cast) -> Case:
    return assessing.collecting(cast)


def send(client: Any, case: Case, person: Any, key: str = "k1", page: str = "2.1.a", **data: Any) -> Any:
    body = {"verb": "save", "client_key": key, "autosave": "1", **data}
    headers = {"X-Replay": key, "X-Person": str(getattr(person, "pk", person))}
    return client.post(f"/cases/{case.pk}/site/{page}/", body, headers=headers)


def test_what_is_stored_is_named_and_stored_once(cast: Cast, case: Case, sign_in: Any) -> None:
    client = sign_in("reviewer3")
    for _time in range(2):
        answer = send(client, case, cast.reviewer3, note="已看", **{"verdict-households": "confirmed"})
        assert (answer.status_code, answer.json()) == (200, {"stored": "k1"})
    assert Observation.objects.get().history.count() == 1
    assert FactCheck.objects.get().revision == 1
    shown = client.get(f"/cases/{case.pk}/site/").content.decode()
    assert "flashes" not in shown, "nobody is told fifty times at once what was saved"


def test_photos_come_by_themselves(cast: Cast, case: Case, sign_in: Any) -> None:
    photo = papers.upload("现场.jpg", papers.picture())
    answer = send(sign_in("reviewer3"), case, cast.reviewer3, verb="photos", photos=photo)
    assert answer.json() == {"stored": "k1"}
    assert Observation.objects.get().photos.count() == 1
    empty = send(sign_in("reviewer3"), case, cast.reviewer3, "k2", verb="photos")
    assert empty.status_code == 422 and empty.json()["faults"][0]["field"] == "photos"


def test_time_and_place_by_the_phone_are_kept_beside_the_servers_time_and_shown(
    cast: Cast, case: Case, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("applications.clock.now", lambda: cast.at)
    taken = cast.at - timedelta(hours=3)
    stamp = {"acted_at": taken.isoformat(), "where": "28.68201,115.85794,14"}
    client = sign_in("reviewer3")
    send(client, case, cast.reviewer3, note="已看", **stamp)
    row = Observation.objects.get()
    assert (row.at, row.taken_at, row.accuracy) == (cast.at, taken, 14)
    photo = papers.upload("现场.jpg", papers.picture())
    send(
        client, case, cast.reviewer3, "k2", verb="photos", photos=photo, acted_at="nonsense", where="0,0,NaN"
    )
    row.refresh_from_db()
    assert (row.taken_at, str(row.latitude), str(row.longitude)) == (taken, "28.68201", "115.85794")
    for who in ("reviewer3", "county"):
        shown = sign_in(who).get(f"/cases/{case.pk}/site/2.1.a/").content.decode()
        assert "纬度 28.68201，经度 115.85794（误差约14米）" in shown and "设备时间" in shown


def test_a_refusal_comes_with_its_sentences_by_field(cast: Cast, case: Case, sign_in: Any) -> None:
    wrong = {"verdict-households": "corrected", "value-households": "很多", "reason-households": "实测"}
    said = send(sign_in("reviewer3"), case, cast.reviewer3, **wrong)
    assert said.status_code == 422
    faults = said.json()["faults"]
    assert said.json()["code"] == "invalid" and said.json()["conflicts"] == []
    assert [fault["field"] for fault in faults] == ["value-households", "proof-households"]
    assert all(fault["sentence"] in said.json()["sentence"] for fault in faults)


def test_what_a_colleague_answered_meanwhile_comes_back_to_choose_from(
    cast: Cast, case: Case, sign_in: Any
) -> None:
    assessing.also_on_site(cast, case, cast.leader)
    theirs = Found("corrected", "1900", "台账", papers.upload("台账.jpg", papers.picture()))
    observations.observe(
        case,
        stream="site",
        page="2.1.a",
        sighting=None,
        found={"households": theirs},
        by=cast.leader,
        at=cast.at,
    )
    client = sign_in("reviewer3")
    mine = {"verdict-households": "confirmed", "revision-households": "0"}
    said = send(client, case, cast.reviewer3, **mine)
    assert said.status_code == 409 and said.json()["code"] == "conflict"
    clash = said.json()["conflicts"][0]
    assert {name: clash[name] for name in ("key", "who", "value", "verdict", "revision")} == {
        "key": "households",
        "who": cast.leader.name,
        "value": "1900户",
        "verdict": "已更正",
        "revision": 1,
    }
    assert FactCheck.objects.get().value == 1900
    settled = send(client, case, cast.reviewer3, **{**mine, "revision-households": "1"})
    assert settled.json() == {"stored": "k1"} and FactCheck.objects.get().value == 1860


def test_it_is_never_stored_under_another_person(cast: Cast, case: Case, sign_in: Any, client: Any) -> None:
    for browser in (client, sign_in("leader")):
        said = send(browser, case, cast.reviewer3, note="已看")
        assert said.status_code == 401 and said.json()["code"] == "signed_out"
        assert said.json()["sentence"] == "请重新登录后上传。"
    assert not Observation.objects.exists()


@pytest.mark.parametrize(
    ("who", "status", "code"),
    [("reviewer", 403, "not_allowed"), ("clerk", 403, "not_allowed"), ("neighbour", 404, "hidden")],
)
def test_who_may_not_is_told_in_data_too(
    cast: Cast, case: Case, sign_in: Any, who: str, status: int, code: str
) -> None:
    said = send(sign_in(who), case, cast[who], note="已看")
    assert (said.status_code, said.json()["code"]) == (status, code)
    assert said.json()["sentence"] and not Observation.objects.exists()


def test_after_the_end_of_the_step_it_is_refused_with_who_ended_it(
    cast: Cast, case: Case, sign_in: Any
) -> None:
    assessing.confirm_all(cast, case, cast.at, "site")
    client = sign_in("reviewer3")
    assert send(client, case, cast.reviewer3, note="一").status_code == 200
    fact_checks.finish_stream(case, stream="site", by=cast.reviewer3, at=cast.at)
    late = send(client, case, cast.reviewer3, "k2", note="二")
    assert late.status_code == 409 and late.json()["code"] == "already_done"
    assert cast.reviewer3.name in late.json()["sentence"]
    assert send(client, case, cast.reviewer3, note="一").json() == {"stored": "k1"}, "the reply was lost"
    assert Observation.objects.get().note == "一"


@pytest.mark.parametrize("body", [{"verb": "burn"}, {"client_key": "another"}])
def test_a_script_that_asks_for_nonsense_is_refused(
    cast: Cast, case: Case, sign_in: Any, body: dict[str, str]
) -> None:
    said = send(sign_in("reviewer3"), case, cast.reviewer3, note="已看", **body)
    assert said.status_code == 409 and not Observation.objects.exists()
