"""The second factor: an app on the phone set up, asked for, given up; recovery codes for when the phone is lost.

A wrong code is counted in the database, so a refusal that must leave a trace is a returned verdict, not an exception.
"""

import hashlib
import secrets
import unicodedata
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from applications.acting import verb
from applications.actions.accounts import may_manage, tell_owner
from applications.core import totp
from applications.core.verdict import YES, Verdict, no
from applications.errors import FieldFault, Invalid, NotAllowed, Refused, require
from applications.models import Authenticator, RecoveryCode, User
from applications.queries.mfa import is_required
from applications.sealed import Unreadable, seal, unseal

MOST_FAILURES = 5
LOCKED = timedelta(minutes=15)
CODES = 10
CODE_BYTES = 10  # 16 letters of Base32


@verb("prepare_second_factor")
def prepare(*, by: User, at: datetime) -> bytes:
    """Return the secret of the app that is being set up; asked again before it is confirmed, it is the same."""
    row = Authenticator.objects.select_for_update().filter(user=by, ended_at__isnull=True).first()
    if row is not None and row.confirmed_at is not None:
        raise Refused(_("您已启用两步登录，无需重复设置。"))
    if row is not None:
        try:
            return unseal(row.secret)
        except Unreadable:
            _end(row, by=by, at=at)
    secret = secrets.token_bytes(totp.SECRET_BYTES)
    Authenticator.objects.create(user=by, secret=seal(secret), made_at=at)
    return secret


@verb("confirm_second_factor")
def confirm(*, code: str, by: User, at: datetime) -> list[str]:
    """Switch the second factor on with a first code from the app; return the recovery codes, shown this once."""
    row = Authenticator.objects.select_for_update().filter(user=by, ended_at__isnull=True).first()
    if row is None:
        raise Refused(_("请先用手机扫描二维码，再填写验证码。"))
    if row.confirmed_at is not None:
        raise Refused(_("您已启用两步登录，无需重复设置。"))
    step = totp.accepted_step(unseal(row.secret), _plain(code), at.timestamp())
    if step is None:
        raise Invalid([FieldFault("code", _wrong(code))])
    row.confirmed_at, row.last_step = at, step
    row.save(update_fields=["confirmed_at", "last_step"])
    return _new_codes(row, at)


@verb("check_second_factor")
def check(user: User, *, code: str, by: User, at: datetime) -> Verdict:
    """Whether a code of the app, or an unused recovery code, is right; wrong ones are counted and lock for a while."""
    if by.pk != user.pk:
        raise NotAllowed(_("验证码只能由本人验证。"))
    row = (
        Authenticator.objects.select_for_update()
        .filter(user=user, ended_at__isnull=True, confirmed_at__isnull=False)
        .first()
    )
    if row is None:
        return no(_("您还没有设置两步登录。"))
    if row.locked_until is not None and at < row.locked_until:
        minutes = max(1, -(-int((row.locked_until - at).total_seconds()) // 60))
        return no(_("验证码错误次数过多，请在%(minutes)s分钟后再试。") % {"minutes": minutes})
    if _by_app(row, _plain(code), at) or _by_recovery(row, _plain(code), at):
        row.failures, row.locked_until = 0, None
        row.save(update_fields=["failures", "locked_until", "last_step"])
        return YES
    row.failures += 1
    if row.failures >= MOST_FAILURES:
        row.failures, row.locked_until = 0, at + LOCKED
    row.save(update_fields=["failures", "locked_until"])
    return no(_wrong(code))


def renew_codes(*, code: str, by: User, at: datetime) -> list[str]:
    """Replace the recovery codes by new ones; a code of the app proves that it is the person."""
    _prove(by, code, at)
    return _renew(by=by, at=at)


@verb("renew_recovery_codes")
def _renew(*, by: User, at: datetime) -> list[str]:
    row = Authenticator.objects.select_for_update().get(user=by, ended_at__isnull=True)
    return _new_codes(row, at)


def give_up(*, code: str, by: User, at: datetime) -> None:
    """Switch the second factor off, where no role of the person asks for it."""
    if is_required(by):
        raise Refused(_("您的角色须用两步登录，不能停用；更换手机请联系系统管理员重置。"))
    _prove(by, code, at)
    _give_up(by=by, at=at)


@verb("give_up_second_factor")
def _give_up(*, by: User, at: datetime) -> None:
    _end(Authenticator.objects.select_for_update().get(user=by, ended_at__isnull=True), by=by, at=at)


@verb("reset_second_factor")
def reset(user: User, *, by: User, at: datetime) -> None:
    """Take a lost phone off somebody's account: the next sign-in is by password, and a role may ask for a new one."""
    require(may_manage(by))
    if user.pk == by.pk:
        raise Refused(_("不能重置自己的两步登录，请由另一名系统管理员办理。"))
    row = Authenticator.objects.select_for_update().filter(user=user, ended_at__isnull=True).first()
    if row is None:
        raise Refused(_("“%(name)s”没有设置两步登录，无需重置。") % {"name": user})
    _end(row, by=by, at=at)
    tell_owner("account.factor", user, by=by, at=at)


def _prove(user: User, code: str, at: datetime) -> None:
    verdict = check(user, code=code, by=user, at=at)
    if not verdict.ok:
        raise Invalid([FieldFault("code", verdict.reason)])


def _by_app(row: Authenticator, code: str, at: datetime) -> bool:
    try:
        step = totp.accepted_step(unseal(row.secret), code, at.timestamp(), after=row.last_step)
    except Unreadable:
        return False
    if step is not None:
        row.last_step = step
    return step is not None


def _by_recovery(row: Authenticator, code: str, at: datetime) -> bool:
    rows = RecoveryCode.objects.filter(authenticator=row, digest=_digest(row, code), used_at__isnull=True)
    return bool(rows.update(used_at=at))


def _new_codes(row: Authenticator, at: datetime) -> list[str]:
    RecoveryCode.objects.filter(authenticator=row, used_at__isnull=True).delete()
    codes = [totp.readable(secrets.token_bytes(CODE_BYTES)) for _number in range(CODES)]
    RecoveryCode.objects.bulk_create(
        [RecoveryCode(authenticator=row, digest=_digest(row, code), made_at=at) for code in codes]
    )
    return ["-".join(code[start : start + 4] for start in range(0, len(code), 4)) for code in codes]


def _end(row: Authenticator, *, by: User, at: datetime) -> None:
    """End an authenticator: its secret and its unused recovery codes are worth nothing any more."""
    row.secret, row.ended_at, row.ended_by = "", at, by
    row.save(update_fields=["secret", "ended_at", "ended_by"])
    RecoveryCode.objects.filter(authenticator=row, used_at__isnull=True).delete()


def _plain(code: str) -> str:
    """Return what was typed without spaces and hyphens, full-width signs made plain, letters large."""
    return "".join(unicodedata.normalize("NFKC", code[:64]).split()).replace("-", "").upper()


def _digest(row: Authenticator, code: str) -> str:
    """Return the digest of a recovery code: 80 random bits need no slow hash, only one of its own for each account."""
    return hashlib.sha256(f"{row.pk}:{code}".encode()).hexdigest()


def _wrong(code: str) -> str:
    sentence = _("验证码“%(code)s”不正确或已用过，请等手机换出新的一组后再填。")
    return sentence % {"code": code.strip()[:20]}
