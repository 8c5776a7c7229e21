"""One-time codes by time: RFC 4226 (HOTP) and RFC 6238 (TOTP), as authenticator apps on a phone reckon them."""

import base64
import hashlib
import hmac
from urllib.parse import quote, urlencode

PERIOD = 30  # seconds that a code lasts
DIGITS = 6
WINDOW = (
    1  # periods before and after the present one that are accepted: a phone's clock may be off by so much
)
SECRET_BYTES = 20  # RFC 4226, 4: a secret of 160 bits is recommended


def hotp(secret: bytes, counter: int, *, digits: int = DIGITS, algorithm: str = "sha1") -> str:
    """Return the code of a counter (RFC 4226, 5.3): an HMAC cut down to so many decimal digits."""
    mac = hmac.new(secret, counter.to_bytes(8, "big"), getattr(hashlib, algorithm)).digest()
    offset = mac[-1] & 0x0F
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def step_at(seconds: float) -> int:
    """Return the number of the period a moment lies in (seconds since 1970, UTC; RFC 6238, 4.2)."""
    return int(seconds // PERIOD)


def totp(secret: bytes, seconds: float, *, digits: int = DIGITS, algorithm: str = "sha1") -> str:
    """Return the code that is valid at a moment."""
    return hotp(secret, step_at(seconds), digits=digits, algorithm=algorithm)


def accepted_step(secret: bytes, code: str, seconds: float, *, after: int = -1) -> int | None:
    """Return the period whose code this is, or None.

    Periods up to ``after`` are refused: a code that was used once is worth nothing to whoever saw it (RFC 6238, 5.2).
    Every candidate is compared in full and in constant time.
    """
    typed = code.encode()
    present, found = step_at(seconds), None
    for step in range(max(present - WINDOW, 0), present + WINDOW + 1):
        if hmac.compare_digest(hotp(secret, step).encode(), typed) and step > after:
            found = step
    return found


def readable(secret: bytes) -> str:
    """Return a secret in Base32, as it is typed into an app that cannot scan."""
    return base64.b32encode(secret).decode().rstrip("=")


def provisioning_uri(secret: bytes, *, account: str, issuer: str) -> str:
    """Return what the QR code says: issuer, account and secret in the form that authenticator apps read."""
    label = f"{quote(issuer, safe='')}:{quote(account, safe='')}"
    parameters = {"secret": readable(secret), "issuer": issuer, "digits": DIGITS, "period": PERIOD}
    return f"otpauth://totp/{label}?{urlencode(parameters, quote_via=quote)}"
