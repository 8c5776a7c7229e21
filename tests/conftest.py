"""What every test stands on: own files, cheap passwords, no network, the source language, no skipping where forbidden."""

import gc
import os
import secrets
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import translation
from hypothesis import settings as hypothesis_settings

from workflow import catalogue

pytest_plugins = ["tests.kept", "tests.fixtures"]

# A shared machine makes single examples slow at random; what is slow on purpose is measured in tests/bench.
hypothesis_settings.register_profile("house", deadline=None)
hypothesis_settings.load_profile("house")

# What these try has neither a database nor Redis in it, or looks the same with any: CI tries it once (``.ci/run``).
ALIKE = ("browser", "core", "house", "standards", "rights/test_junk.py")
# Tried on PostgreSQL and Redis in CI although it takes minutes: kills, races and backups differ with the database.
TWICE = ("faults/test_kill_nine.py", "races/test_every_action_twice.py", "workflow/test_backup.py")
# What takes minutes is tried by ``make test-thorough``, and by CI, so that ``make test`` stays short.
THOROUGH = (
    "browser/test_every_page.py",
    "browser/test_journeys.py",
    "browser/test_styleguide.py",
    "faults/test_kill_nine.py",
    "faults/test_kills.py",
    "races/test_every_action_twice.py",
    "rights/test_duties.py",
    "rights/test_junk.py",
    "rights/test_junk_open.py",
    "rights/test_leaks.py",
    "rights/test_matrix.py",
    "workflow/test_backup.py",
    "workflow/test_production.py",
    "workflow/test_english_pages.py",
)

LOCAL = {"127.0.0.1", "::1", "localhost", ""}


def pytest_configure(config: pytest.Config) -> None:
    """Prepare this process; refuse in a sentence where a service that was named cannot be reached."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        _reachable("DATABASE_URL", 5432)
        _reachable("REDIS_URL", 6379)
    catalogue.compile_stale()
    settings.PASSWORD_HASHERS = ["tests.hashing.CheapArgon2"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    settings.CACHES["default"]["KEY_PREFIX"] = worker
    if settings.REDIS_URL:  # pub/sub channels are one space for all processes
        settings.CHANNEL_LAYERS["default"]["CONFIG"]["prefix"] = f"test-{worker}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is the same on every database, and what takes minutes."""
    here = Path(__file__).parent
    for item in items:
        for marker, names in (("alike", ALIKE), ("thorough", THOROUGH), ("twice", TWICE)):
            if any(item.path.is_relative_to(here / name) for name in names):
                item.add_marker(marker)


def pytest_collection_finish() -> None:
    """Look for garbage seldom: what Django and the tests have loaded by now stays, and looking at it costs a tenth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


def _reachable(name: str, port: int) -> None:
    parts = urlsplit(os.environ.get(name, ""))
    if not parts.hostname:
        return
    try:
        socket.create_connection((parts.hostname, parts.port or port), timeout=3).close()
    except OSError as error:
        pytest.exit(
            f"Nothing answers at {parts.hostname}:{parts.port or port} ({error}); start the service, "
            f"or name another one in {name}.",
            returncode=2,
        )


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Test on a SQLite file, as in production (an in-memory database has other locks), without waiting for the disk."""
    database = settings.DATABASES["default"]
    if "postgresql" in database["ENGINE"]:
        options = database.setdefault("OPTIONS", {})
        options["options"] = f"{options.get('options', '')} -c synchronous_commit=off".strip()
    if "sqlite" in database["ENGINE"]:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        database["TEST"]["NAME"] = str(settings.DATA_DIR / f"test-{worker}.sqlite3")
        options = database["OPTIONS"]
        options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")


@pytest.fixture(autouse=True)
def source_language() -> Iterator[None]:
    """Start every test in the source language with an empty cache; a request in English must not leak into the next."""
    translation.activate(settings.LANGUAGE_CODE)
    if settings.REDIS_URL:  # one Redis for all workers: an empty corner of it instead of an empty Redis
        prefix = f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}-{secrets.token_hex(6)}"
        settings.CACHES["default"]["KEY_PREFIX"] = cache.key_prefix = prefix
    else:
        cache.clear()
    yield
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Refuse every connection that leaves this machine."""
    allowed = LOCAL | {
        urlsplit(os.environ.get(name, "")).hostname or "" for name in ("DATABASE_URL", "REDIS_URL")
    }
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and address[0] not in allowed:
            raise AssertionError(
                f"A test tried to reach {address[0]}:{address[1]}; tests stay on this machine."
            )
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


def pytest_sessionfinish(session: pytest.Session) -> None:
    """With FORBID_SKIPS=1 (continuous integration) a skipped test is a failed run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("FORBID_SKIPS") == "1" and reporter is not None and reporter.stats.get("skipped"):
        reporter.write_line("Tests were skipped, and FORBID_SKIPS=1 allows none.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
