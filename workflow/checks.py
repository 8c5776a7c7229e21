"""System checks with ids of our own."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, Warning, register

from applications.core.roles import ROLES


@register()
def demo_only_outside_production(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Refuse the demo (one-click sign-in, movable date) in production settings."""
    if settings.DEMO and settings.PRODUCTION:
        return [Error("DEMO=1 and PRODUCTION=1 exclude each other; set DEMO=0.", id="xingping.E001")]
    return []


@register(deploy=True)
def sqlite_in_production(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Say that SQLite serves one machine only."""
    engine = settings.DATABASES["default"]["ENGINE"]
    if settings.PRODUCTION and engine.endswith("sqlite3") and settings.REDIS_URL:
        return [
            Warning("REDIS_URL without DATABASE_URL: SQLite serves one machine only.", id="xingping.W001")
        ]
    return []


@register()
def second_factor_roles_exist(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Refuse a role that there is not: a misspelt one would ask nobody for a second factor."""
    unknown = [role for role in settings.MFA_ROLES if role not in ROLES]
    if not unknown:
        return []
    known = ", ".join(ROLES)
    return [Error(f"MFA_ROLES names {', '.join(unknown)}; roles are: {known}.", id="xingping.E002")]


@register(deploy=True)
def second_factor_in_production(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Say that nobody has to use a second factor."""
    if settings.PRODUCTION and not settings.MFA_ROLES:
        return [
            Warning(
                "MFA_ROLES is empty: a stolen password is enough to publish a rating or to manage accounts. "
                "Name at least publisher,sysadmin.",
                id="xingping.W002",
            )
        ]
    return []


@register(deploy=True)
def hosts_are_named(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Say that links in e-mails could be led to another site."""
    if settings.PRODUCTION and "*" in settings.ALLOWED_HOSTS:
        return [Warning("ALLOWED_HOSTS=* lets anyone choose the host of links.", id="xingping.W003")]
    return []


@register(deploy=True)
def visits_without_network_need_https(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Say that browsers keep no page and open no camera for an address that is not https."""
    if settings.PRODUCTION and not settings.SITE_URL.startswith("https://"):
        return [
            Warning(
                f"SITE_URL={settings.SITE_URL}: site visits without network need https; over http browsers run no "
                "service worker. Put TLS in front and name the https address.",
                id="xingping.W004",
            )
        ]
    return []


@register()
def failpoints_only_in_tests(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Refuse points of deliberate death outside of tests."""
    if settings.FAILPOINTS and settings.PRODUCTION:
        return [Error("FAILPOINTS=1 and PRODUCTION=1 exclude each other.", id="xingping.E003")]
    return []
