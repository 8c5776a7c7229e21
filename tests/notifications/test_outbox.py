"""The outbox: work is done once whatever happens, tried again with patience, and dies where everybody can see it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from applications.models import User
from notifications import channels, outbox
from notifications.actions import choose, tell
from notifications.models import Outbox
from notifications.wording import text_of
from tests.cast import AT

MINUTE = timedelta(minutes=1)


@pytest.fixture
def done(db: None) -> Iterator[list[Any]]:
    """Register a topic whose handler notes what it was given."""
    noted: list[Any] = []
    outbox.register("test.note", lambda payload, at: noted.append(payload["n"]))
    yield noted
    del outbox.ROUTES["test.note"]


def post(n: int = 1, **more: Any) -> None:
    outbox.post("test.note", f"note:{n}", at=AT, payload={"n": n}, **more)


def failing(error: Exception) -> Any:
    def handler(payload: dict[str, Any], at: Any) -> None:
        raise error

    return handler


def test_what_is_posted_twice_under_one_key_is_done_once(done: list[Any]) -> None:
    post()
    post()

    assert outbox.drain(now=AT) == 1
    assert outbox.drain(now=AT) == 0
    assert done == [1]


def test_what_is_rolled_back_is_never_done(done: list[Any]) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        post()
        raise RuntimeError

    assert outbox.drain(now=AT) == 0


def test_work_waits_for_its_time(done: list[Any]) -> None:
    post(not_before=AT + MINUTE)

    assert outbox.drain(now=AT) == 0
    assert outbox.drain(now=AT + MINUTE) == 1


def test_what_is_under_a_lease_is_left_alone_until_it_expires(done: list[Any]) -> None:
    post()
    taken = outbox._take(5, AT)

    assert len(taken) == 1
    assert outbox.drain(now=AT + outbox.LEASE - timedelta(seconds=1)) == 0
    assert outbox.drain(now=AT + outbox.LEASE) == 1
    assert done == [1]


def test_a_worker_that_wakes_up_late_writes_nothing(done: list[Any]) -> None:
    """Its effect is rolled back with the mark: the successor's stands alone."""
    post()
    (sleeper,) = outbox._take(5, AT)
    outbox.drain(now=AT + MINUTE)

    outbox.register("test.note", lambda payload, at: outbox.post("test.other", "other", at=at))
    outbox._handle(sleeper, AT + 2 * MINUTE)

    assert not Outbox.objects.filter(key="other").exists()
    assert done == [1]


def test_a_failure_is_tried_again_after_a_pause_that_doubles(done: list[Any]) -> None:
    outbox.register("test.note", failing(ValueError("no answer")))
    post()
    pauses, now = [], AT
    for _again in range(4):
        assert outbox.drain(now=now) == 1
        row = Outbox.objects.get()
        pauses.append(row.not_before - now)
        now = row.not_before

    assert pauses == [timedelta(seconds=5 * 2**n) for n in range(4)]
    assert row.error == "ValueError: no answer"
    assert row.dead_at is None


def test_work_dies_after_eight_tries_tells_its_end_and_can_be_revived(done: list[Any]) -> None:
    last_words: list[str] = []
    outbox.register(
        "test.note",
        failing(ValueError("gone")),
        on_death=lambda payload, at, reason: last_words.append(reason),
    )
    post()
    now = AT
    for _again in range(outbox.TRIES):
        outbox.drain(now=now)
        now = Outbox.objects.get().not_before

    row = Outbox.objects.get()
    assert (row.attempts, row.dead_at is not None, last_words) == (8, True, ["ValueError: gone"])
    assert outbox.drain(now=now + 100 * MINUTE) == 0

    outbox.register("test.note", lambda payload, at: done.append(payload["n"]))
    assert outbox.revive(row.pk, now=now)
    assert not outbox.revive(row.pk, now=now)
    assert outbox.drain(now=now) == 1
    assert done == [1]


def test_a_topic_without_handler_dies_at_once(db: None) -> None:
    outbox.post("test.nobody", "nobody", at=AT)

    outbox.drain(now=AT)

    assert "test.nobody" in Outbox.objects.get().error
    assert Outbox.objects.get().dead_at == AT


def test_one_failure_does_not_hold_up_the_rest(done: list[Any]) -> None:
    outbox.register("test.bad", failing(RuntimeError()))
    outbox.post("test.bad", "bad", at=AT)
    post(2)

    assert outbox.drain(now=AT) == 2
    assert done == [2]
    del outbox.ROUTES["test.bad"]


def test_outside_work_is_marked_after_it_was_done(done: list[Any]) -> None:
    """A crash between the two repeats it; a crash before it loses nothing."""
    states: list[bool] = []
    outbox.register(
        "test.note",
        lambda payload, at: states.append(Outbox.objects.filter(done_at__isnull=True).exists()),
        inside=False,
    )
    post()

    outbox.drain(now=AT)

    assert states == [True]
    assert Outbox.objects.get().done_at == AT


def test_the_sweep_frees_expired_leases_forgets_the_old_and_knocks(done: list[Any]) -> None:
    post(1)
    outbox.drain(now=AT)
    post(2)
    outbox._take(5, AT)
    knocks: list[int] = []
    outbox.LISTENERS.append(lambda: knocks.append(1))
    try:
        assert outbox.sweep(now=AT + 2 * MINUTE) == 1
        assert knocks == [1]
        assert Outbox.objects.get(key="note:2").lease_until is None
        outbox.sweep(now=AT + outbox.KEPT + 2 * MINUTE)
    finally:
        outbox.LISTENERS.pop()

    assert list(Outbox.objects.values_list("key", flat=True)) == ["note:2"]


def test_the_log_names_no_person(done: list[Any], caplog: pytest.LogCaptureFixture) -> None:
    outbox.register("test.note", failing(ValueError("refused: clerk@example.org")))
    post()

    outbox.drain(now=AT)

    assert "clerk@example.org" not in caplog.text
    assert "clerk@example.org" in Outbox.objects.get().error


@pytest.mark.django_db
def test_telling_a_province_takes_as_many_statements_as_telling_an_office() -> None:
    counts = []
    for first, count in ((0, 5), (100, 60)):
        people = [
            User.objects.create_user(f"p{number}", f"人{number}", email=f"p{number}@example.org")
            for number in range(first, first + count)
        ]
        with CaptureQueriesContext(connection) as queries:
            assert tell(people, kind="t", key=f"k{first}", text=text_of("您好"), url="/", at=AT) == count
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.django_db
def test_a_digest_takes_as_many_statements_with_many_messages_as_with_few() -> None:
    person, counts = User.objects.create_user("p", "人", email="p@example.org"), []
    choose(person, mail="digest", webhook="")
    for count in (3, 40):
        for number in range(count):
            tell([person], kind="t", key=f"{count}-{number}", text=text_of("您好"), url="/", at=AT)
        with CaptureQueriesContext(connection) as queries:
            channels.digest({"user": person.pk}, AT)
        counts.append(len(queries))
    assert counts[0] == counts[1] and len(mail.outbox) == 2
