"""Small secrets kept in the database, encrypted with the installation's key; a key rotated out is still read."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(Exception):
    """Sealed with a key that this installation no longer has."""


def seal(secret: bytes) -> str:
    """Return the secret as it may stand in a table."""
    return _keys().encrypt(secret).decode()


def unseal(text: str) -> bytes:
    """Return the secret again; raises ``Unreadable`` where the key is gone or the text was changed."""
    try:
        return _keys().decrypt(text.encode())
    except InvalidToken:
        raise Unreadable from None


def _keys() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(key))) for key in keys])


def _derived(key: str) -> bytes:
    return hashlib.sha256(b"xingping.sealed:" + key.encode()).digest()
