"""Fixtures that every test may ask for: the cast, a signed-in client, the outbox drained."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests import cast as stage
from tests.cast import Cast
from tests.kept import keep_the_beginning, lay_down_the_beginning


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Build the cast once; every test runs in a transaction on top of it."""
    with django_db_blocker.unblock(), transaction.atomic():
        stage.build()
        keep_the_beginning()
    yield


@pytest.fixture
def cast(db: None) -> Cast:
    """The small province."""
    return found_again()


def found_again() -> Cast:
    """Return the cast; where a transactional test flushed it, all that the session began with is written again."""
    found = stage.find()
    if found is None:
        with transaction.atomic():
            lay_down_the_beginning()
        found = stage.find()
        assert found is not None
    return found


@pytest.fixture
def sign_in(cast: Cast) -> Callable[[str], Client]:
    """Return a function that gives a client signed in as a person of the cast."""

    def enter(username: str) -> Client:
        client = Client()
        client.force_login(cast[username], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter
