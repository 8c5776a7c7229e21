"""Accounts and who stands where: made, appointed, dismissed, deactivated; a stand-in for an absent officer."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.tokens import PasswordResetTokenGenerator, default_token_generator
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Lower
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from applications import clock
from applications.acting import verb
from applications.actions import people, sessions, turns
from applications.actions.events import lock_case, record
from applications.core.verdict import YES, Verdict, no
from applications.errors import FieldFault, Invalid, Refused, require
from applications.models import Membership, Organisation, Region, SignIn, StandIn, Todo, User
from applications.permissions import active_memberships, grants, holds, may_do
from notifications.outbox import post

RIGHT = "manage_accounts"
LOOK_BACK = timedelta(days=31)  # a clock that stood still as long as that is seen before it comes back
FIRST = timedelta(days=7)  # the life of the link for a first password


class FirstLink(PasswordResetTokenGenerator):
    """Makes tokens that live for ``FIRST`` and are checked like any other.

    Django lets every token live as long as a reset; one that is dated ahead lives longer by as much.
    """

    def _now(self) -> datetime:
        return super()._now() + FIRST - timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)


def may_manage(user: User, region: Region | None = None) -> Verdict:
    """Whether a person may manage accounts at all, or those of a region."""
    held = holds(user, RIGHT, region.path) if region else bool(grants(user).get(RIGHT))
    return YES if held else no(_("您没有管理账号的权限。"))


@verb("create_account")
def create(
    *, username: str, name: str, email: str, phone: str, by: User, at: datetime, password: str | None = None
) -> User:
    """Make an account. Without a password the person sets one through the link of ``password_link``."""
    require(may_manage(by))
    other = like([username]).get(username.lower(), username)
    if other != username:
        raise Invalid([FieldFault("username", lookalike(username, other))])
    if not name.isprintable():
        raise Invalid([FieldFault("name", _("姓名含有看不见的控制字符，请重新输入。"))])
    try:
        with transaction.atomic():
            return User.objects.create_user(username, name, password, email=email, phone=phone)
    except IntegrityError:
        sentence = _("登录名“%(name)s”已有人使用，请换一个。") % {"name": username}
        raise Invalid([FieldFault("username", sentence)]) from None


def like(usernames: Iterable[str]) -> dict[str, str]:
    """Return the login names that are there already, whatever their capitals, by the name in small letters."""
    rows = User.objects.annotate(small=Lower("username")).filter(
        small__in={name.lower() for name in usernames}
    )
    return dict(rows.values_list("small", "username"))


def lookalike(username: str, other: str) -> str:
    """Return why a login name that differs from another's in capitals only is refused: nobody tells them apart."""
    params = {"username": username, "other": other}
    return _("登录名“%(username)s”与已有的“%(other)s”只差大小写，请换一个。") % params


def password_link(user: User) -> str:
    """Return the path of a one-time link with which a person sets a password; the administrator hands it over.

    It is good for ``link_life``: a first password may wait some days on a desk, a reset may not.
    """
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    tokens = default_token_generator if user.has_usable_password() else FirstLink()
    return f"/accounts/reset/{uid}/{tokens.make_token(user)}/"


def link_life(user: User) -> timedelta:
    """Return how long a link for setting a password is good: a week for the first one, else as long as any reset."""
    return timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT) if user.has_usable_password() else FIRST


def not_started() -> QuerySet[User]:
    """Return the accounts in use for which nobody has set a password yet, the newest first."""
    return User.objects.filter(
        is_active=True, is_demo=False, password__startswith=UNUSABLE_PASSWORD_PREFIX
    ).order_by("-pk")


@verb("invite")
def invite(users: Iterable[User], *, by: User, at: datetime) -> list[tuple[User, str]]:
    """Return a one-time link for each of these accounts, to be handed over by the administrator."""
    require(may_manage(by))
    return [(user, password_link(user)) for user in users]


@verb("issue_password_link")
def issue_password_link(user: User, *, by: User, at: datetime) -> str:
    """Return the link for the administrator to hand over; the person is told who had it made.

    Whoever holds it can sign in as the person: it must not stay unseen.
    """
    require(may_manage(by))
    tell_owner("account.link", user, by=by, at=at)
    return password_link(user)


def tell_owner(topic: str, user: User, *, by: User, at: datetime) -> None:
    """Have the owner of an account told what an administrator did to it."""
    key = f"{topic}:{user.pk}:{at.isoformat()}"
    post(topic, key, at=at, payload={"user": user.pk, "by": by.pk, "key": key})


@verb("appoint")
def appoint(
    user: User, *, role: str, organisation: Organisation, region: Region, since: date, by: User, at: datetime
) -> Membership:
    """Give a person a role; the same role in the same place is given once."""
    require(may_manage(by, region))
    try:
        with transaction.atomic():
            return people.grant(
                user, role=role, organisation=organisation, region=region, since=since, by=by, at=at
            )
    except IntegrityError:
        raise Refused(_("%(name)s已在该单位任此角色，无需重复任命。") % {"name": user}) from None


@verb("dismiss")
def dismiss(membership: Membership, *, by: User, at: datetime) -> None:
    """End a membership today: its rights end at once, also on tasks already taken; every trace stays."""
    require(may_manage(by, membership.region))
    if membership.user_id == by.pk and membership.role == "sysadmin":
        raise Refused(_("不能免去自己的系统管理员职务，请由另一名系统管理员办理。"))
    membership.active, membership.until = False, clock.day_of(at)
    membership.save(update_fields=["active", "until"])
    put_back(membership.user, by=by, at=at)
    sessions.close_sockets(membership.user_id)


@verb("set_active")
def set_active(user: User, *, active: bool, by: User, at: datetime) -> None:
    """Deactivate or reactivate an account; nothing of the person is deleted."""
    require(may_manage(by))
    if user.pk == by.pk:
        raise Refused(_("不能停用自己的账号，请由另一名系统管理员办理。"))
    user.is_active = active
    user.save(update_fields=["is_active"])
    if not active:
        sessions.end_all(user, why=SignIn.Why.DEACTIVATED, at=clock.wall())
        sessions.close_sockets(user.pk)
        put_back(user, by=by, at=at)


def put_back(user: User, *, by: User | None, at: datetime) -> int:
    """Put what the person had taken but may do no longer back on the desk of its office; return how many to-dos."""
    count = 0
    person = User.objects.get(pk=user.pk)  # with the rights of this moment
    taken = Todo.objects.filter(assignee=person, state=Todo.State.OPEN).exclude(permission="")
    for todo in taken.select_related("case").order_by("case", "pk"):
        case = lock_case(todo.case)
        todo.refresh_from_db()
        if todo.state != Todo.State.OPEN or todo.assignee_id != person.pk or may_do(person, todo).ok:
            continue
        turns.reassign(todo, to=None)
        record(case, "release_task", by=by, at=at, data={"node": todo.node})
        post("todo.opened", f"todo.opened:{todo.pk}:{at.isoformat()}", at=at, payload={"todo": todo.pk})
        count += 1
    return count


def may_arrange(absent: User, by: User) -> Verdict:
    """Whether somebody may arrange a stand-in: the absent person, or who manages accounts."""
    if absent.pk == by.pk or may_manage(by).ok:
        return YES
    return no(_("只能为本人安排代理，或由系统管理员安排。"))


@verb("arrange_stand_in")
def arrange_stand_in(
    absent: User, *, substitute: User, starts_on: date, ends_on: date, reason: str, by: User, at: datetime
) -> StandIn:
    """Let a colleague of the same organisation act for an absent officer between two dates, both included."""
    require(may_arrange(absent, by))
    if ends_on < starts_on:
        raise Invalid([FieldFault("ends_on", _("代理止日“%(day)s”早于起日，请改正。") % {"day": ends_on})])
    shared = (
        active_memberships(absent)
        .filter(user=absent)
        .filter(
            organisation__in=active_memberships(substitute).filter(user=substitute).values("organisation")
        )
    )
    if absent.pk == substitute.pk or not substitute.is_active or not shared.exists():
        sentence = _("“%(name)s”与缺勤人员不在同一单位或账号已停用，请选择同单位的在任同事。") % {
            "name": substitute
        }
        raise Invalid([FieldFault("substitute", sentence)])
    return StandIn.objects.create(
        absent=absent,
        substitute=substitute,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason,
        arranged_by=by,
    )


@verb("end_stand_in")
def end_stand_in(stand_in: StandIn, *, by: User, at: datetime) -> None:
    """End a stand-in before its last day."""
    require(may_arrange(stand_in.absent, by))
    if stand_in.ended_at is None:
        stand_in.ended_at = at
        stand_in.save(update_fields=["ended_at"])
        put_back(stand_in.substitute, by=by, at=at)


def release_lost(*, at: datetime) -> int:
    """Put back what people had taken whose stand-in or office ended by its date (a step of the clock); return how many.

    Nobody ends those with a button, so nobody else would put them back.
    """
    day = clock.day_of(at)
    taken = Todo.objects.filter(assignee=OuterRef("pk"), state=Todo.State.OPEN).exclude(permission="")
    over = StandIn.objects.filter(substitute=OuterRef("pk"), ends_on__range=(day - LOOK_BACK, day))
    left = Membership.objects.filter(user=OuterRef("pk"), until__range=(day - LOOK_BACK, day))
    people = User.objects.filter(Exists(over) | Exists(left), Exists(taken)).order_by("pk")
    return sum(_release(person, by=None, at=at) for person in people)


@verb("release_lost_tasks")
def _release(user: User, *, by: User | None, at: datetime) -> int:
    return put_back(user, by=by, at=at)
