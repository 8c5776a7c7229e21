"""Who may do what: every role with its level and its rights, as the code holds them (R4-098)."""

from typing import Any

from django.conf import settings
from django.db.models import Count
from django.utils.translation import gettext as _

from applications.core.roles import LEVELS, RIGHTS, ROLES
from applications.core.verdict import YES, Verdict, no
from applications.permissions import grants, in_force
from applications.views.base import READING
from applications.views.office.base import OfficePage


class Roles(OfficePage):
    """The table of roles and rights, read only, for who manages accounts and who audits."""

    http_method_names = READING
    template_name = "office/roles.html"

    def verdict(self) -> Verdict:
        """The administrator appoints by it, the auditor checks against it."""
        held = grants(self.request.user)
        if "manage_accounts" in held or "audit" in held:
            return YES
        return no(_("您没有查看角色与权限的权限。"))

    def context(self, forms: dict[str, Any]) -> dict[str, Any]:
        """Add a row for each role, in the order of the road, with how many hold it today."""
        counted = in_force().filter(user__is_active=True).order_by().values_list("role")
        holders = dict(counted.annotate(count=Count("user", distinct=True)))
        rows = [
            {
                "name": _(role.name),
                "level": _(LEVELS[role.level]),
                "rights": [_(RIGHTS[right]) for right in role.rights],
                "assigned": role.by_assignment,
                "stand_in": role.stand_in,
                "second_factor": role.key in settings.MFA_ROLES,
                "holders": holders.get(role.key, 0),
            }
            for role in ROLES.values()
        ]
        return {**super().context(forms), "rows": rows}
