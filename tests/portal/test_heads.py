"""The anchored heads on a public page: the same as in the file, nobody named, provable by whoever kept a copy."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applications.core import chain
from applications.models import Event
from tests import road
from tests.cast import Cast
from workflow import anchors, clock

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
    assert len(queries) == 1, "the standards in use, for the head and the foot of the page"
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
