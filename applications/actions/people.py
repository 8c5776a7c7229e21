"""Accounts, memberships and the rights that follow from them."""

from datetime import date, datetime

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _
from guardian.models import GroupObjectPermission
from guardian.shortcuts import assign_perm

from applications.acting import verb
from applications.core.roles import LEVELS, ROLES
from applications.errors import Refused
from applications.models import Community, Membership, Organisation, Region, User


def role_group(role: str, region: Region) -> Group:
    """Return the group of a role in a region, holding the role's rights as guardian permissions on the region."""
    group, _made = Group.objects.get_or_create(name=f"{role}@{region.code}")
    wanted = set(ROLES[role].rights)
    held = set(
        GroupObjectPermission.objects.filter(group=group, object_pk=str(region.pk)).values_list(
            "permission__codename", flat=True
        )
    )
    for right in sorted(wanted - held):
        assign_perm(
            Permission.objects.get(content_type=ContentType.objects.get_for_model(Region), codename=right),
            group,
            region,
        )
    GroupObjectPermission.objects.filter(group=group, permission__codename__in=held - wanted).delete()
    return group


@verb("grant_membership")
def grant(
    user: User,
    *,
    role: str,
    organisation: Organisation,
    region: Region,
    since: date,
    by: User | None,
    at: datetime,
) -> Membership:
    """Give a person a role in an organisation for a region; the level of the region must fit the role."""
    level = ROLES[role].level
    if region.level != level:
        raise Refused(
            _("角色“%(role)s”须任职于%(level)s区划，“%(region)s”不是。")
            % {"role": _(ROLES[role].name), "level": _(LEVELS[level]), "region": region}
        )
    return Membership.objects.create(
        user=user,
        role=role,
        organisation=organisation,
        region=region,
        group=role_group(role, region),
        since=since,
    )


@verb("register_community")
def register_community(
    street: Region,
    *,
    code: str,
    name: str,
    households: int,
    population: int,
    by: User | None,
    at: datetime,
    urban: bool = True,
    is_demo: bool = False,
) -> Community:
    """Enter a community below its street: its leaf in the region tree, its row and its committee (R1-007)."""
    region = Region.objects.create(
        code=code, level="community", name=name, parent=street, path=f"{street.path}{code}/"
    )
    Organisation.objects.create(name=f"{name}居民委员会", kind=Organisation.Kind.COMMUNITY, region=region)
    return Community.objects.create(
        region=region,
        code=code,
        name=name,
        households=households,
        population=population,
        urban=urban,
        is_demo=is_demo,
    )
