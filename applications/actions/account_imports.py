"""Making many accounts from xlsx or csv: a person and a role a line, every line checked first, then all of them or none."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from applications import clock
from applications.acting import verb
from applications.actions import people
from applications.actions.accounts import RIGHT, like, lookalike, may_manage
from applications.actions.imports import read_columns, refuse_rows
from applications.actions.jobs import KINDS, Kind
from applications.core.roles import LEVELS, ROLES, Role
from applications.errors import require
from applications.models import Job, Membership, Organisation, Region, User
from applications.permissions import holds

COLUMNS = {
    "username": ("username", "登录名"),
    "name": ("name", "姓名"),
    "role": ("role", "角色"),
    "region": ("region", "区划代码", "管辖区划代码"),
    "organisation": ("organisation", "单位名称", "单位"),
    "phone": ("phone", "电话", "联系电话"),
    "email": ("email", "电子邮箱", "邮箱"),
}
REQUIRED = ("username", "name", "role", "region")
AT_ONCE = 200  # lines for which nobody is made to wait
KIND = "import.accounts"


@dataclass(frozen=True)
class Row:
    """A line: the person, the role, and where it is held."""

    line: int
    username: str
    name: str
    role: Role
    region: Region
    organisation: str
    phone: str
    email: str


@dataclass(frozen=True)
class Made:
    """How many accounts are new, and how many appointments."""

    accounts: int
    roles: int


def read_accounts(name: str, content: bytes, *, by: User) -> list[Row]:
    """Return the lines of a file; raises ``Invalid`` with a sentence for each line that is wrong."""
    lines = read_columns(name, content, COLUMNS, REQUIRED)
    regions = {row.code: row for row in Region.objects.filter(code__in={v["region"] for _n, v in lines})}
    known = dict(
        User.objects.filter(username__in={v["username"] for _n, v in lines}).values_list("username", "name")
    )
    spelt = like(v["username"] for _n, v in lines)
    rows, faults = [], []
    for line, values in lines:
        try:
            row = _row(line, values, regions, by)
            if known.setdefault(row.username, row.name) != row.name:
                raise ValueError(
                    _("登录名“%(username)s”已由“%(name)s”使用，请换一个。")
                    % {"username": row.username, "name": known[row.username]}
                )
            other = spelt.setdefault(row.username.lower(), row.username)
            if other != row.username:
                raise ValueError(lookalike(row.username, other))
            rows.append(row)
        except ValueError as error:
            faults.append(_("第 %(line)s 行：%(why)s") % {"line": line, "why": error})
    refuse_rows(faults)
    return rows


def _row(line: int, values: dict[str, str], regions: dict[str, Region], by: User) -> Row:
    role = next((r for r in ROLES.values() if values["role"] in (r.key, r.name, _(r.name))), None)
    if role is None:
        names = _("、").join(_(one.name) for one in ROLES.values())
        raise ValueError(
            _("没有名为“%(value)s”的角色，可填：%(names)s。") % {"value": values["role"][:20], "names": names}
        )
    region = regions.get(values["region"])
    if region is None:
        raise ValueError(_("没有代码为“%(value)s”的区划。") % {"value": values["region"][:20]})
    if region.level != role.level:
        raise ValueError(
            _("角色“%(role)s”须任职于%(level)s区划，“%(region)s”不是。")
            % {"role": _(role.name), "level": _(LEVELS[role.level]), "region": region}
        )
    if not holds(by, RIGHT, region.path):
        raise ValueError(_("“%(region)s”不在您的管理范围内。") % {"region": region})
    _check_person(values)
    if not values["organisation"] and role.employer != "community":
        raise ValueError(_("单位名称未填写。"))
    texts = {key: values[key] for key in ("username", "name", "organisation", "phone", "email")}
    return Row(line, role=role, region=region, **texts)


def _check_person(values: dict[str, str]) -> None:
    for key, most in (("username", 64), ("name", 64), ("organisation", 120), ("phone", 32)):
        if len(values[key]) > most or (not values[key] and key in REQUIRED):
            raise ValueError(
                _("%(column)s“%(value)s”须为 1 至 %(most)s 字。")
                % {"column": COLUMNS[key][1], "value": values[key][:20], "most": most}
            )
    for key in ("name", "organisation"):
        if not values[key].isprintable():
            raise ValueError(
                _("%(column)s“%(value)s”含有看不见的控制字符，请重新输入。")
                % {"column": COLUMNS[key][1], "value": values[key][:20]}
            )
    try:
        for validate in User._meta.get_field("username").validators:
            validate(values["username"])
    except ValidationError:
        raise ValueError(
            _("登录名“%(value)s”只能含文字、数字和 . @ + - _。") % {"value": values["username"][:20]}
        ) from None
    try:
        if values["email"]:
            validate_email(values["email"])
    except ValidationError:
        raise ValueError(_("电子邮箱“%(value)s”不正确。") % {"value": values["email"][:40]}) from None


@verb("import_accounts")
def import_accounts(name: str, content: bytes, *, by: User, at: datetime) -> Made:
    """Make the accounts of a file and give them their roles; a person who is there already only gets what is new.

    A username stands for one person: the same one in several lines holds several roles. Importing twice changes nothing.
    """
    require(may_manage(by))
    rows = read_accounts(name, content, by=by)
    users = {row.username: row for row in User.objects.filter(username__in={r.username for r in rows})}
    before = len(users)
    for row in rows:
        if row.username not in users:
            users[row.username] = User.objects.create_user(
                row.username, row.name, None, email=row.email, phone=row.phone
            )
    today = clock.day_of(at)
    roles = sum(_appoint(users[row.username], row, today, by=by, at=at) for row in rows)
    return Made(len(users) - before, roles)


def _appoint(user: User, row: Row, since: date, *, by: User, at: datetime) -> bool:
    """Give the role of a line unless the person holds it there; return whether it is new."""
    organisation = employer_of(row.role, row.region, row.organisation)
    held = Membership.objects.filter(
        user=user, role=row.role.key, organisation=organisation, region=row.region, active=True
    )
    if held.exists():
        return False
    people.grant(
        user, role=row.role.key, organisation=organisation, region=row.region, since=since, by=by, at=at
    )
    return True


def employer_of(role: Role, region: Region, name: str) -> Organisation:
    """Return the organisation of that name in a region, registered where it is new.

    Without a name, the residents' committee of the community.
    """
    rows = Organisation.objects.filter(region=region, active=True)
    if not name and role.employer == "community":
        committee = rows.filter(kind=Organisation.Kind.COMMUNITY).order_by("pk").first()
        name = committee.name if committee else f"{region.name}居民委员会"
    found, _made = Organisation.objects.get_or_create(
        name=name, region=region, defaults={"kind": role.employer}
    )
    return found


def told_of(made: Made) -> str:
    """Return what is said of an import."""
    return _("导入完成，新建账号 %(accounts)s 个，任命 %(roles)s 项。") % vars(made)


def work(job: Job, at: datetime, told: Callable[[int, int], None]) -> str:
    """Import a file that was left to the worker; all of it or nothing, so it may be begun again from the start."""
    with job.source.open("rb") as file:
        content = file.read()
    return told_of(import_accounts(job.asked["name"], content, by=job.owner, at=at))


KINDS[KIND] = Kind(whole=work)
