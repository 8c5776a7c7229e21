"""One-time codes: the test vectors of RFC 4226 (appendix D) and RFC 6238 (appendix B), replay, drift."""

import base64
from urllib.parse import parse_qs, urlsplit

import pytest

from applications.core import totp

SEED = b"12345678901234567890"
SEEDS = {"sha1": SEED, "sha256": (SEED * 2)[:32], "sha512": (SEED * 4)[:64]}
HOTP = "755224 287082 359152 969429 338314 254676 287922 162583 399871 520489".split()
TOTP = [  # seconds, SHA-1, SHA-256, SHA-512
    (59, "94287082", "46119246", "90693936"),
    (1111111109, "07081804", "68084774", "25091201"),
    (1111111111, "14050471", "67062674", "99943326"),
    (1234567890, "89005924", "91819424", "93441116"),
    (2000000000, "69279037", "90698825", "38618901"),
    (20000000000, "65353130", "77737706", "47863826"),
]


def test_codes_of_a_counter_are_those_of_rfc_4226() -> None:
    assert [totp.hotp(SEED, counter) for counter in range(10)] == HOTP


@pytest.mark.parametrize(("seconds", "sha1", "sha256", "sha512"), TOTP)
def test_codes_of_a_moment_are_those_of_rfc_6238(seconds: int, sha1: str, sha256: str, sha512: str) -> None:
    found = [totp.totp(seed, seconds, digits=8, algorithm=name) for name, seed in SEEDS.items()]
    assert found == [sha1, sha256, sha512]


def test_a_phone_may_be_off_by_one_period_and_no_more() -> None:
    now = 1_700_000_000
    offsets = {offset: totp.totp(SEED, now + offset * 30) for offset in range(-3, 4)}
    accepted = {offset for offset, code in offsets.items() if totp.accepted_step(SEED, code, now) is not None}
    assert accepted == {-1, 0, 1}


def test_a_code_that_was_used_is_not_accepted_again() -> None:
    now = 1_700_000_000
    code = totp.totp(SEED, now)
    step = totp.accepted_step(SEED, code, now)
    assert step == totp.step_at(now)
    assert totp.accepted_step(SEED, code, now + 5, after=step) is None
    assert totp.accepted_step(SEED, totp.totp(SEED, now - 30), now, after=step) is None, "nor an older one"
    assert totp.accepted_step(SEED, totp.totp(SEED, now + 30), now + 30, after=step) == step + 1


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "٣٤٥٦٧٨", "0" * 5000])
def test_what_is_no_code_is_refused(typed: str) -> None:
    assert totp.accepted_step(SEED, typed, 59) is None


def test_what_the_phone_scans_holds_issuer_account_and_secret() -> None:
    parts = urlsplit(totp.provisioning_uri(SEED, account="chen.siyuan", issuer="星评"))
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert parts.path == "/%E6%98%9F%E8%AF%84:chen.siyuan"
    asked = parse_qs(parts.query)
    assert asked["issuer"] == ["星评"]
    assert base64.b32decode(asked["secret"][0]) == SEED
