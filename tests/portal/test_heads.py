"""The anchored heads on a public page: the same as in the file, nobody named, provable by whoever kept a copy."""

import io
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applications.actions.events import lock_case, record
from applications.core import chain
from applications.models import AnchorMark, Event
from tests import road
from tests.cast import Cast
from workflow import anchorfile, anchors, clock
from workflow.verification import broken_anchors

pytestmark = pytest.mark.django_db
PAGE, FILE = "/public/heads/", "/public/heads.jsonl"


@pytest.fixture
def anchored(cast: Cast, settings: Any, tmp_path: Path) -> None:
    """A case with two anchored moments."""
    settings.ANCHOR_FILE = tmp_path / "anchors" / "heads.jsonl"
    case = road.open_case(cast)
    clock.tick(cast.at)
    road.to_street(cast, case)
    clock.tick(cast.at)


class Aged:
    """A log that grows by a line every ten minutes."""

    def __init__(self, cast: Cast, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.case, self.cast, self.file, self.at = road.open_case(cast), cast, file, cast.at
        self.read, self.patch = 0, monkeypatch

    def __call__(self, lines: int) -> None:
        """Let as many lines be written."""
        for _line in range(lines):
            self.at += timedelta(minutes=10)
            record(lock_case(self.case), "brief_residents", by=self.cast.clerk, at=self.at)
            self.anchor()

    def anchor(self) -> None:
        """Let the clock do its step."""
        anchors.anchor(self.at)

    def bytes_of(self, work: Callable[[], object]) -> int:
        """Return how many bytes are read from the file and its index meanwhile."""
        self.read = 0
        with self.patch.context() as patched:
            for module in (anchors, anchorfile):
                patched.setattr(module, "open", self._open, raising=False)
            work()
        return self.read

    def _open(self, path: Path, mode: str) -> Any:
        handle, whole = open(path, mode, buffering=0), self  # noqa: SIM115  (closed by who opened it)

        class Counting(io.RawIOBase):
            def read(self, size: int = -1) -> bytes:
                found: bytes = handle.read(size)
                whole.read += len(found)
                return found

            def __getattribute__(self, name: str) -> Any:
                return object.__getattribute__(self, name) if name in ("read",) else getattr(handle, name)

            def __iter__(self) -> Iterator[bytes]:  # type: ignore[override]
                yield from io.BytesIO(self.read())

            def __enter__(self) -> Any:
                return self

            def __exit__(self, *_error: object) -> None:
                handle.close()

        return Counting()


@pytest.fixture
def aged(cast: Cast, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Aged:
    """A log whose age is chosen."""
    settings.ANCHOR_FILE = tmp_path / "anchors" / "heads.jsonl"
    return Aged(cast, settings.ANCHOR_FILE, monkeypatch)


def lines(client: Client) -> list[dict[str, Any]]:
    """Return the published lines."""
    return [json.loads(line) for line in client.get(FILE).text.splitlines()]


def test_the_page_and_its_file_hold_the_heads_of_the_anchor_file(anchored: None, client: Client) -> None:
    known = [sorted(digest for _seq, digest in heads.values()) for _number, heads in anchors.anchored()]
    assert len(known) == 2
    assert [line["heads"] for line in lines(client)] == known
    page = client.get(PAGE).text
    assert all(head in page for heads in known for head in heads)
    assert anchors.public_key() in page


def test_every_line_is_signed_and_carries_the_one_before(anchored: None, client: Client) -> None:
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(anchors.public_key()))
    previous = chain.START
    for line in lines(client):
        signature = bytes.fromhex(line.pop("signature"))
        key.verify(signature, chain.canonical(line))
        assert line["previous"] == previous
        previous = line["digest"]
        with pytest.raises(InvalidSignature):
            key.verify(signature, chain.canonical({**line, "at": "2020-01-01"}))


def test_nobody_and_no_community_is_told_of(anchored: None, client: Client, cast: Cast) -> None:
    said = client.get(PAGE).text + client.get(FILE).text
    for word in (cast.community.name, cast.community.code, "XP2026", cast.clerk.name):
        assert word not in said


def test_caches_may_keep_it_and_no_session_is_made(anchored: None, client: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(PAGE)
    assert "public" in answer["Cache-Control"] and answer.has_header("ETag")
    assert not answer.cookies
    assert len(queries) == 0
    assert client.get(FILE, headers={"If-None-Match": client.get(FILE)["ETag"]}).status_code == 304


def test_before_anything_is_anchored_the_page_says_so(settings: Any, tmp_path: Path, client: Client) -> None:
    settings.ANCHOR_FILE = tmp_path / "none" / "heads.jsonl"
    assert "还没有登记" in client.get(PAGE).text
    assert client.get(FILE).content == b""


def test_a_kept_copy_finds_a_history_written_anew_with_its_anchors(
    anchored: None, client: Client, tmp_path: Path, capsys: Any, settings: Any
) -> None:
    """Even whoever holds the database, the file and the key cannot rewrite what others have kept."""
    kept = tmp_path / "kept.jsonl"
    kept.write_bytes(client.get(FILE).content)
    call_command("verify_events", heads=str(kept))
    assert "完整" in capsys.readouterr().out

    newest = Event.objects.order_by("-seq")[0]
    with connection.cursor() as cursor:
        cursor.execute("update applications_event set hash = %s where id = %s", ["0" * 64, newest.pk])
    settings.ANCHOR_FILE.write_text("")
    with pytest.raises((CommandError, SystemExit)):
        call_command("verify_events", heads=str(kept))
    said = capsys.readouterr()
    assert "留存" in said.out + said.err


def test_one_download_has_so_many_lines_and_names_the_next(
    aged: "Aged", client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflow.portal.views.heads.MOST", 10)
    aged(25)
    newest = client.get(FILE)
    assert [json.loads(line)["line"] for line in newest.text.splitlines()] == list(range(16, 26))
    assert not newest.has_header("Link")
    found: list[int] = []
    address = f"{FILE}?from=1"
    while address:
        answer = client.get(address)
        found += [json.loads(line)["line"] for line in answer.text.splitlines()]
        address = answer.get("Link", "").removeprefix("<").partition(">")[0]
    assert found == list(range(1, 26))
    page = client.get(PAGE).text
    assert "下载最近10行" in page and "共25行" in page
    for typed in ("0", "-1", "x", "9" * 30, "²", "26", "%00"):
        assert client.get(f"{FILE}?from={typed}").status_code == 200


def test_what_a_minute_and_a_reader_cost_does_not_grow_with_the_age_of_the_log(
    aged: "Aged", client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted in bytes read from the file and in rows asked for, not in time."""
    monkeypatch.setattr("workflow.portal.views.heads.MOST", 10)
    costs = []
    for lines in (40, 200):
        aged(lines)
        costs.append(
            {
                "minute": aged.bytes_of(lambda: aged(1)),
                "nothing new": aged.bytes_of(aged.anchor),
                "page": aged.bytes_of(lambda: client.get(PAGE)),
                "oldest page": aged.bytes_of(lambda: client.get(f"{PAGE}?page=99")),
                "file": aged.bytes_of(lambda: client.get(FILE)),
                "events": len(anchors.heads(AnchorMark.objects.get().events)),
            }
        )
    young, old = costs
    assert len(aged.file.read_bytes()) > 6 * max(old.values())
    for what, cost in old.items():
        assert cost <= young[what] * 1.2 + 500, what
    assert anchors.file_faults() == [] and list(broken_anchors()) == []


def test_an_index_that_does_not_fit_the_file_is_made_anew(aged: "Aged", client: Client) -> None:
    aged(30)
    whole = client.get(FILE).content
    beside = aged.file.with_name("heads.jsonl.index")
    kept = beside.read_bytes()
    assert len(kept) == 30 * 8
    for spoilt in (b"", kept[:80], kept[:77], b"x" * 240, kept[8:] + kept[:8], kept + kept, bytes(240)):
        beside.write_bytes(spoilt)
        assert client.get(FILE).content == whole
        assert client.get(f"{PAGE}?page=2").status_code == 200
        aged.anchor()
        assert client.get(FILE).content == whole
    aged.file.write_bytes(aged.file.read_bytes()[:500])
    assert client.get(PAGE).status_code == 200


def test_a_mark_that_was_moved_forward_keeps_nothing_from_being_missed(aged: "Aged") -> None:
    aged(20)
    newest = Event.objects.order_by("-pk")[0].pk
    with connection.cursor() as cursor:
        cursor.execute("update applications_anchormark set events = %s, since = size", [newest + 5])
    aged(1)
    assert [finding.seq for finding in broken_anchors()] == [0]
