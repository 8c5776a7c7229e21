"""Reassignment: by whom it is theirs to do, to whom it may be given, with a reason, one by one or several at once."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from applications.actions.reassignment import candidates, reassign
from applications.errors import AlreadyDone, Invalid, NotAllowed
from applications.models import Case, Event, Todo, User, Watch
from applications.permissions import open_todos
from tests.cast import Cast
from tests.workflow import short

SignIn = Callable[[str], Client]
REASON = "经办人休假，改由同事办理。"


@pytest.fixture
def case(cast: Cast) -> Case:
    """A case that lies with the street."""
    return short.at_street(cast)


def test_a_step_given_to_one_person_is_no_longer_anybody_elses(
    cast: Cast, case: Case, colleague: User
) -> None:
    reassign(short.open_todo(case), to=colleague, reason=REASON, by=cast.street, at=cast.at)

    assert open_todos(colleague).count() == 1
    assert open_todos(User.objects.get(username="street")).count() == 0
    event = Event.objects.get(case=case, verb="reassign_task")
    assert (event.data["to"], event.data["reason"], event.actor) == ("万芳", REASON, cast.street)


def test_it_is_given_only_to_who_may_do_it(cast: Cast, case: Case, colleague: User) -> None:
    todo = short.open_todo(case)
    assert set(candidates(todo)) == {cast.street, colleague}
    todo.bars.create(user=cast.street, reason="示例")
    short.recuse(cast, "street", case)
    assert set(candidates(todo)) == {colleague}

    for other in (cast.clerk, cast.far_street, cast.county):
        with pytest.raises(Invalid):
            reassign(todo, to=other, reason=REASON, by=cast.county, at=cast.at)


@pytest.mark.parametrize("who", ["clerk", "far_county", "auditor", "sysadmin"])
def test_only_who_holds_the_right_there_may_reassign(
    cast: Cast, case: Case, colleague: User, who: str
) -> None:
    with pytest.raises(NotAllowed):
        reassign(short.open_todo(case), to=colleague, reason=REASON, by=cast[who], at=cast.at)


def test_a_reason_is_required_and_a_done_step_stays_with_its_doer(
    cast: Cast, case: Case, colleague: User
) -> None:
    todo = short.open_todo(case)
    with pytest.raises(Invalid):
        reassign(todo, to=colleague, reason=" 急 ", by=cast.street, at=cast.at)
    todo.state, todo.closed_by, todo.closed_at = "done", cast.street, cast.at
    todo.save()
    with pytest.raises(AlreadyDone):
        reassign(todo, to=colleague, reason=REASON, by=cast.street, at=cast.at)


def test_a_judgement_is_never_reassigned(cast: Cast, case: Case, colleague: User) -> None:
    todo = short.with_judges(cast, case)["reviewer"]
    with pytest.raises(NotAllowed):
        reassign(todo, to=cast.reviewer3, reason=REASON, by=cast.county, at=cast.at)


def test_the_page_keeps_what_was_typed_and_hands_over(
    cast: Cast, sign_in: SignIn, case: Case, colleague: User
) -> None:
    todo, client = short.open_todo(case), sign_in("street")
    url = reverse("reassign", args=[case.pk, todo.pk])
    assert "万芳（公园街道办事处）" in client.get(url).content.decode()

    short_reason = client.post(url, {"verb": "reassign", "to": colleague.pk, "reason": "急用"})
    assert short_reason.status_code == 422
    assert "急用" in short_reason.content.decode()
    stranger = client.post(url, {"verb": "reassign", "to": cast.far_street.pk, "reason": REASON})
    assert stranger.status_code == 422
    done = client.post(url, {"verb": "reassign", "to": colleague.pk, "reason": REASON}, follow=True)
    assert "已改派给万芳" in done.content.decode()


def test_strangers_get_404_and_colleagues_403(cast: Cast, sign_in: SignIn, case: Case) -> None:
    url = reverse("reassign", args=[case.pk, short.open_todo(case).pk])
    assert sign_in("far_county").get(url).status_code == 404
    assert sign_in("clerk").get(url).status_code == 403
    other = reverse("reassign", args=[case.pk, 999_999])
    assert sign_in("county").get(other).status_code == 404


def test_several_at_once_have_a_result_each(cast: Cast, sign_in: SignIn, case: Case, colleague: User) -> None:
    first = short.open_todo(case)
    second = short.another(first, first.due_on)
    client, url = sign_in("street"), reverse("todos_bulk")
    ids = [first.pk, second.pk, 999_999]

    asked = client.post(url, {"do": "reassign", "ids": ids, "tab": "mine"})
    assert asked.status_code == 200
    Todo.objects.filter(pk=second.pk).update(state="done", closed_by=cast.street, closed_at=cast.at)
    answer = client.post(
        url, {"do": "reassign", "ids": ids, "to": colleague.pk, "reason": REASON}, follow=True
    )

    results = {line.target: (line.ok, line.sentence) for line in answer.context["page"]}
    assert results[first.pk] == (True, "已改派给万芳。")
    assert results[second.pk][0] is False
    assert "已由胡建军" in results[second.pk][1]
    assert len(results) == 2


def test_nothing_of_another_office_is_touched_by_numbers(
    cast: Cast, sign_in: SignIn, case: Case, colleague: User
) -> None:
    todo = short.open_todo(case)
    for who in ("far_street", "far_county", "neighbour"):
        client = sign_in(who)
        for what in ("watch", "reassign"):
            client.post(
                reverse("todos_bulk"),
                {"do": what, "ids": [todo.pk], "to": colleague.pk, "reason": REASON, "tab": "mine"},
            )
    assert Watch.objects.count() == 0
    assert short.open_todo(case).assignee is None


def test_several_cases_are_watched_and_forgotten(cast: Cast, sign_in: SignIn, case: Case) -> None:
    client, url = sign_in("street"), reverse("todos_bulk")
    client.post(url, {"do": "watch", "ids": [short.open_todo(case).pk], "tab": "mine"})
    assert Watch.objects.get().case == case
    client.post(url, {"do": "unwatch", "ids": [case.pk], "tab": "watched"})
    assert Watch.objects.count() == 0


@pytest.mark.parametrize("data", [{"do": "watch"}, {"do": "burn", "ids": "1"}, {"do": "watch", "ids": "x"}])
def test_nonsense_is_a_sentence(cast: Cast, sign_in: SignIn, data: dict[str, str]) -> None:
    assert sign_in("street").post(reverse("todos_bulk"), data).status_code == 409
