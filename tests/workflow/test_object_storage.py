"""Evidence in an object store: kept, shown, backed up as on a disk, and a sentence where the store is away."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from django.core.files.storage import default_storage
from moto import mock_aws

from applications.actions import evidence, rendering
from applications.models import Evidence
from tests import papers, road
from tests.cast import AT, Cast
from workflow import environment, strays
from workflow.backup import files

pytestmark = pytest.mark.django_db
BUCKET = "evidence"


@pytest.fixture
def store(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Let the product keep its files in a bucket, as the environment says; return the bucket."""
    for name, value in (("BUCKET", BUCKET), ("ACCESS_KEY", "key"), ("SECRET_KEY", "secret")):
        monkeypatch.setenv(f"S3_{name}", value)
    with mock_aws():
        bucket = boto3.resource("s3", region_name="us-east-1").create_bucket(Bucket=BUCKET)
        settings.STORAGES = {**settings.STORAGES, "default": environment.file_storage()}
        assert default_storage.bucket_name == BUCKET
        yield bucket


@pytest.fixture
def row(cast: Cast, store: Any) -> Evidence:
    """A file of an application that is being filled in."""
    return keep(cast, papers.pdf("first"))


def keep(cast: Cast, content: bytes) -> Evidence:
    """Upload a file as the clerk."""
    case = road.open_case(cast)
    parts = [papers.upload("名册.pdf", content)]
    evidence.upload(case, files=parts, indicators=["1.1.a"], sensitive=False, by=cast.clerk, at=AT)
    return Evidence.objects.get(case=case)


def away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing answer at the store's address."""

    def fail(*_args: Any, **_more: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://store.example")

    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", fail)


def test_a_file_lies_in_the_private_bucket_and_leaves_through_the_checking_view(
    row: Evidence, store: Any, sign_in: Any
) -> None:
    assert [item.key for item in store.objects.all()] == [row.file.name]
    grants = store.Object(row.file.name).Acl().grants
    assert all(grant["Grantee"].get("URI") is None for grant in grants), "nobody but the owner"
    answer = sign_in("clerk").get(f"/cases/{row.case_id}/evidence/{row.pk}/")
    assert b"".join(answer.streaming_content) == papers.pdf("first")
    assert sign_in("neighbour").get(f"/cases/{row.case_id}/evidence/{row.pk}/").status_code == 404


def test_the_pages_of_a_file_are_made_and_shown(row: Evidence, sign_in: Any) -> None:
    rendering.on_ask({"evidence": row.pk, "first": 1}, AT)
    answer = sign_in("clerk").get(f"/cases/{row.case_id}/evidence/{row.pk}/pages/1.webp")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")


def test_a_file_without_a_row_is_swept_away_once_it_is_old(
    row: Evidence, store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put_object(Key="evidence/stray", Body=b"left by a process that died")
    assert strays.sweep() == 0
    monkeypatch.setattr(strays, "YOUNG", -strays.YOUNG)
    assert strays.sweep() == 1
    assert [item.key for item in store.objects.all()] == [row.file.name]


def test_a_backup_takes_the_files_out_and_puts_them_back(row: Evidence, store: Any, tmp_path: Path) -> None:
    taken = files.take(tmp_path, files.named())
    assert list(taken) == [f"files/{row.file.name}"]
    store.Object(row.file.name).put(Body=b"overwritten")
    store.put_object(Key="evidence/other", Body=b"of later")
    files.put_back(tmp_path, [row.file.name])
    assert files.remove_others([row.file.name]) == 1
    with row.file.open("rb") as stream:
        assert stream.read() == papers.pdf("first")


def test_a_store_that_is_away_is_a_sentence_and_leaves_no_row(
    row: Evidence, cast: Cast, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    away(monkeypatch)
    parts = [papers.upload("照片.pdf", papers.pdf("second"))]
    done = evidence.upload(row.case, files=parts, indicators=[], sensitive=False, by=cast.clerk, at=AT)
    assert [fault.sentence for fault in done.faults] == [
        "“照片.pdf”：文件没有保存成功，请重试；多次不成功时请联系系统管理员。"
    ]
    assert Evidence.objects.count() == 1
    answer = sign_in("clerk").get(f"/cases/{row.case_id}/evidence/{row.pk}/")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"
    assert "暂时不能使用" in answer.content.decode()


def test_a_file_that_is_missing_from_the_bucket_is_as_if_it_were_not_there(
    row: Evidence, store: Any, sign_in: Any
) -> None:
    store.Object(row.file.name).delete()
    assert not default_storage.exists(row.file.name)
    assert sign_in("clerk").get(f"/cases/{row.case_id}/evidence/{row.pk}/").status_code == 404
