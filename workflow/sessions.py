"""How long a sign-in lasts: ended when nobody uses it, after half a day in any case, and at once on deactivation.

Measured by the real clock: the demo's movable date must not sign anybody out. The limits are looked at only where a
page asks who the person is, so that the residents' pages stay without a session.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, login
from django.contrib.auth.middleware import get_user
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.core import signing
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import patch_cache_control
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from applications import clock
from applications.actions import sessions
from applications.models import SignIn, User
from applications.queries.mfa import is_required

MARK_EVERY = 60  # seconds between two notes of "seen": not every page view costs a write
MARK = "sign-in"
MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"
# what is reached on the way to a second factor, and what needs none
WITHOUT_SECOND_FACTOR = {"login", "logout", "mfa", "mfa_code", "preferences"}
FOR_EVERYBODY = ("/public/", "/api/")
SAFE = ("GET", "HEAD")
Handler = Callable[[HttpRequest], HttpResponse]


class SessionLimits:
    """Puts the limits between the session and ``request.user``."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request; who the person is gets asked when somebody wants to know."""
        request.user = SimpleLazyObject(partial(reader_of, request))  # type: ignore[assignment]
        response = self.get_response(request)
        if hasattr(request, "signed_out"):  # its session is gone only now
            sessions.close_sockets(request.signed_out)
        if request.session.accessed and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)  # a shared computer keeps no page
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Send whoever must have a second factor and has not proved one to the page where it is set up."""
        if not settings.MFA_ROLES or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        name = request.resolver_match.url_name if request.resolver_match else None
        if name in WITHOUT_SECOND_FACTOR or request.path.startswith(FOR_EVERYBODY):
            return None
        if not request.user.is_authenticated or request.session.get("second_factor"):
            return None
        return redirect("mfa") if is_required(request.user) else None


def reader_of(request: HttpRequest) -> User | AnonymousUser:
    """Return the signed-in person, marked as one who only reads where the request can change nothing."""
    person = person_of(request)
    person.reads_only = request.method in SAFE  # type: ignore[union-attr]
    return person


def person_of(request: HttpRequest) -> User | AnonymousUser:
    """Return the signed-in person if the sign-in is still good; where it is not, end it and note why."""
    kept = request.session
    sign_in = kept.get("sign_in") if SESSION_KEY in kept else None
    person = get_user(request)
    if not person.is_authenticated:
        if SESSION_KEY in kept:  # deactivated: Django no longer knows the person but keeps the session
            return _end(request, sign_in, SignIn.Why.DEACTIVATED)
        # Django drops a session made with a password that was changed since
        return _end(request, sign_in, SignIn.Why.PASSWORD) if sign_in is not None else person
    now = clock.wall().timestamp()
    if "sign_in" not in kept:
        _begin(request, person)
    if now - kept["began"] > settings.SESSION_ABSOLUTE_SECONDS:
        return _end(request, kept["sign_in"], SignIn.Why.ABSOLUTE)
    if now - kept["seen"] > settings.SESSION_IDLE_SECONDS + MARK_EVERY:
        return _end(request, kept["sign_in"], SignIn.Why.IDLE)
    if now - kept["seen"] >= MARK_EVERY:
        if not sessions.seen(kept["sign_in"], session_key=kept.session_key or "", at=clock.wall()):
            return _end(request, kept["sign_in"], SignIn.Why.ELSEWHERE)
        kept["seen"] = now
    return person


def enter(request: HttpRequest, person: User, *, second_factor: bool) -> None:
    """Sign a person in; ``second_factor`` says whether the session stands on more than the password."""
    login(request, person, backend=MODEL_BACKEND)
    request.session["second_factor"] = second_factor


def ended_sentence(request: HttpRequest) -> str:
    """Return once why the last sign-in of this browser was ended, for the sign-in page."""
    why = request.session.pop("ended", "") if request.session.session_key else ""
    minutes, hours = settings.SESSION_IDLE_SECONDS // 60, settings.SESSION_ABSOLUTE_SECONDS // 3600
    sentences = {
        "idle": _("您超过 %(minutes)s 分钟没有操作，已自动退出。请重新登录。") % {"minutes": minutes},
        "absolute": _("本次登录已满 %(hours)s 小时，已自动退出。请重新登录。") % {"hours": hours},
        "deactivated": _("您的账号已停用，登录已结束。如有疑问，请联系本单位的管理员。"),
        "password": _("密码已修改，此前的登录已结束。请用新密码登录。"),
        "elsewhere": _("您已在其他设备上结束了这次登录。如果不是您本人操作，请立即修改密码。"),
    }
    return sentences.get(why, "")


def sign_in_mark(request: HttpRequest) -> str:
    """Return by what a device may ask later how this sign-in ended, long after its session and cookie are gone."""
    return signing.dumps(request.session["sign_in"], salt=MARK)


def how_ended(mark: str) -> str:
    """Return why a marked sign-in ended, empty while it goes on or where nobody gave such a mark."""
    try:
        row = SignIn.objects.filter(pk=signing.loads(mark, salt=MARK)).first()
    except signing.BadSignature:
        return ""
    return row.ended_why if row else ""


def sweep() -> int:
    """End every sign-in beyond the limits, also where no request comes any more (a step of the clock)."""
    return sessions.end_stale(
        idle=timedelta(seconds=settings.SESSION_IDLE_SECONDS + MARK_EVERY),
        absolute=timedelta(seconds=settings.SESSION_ABSOLUTE_SECONDS),
        at=clock.wall(),
    )


def _end(request: HttpRequest, sign_in: int | None, why: SignIn.Why) -> AnonymousUser:
    listener = request.session.get(SESSION_KEY)
    if sign_in is not None:
        sessions.ended(sign_in, why=why, at=clock.wall())
    request.session.flush()
    if listener is not None:
        sessions.close_sockets(int(listener))
    request.session["ended"] = why.value
    nobody = AnonymousUser()
    request._cached_user = nobody  # type: ignore[attr-defined]
    return nobody


def _begin(request: Any, person: User) -> None:
    """Note the sign-in on record and its moments in the session; a session without a key gets one first."""
    kept, at = request.session, clock.wall()
    if kept.session_key is None:
        kept.create()
    row = sessions.begin(
        person,
        session_key=kept.session_key,
        device=request.META.get("HTTP_USER_AGENT", ""),
        address=request.META.get("REMOTE_ADDR") or None,
        at=at,
    )
    kept["sign_in"], kept["began"], kept["seen"] = row.pk, at.timestamp(), at.timestamp()


@receiver(user_logged_in, dispatch_uid="begin_sign_in")
def on_sign_in(sender: type, request: Any, user: User, **kwargs: Any) -> None:
    """Begin the clock of a sign-in."""
    _begin(request, user)


@receiver(user_logged_out, dispatch_uid="end_sign_in")
def on_sign_out(sender: type, request: Any, user: Any, **kwargs: Any) -> None:
    """Note that the person signed out."""
    sign_in = request.session.get("sign_in")
    if sign_in is not None:
        sessions.ended(sign_in, why=SignIn.Why.SIGNED_OUT, at=clock.wall())
    if user is not None:
        request.signed_out = user.pk
