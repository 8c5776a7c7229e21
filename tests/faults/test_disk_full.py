"""A disk that is really full while somebody uploads: a sentence, no torn file, no row, and the rest goes on."""

import gc
import logging
import os
import resource
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from applications.models import Case, Evidence
from tests import cast as stage
from tests import invariants, papers, road
from tests.cast import Cast
from tests.forks import forked
from tests.worlds import World

pytestmark = pytest.mark.filterwarnings("ignore:This process.*fork:DeprecationWarning")
ROOM = 256 * 1024
SENTENCE = "服务器存储空间不足"


@contextmanager
def little_room(folder: Path) -> Iterator[None]:
    """A small disk under the folder; where none can be mounted, files that may not grow beyond as much."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(folder)]
    if os.getuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0:
        try:
            yield
        finally:
            subprocess.run(["umount", "-l", str(folder)], check=True)
        return
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    _soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, hard))
    yield


def sent(case: Case, cast: Cast, client: Client, size: int) -> tuple[int, bool]:
    """Upload a file over HTTP; return the status and whether the page says that there is no room."""
    book = papers.upload("大册.pdf", papers.pdf(extra=b"%" + os.urandom(size // 2).hex().encode() + b"\n"))
    form = {"verb": "upload", "files": [book], "indicators": ["1.1.a"]}
    answer = client.post(f"/cases/{case.pk}/apply/evidence/", form)
    said = answer.status_code, SENTENCE in answer.content.decode()
    del answer  # with the traceback that a test's client keeps, and the upload in it
    gc.collect()
    return said


@pytest.fixture
def cast(own_world: World) -> Cast:
    """The cast in a world of the test."""
    return stage.find() or stage.build()


@pytest.fixture
def clerk(cast: Cast) -> Client:
    """The clerk, signed in."""
    client = Client()
    client.force_login(cast.clerk, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_full_disk_under_the_files_is_a_sentence(
    cast: Cast, clerk: Client, own_world: World, settings: Any
) -> None:
    case = road.open_case(cast)

    def upload() -> list[Any]:
        own_world.enter()
        with little_room(Path(settings.MEDIA_ROOT)):
            big = sent(case, cast, clerk, 2 * ROOM)
            left = [str(path) for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
            rows = Evidence.objects.count()
            small = sent(case, cast, clerk, 10)
            return [big, left, rows, small[1], Evidence.objects.count(), invariants.unsound()]

    said = forked(upload).said
    assert said == [[422, True], [], 0, False, 1, []], said


def test_a_full_disk_under_the_upload_itself_is_a_sentence(
    cast: Cast, clerk: Client, own_world: World, settings: Any, tmp_path: Path
) -> None:
    """What is larger than a megabyte is written beside while the form is still being read."""
    case = road.open_case(cast)
    clerk.raise_request_exception = False
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "uploads")
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024

    def upload() -> list[Any]:
        own_world.enter()
        logging.disable()  # a captured record would hold the upload
        with little_room(tmp_path / "uploads"):
            big = sent(case, cast, clerk, 4 * ROOM)
            left = list((tmp_path / "uploads").iterdir())
            return [big, len(left), Evidence.objects.count()]

    said = forked(upload).said
    assert said == [[507, True], 0, 0], said
