"""The product with production settings, started as an operator starts it: pages, styles and headers are there."""

import re
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from tests.faults.engines import wait_until
from tests.faults.installation import Installation
from tests.house.source import ROOT

HOST = "xingping.example"
PASSWORD = "ein langes Passwort für Tests"
ENVIRONMENT = {
    "PRODUCTION": "1",
    "ALLOWED_HOSTS": HOST,
    "SITE_URL": f"https://{HOST}",
    "CSRF_TRUSTED_ORIGINS": f"https://{HOST}",
    "BEHIND_PROXY": "1",
    "MFA_ROLES": "publisher",
    "SECRET_KEY": "of no use to anybody 0123456789 abcdefghijklmnopqrstuvwxyz ABCDEFGH",
    "ADMIN_USERNAME": "admin",
    "ADMIN_NAME": "管理员",
    "ADMIN_PASSWORD": PASSWORD,
}


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Run an installation of its own on SQLite, filled by the first start."""
    folder = tmp_path_factory.mktemp("production")
    files = {"MEDIA_ROOT": str(folder / "files"), "ANCHOR_FILE": str(folder / "heads.jsonl")}
    installation = Installation(folder, {**ENVIRONMENT, **files})
    installation.start("--prepare")
    yield installation
    installation.stop()


def asked(product: Installation, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Ask as the proxy does that ends TLS; return status, headers (lower case) and body."""
    line = HTTPConnection("127.0.0.1", product.port, timeout=20)
    try:
        line.request("GET", path, headers={"Host": HOST, "X-Forwarded-Proto": "https", **headers})
        answer = line.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        line.close()


def test_pages_and_everything_they_load_are_there(product: Installation) -> None:
    for page in ("/accounts/login/", "/public/"):
        status, headers, body = asked(product, page)
        assert status == 200, product.stop()
        assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains; preload"
        loaded = re.findall(rb'(?:href|src)="(/static/[^"]+)"', body)
        assert len(loaded) > 5
        for address in loaded:
            status, headers, _body = asked(product, address.decode(), **{"Accept-Encoding": "br"})
            assert status == 200, address
            assert re.search(rb"\.[0-9a-f]{12}\.", address), "the name changes with the content"
            assert "immutable" in headers["cache-control"]
            assert headers.get("content-encoding") == "br"


def test_what_is_not_encrypted_is_sent_to_where_it_is(product: Installation) -> None:
    status, headers, _body = asked(product, "/accounts/login/", **{"X-Forwarded-Proto": "http"})
    assert (status, headers["location"]) == (301, f"https://{HOST}/accounts/login/")


def test_a_host_that_was_not_named_is_refused(product: Installation) -> None:
    status, _headers, body = asked(product, "/accounts/login/", Host="evil.example")
    assert status == 400
    assert b"evil.example" not in body


def test_a_second_start_keeps_what_is_there(product: Installation) -> None:
    product.stop()
    product.start("--prepare")
    wait_until("it answers", lambda: asked(product, "/accounts/login/")[0] == 200)


def test_replicas_that_start_together_gather_the_styles_one_after_the_other(tmp_path: Path) -> None:
    code = (
        "import django; django.setup();"
        "from workflow import statics; statics.gather(); print(len(statics.gathered()))"
    )
    environment = {**ENVIRONMENT, "DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "workflow.settings"}
    starts = [
        subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment, stdout=subprocess.PIPE)
        for _replica in range(3)
    ]
    said: set[Any] = {start.communicate(timeout=60)[0].strip() for start in starts}
    assert [start.returncode for start in starts] == [0, 0, 0]
    assert len(said) == 1
    assert int(said.pop()) > 15
