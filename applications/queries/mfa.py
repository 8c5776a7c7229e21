"""Who has a second factor, and who must have one."""

from django.conf import settings

from applications.models import Authenticator, RecoveryCode, User
from applications.permissions import active_memberships


def authenticator_of(user: User) -> Authenticator | None:
    """Return the app that the person has set up and confirmed, if any."""
    return Authenticator.objects.filter(user=user, ended_at__isnull=True, confirmed_at__isnull=False).first()


def is_required(user: User) -> bool:
    """Whether a role of the person, their own or lent to them today, may be used with a second factor only (``MFA_ROLES``)."""
    roles = settings.MFA_ROLES
    return bool(roles) and active_memberships(user).filter(role__in=roles).exists()


def codes_left(authenticator: Authenticator) -> int:
    """Return how many recovery codes have not been used."""
    return RecoveryCode.objects.filter(authenticator=authenticator, used_at__isnull=True).count()
