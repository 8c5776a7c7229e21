"""Sign-ins: begun, seen, ended. A session that was ended is deleted, so that it is over at once on every server."""

from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.db import transaction

from applications.acting import verb
from applications.errors import Hidden
from applications.models import SignIn, User
from notifications.hub import ask_again

KEPT = timedelta(days=180)  # how long a sign-in is kept on record after its beginning


def begin(user: User, *, session_key: str, device: str, address: str | None, at: datetime) -> SignIn:
    """Note a sign-in; what the person's older sign-ins left on record longer than half a year is forgotten."""
    SignIn.objects.filter(user=user, began_at__lt=at - KEPT).delete()
    return SignIn.objects.create(
        user=user, session_key=session_key, device=device[:200], address=address, began_at=at, seen_at=at
    )


def seen(pk: int, *, session_key: str, at: datetime) -> bool:
    """Note that a sign-in is in use (its session may have got a new key); False where it has been ended."""
    return bool(
        SignIn.objects.filter(pk=pk, ended_at__isnull=True).update(seen_at=at, session_key=session_key)
    )


def ended(pk: int, *, why: SignIn.Why, at: datetime) -> None:
    """Note the end of a sign-in whose session is gone already."""
    SignIn.objects.filter(pk=pk, ended_at__isnull=True).update(ended_at=at, ended_why=why)


def end_all(user: User, *, why: SignIn.Why, at: datetime, but: int | None = None) -> int:
    """End every sign-in of a person, except perhaps the one they are using; return how many."""
    with transaction.atomic():
        rows = [row for row in SignIn.objects.filter(user=user, ended_at__isnull=True) if row.pk != but]
        for row in rows:
            _end(row, why=why, at=at)
    return len(rows)


def end_stale(*, idle: timedelta, absolute: timedelta, at: datetime) -> int:
    """End what nobody has used or what has lasted too long: also where no request comes any more (live sockets)."""
    open_rows = SignIn.objects.filter(ended_at__isnull=True)
    stale = [(row, SignIn.Why.ABSOLUTE) for row in open_rows.filter(began_at__lte=at - absolute)]
    stale += [
        (row, SignIn.Why.IDLE) for row in open_rows.filter(began_at__gt=at - absolute, seen_at__lte=at - idle)
    ]
    for row, why in stale:
        _end(row, why=why, at=at)
    return len(stale)


@verb("end_sign_in")
def end_one(pk: int, *, by: User, at: datetime) -> SignIn:
    """End one's own sign-in on another device."""
    row = SignIn.objects.filter(pk=pk, user=by, ended_at__isnull=True).first()
    if row is None:
        raise Hidden
    _end(row, why=SignIn.Why.ELSEWHERE, at=at)
    return row


@verb("end_other_sign_ins")
def end_others(keep: int, *, by: User, at: datetime) -> int:
    """End all of one's own sign-ins but the one in use."""
    return end_all(by, why=SignIn.Why.ELSEWHERE, at=at, but=keep)


def _end(row: SignIn, *, why: SignIn.Why, at: datetime) -> None:
    store: Any = import_module(settings.SESSION_ENGINE).SessionStore
    store().delete(row.session_key)
    ended(row.pk, why=why, at=at)
    close_sockets(row.user_id)


def close_sockets(user: int) -> None:
    """Close, once this is committed, what the person's pages still listen by where their sign-in or account is over."""
    transaction.on_commit(lambda: ask_again(user))
