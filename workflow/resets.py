"""The link for a forgotten password: sent by the worker, so that the page answers alike whether there is an account.

The address in it is the site's own, whatever host a request named. The link itself is made when the mail is sent and
stands in no table.
"""

import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import override

from applications import clock
from applications.actions.accounts import password_link
from applications.limits import Limit, TooMany, spend
from applications.models import User
from notifications.outbox import post, register

TOPIC = "password.forgotten"
MAILS = Limit("password_mail", 5, 3600)  # to one person, from whichever address they are asked for


def ask(email: str, *, at: datetime) -> None:
    """Have the link sent to whoever has an account with this address; the same is written where nobody has."""
    found = [person.pk for person in PasswordResetForm().get_users(email) if _has_room(person)]
    post(TOPIC, f"{TOPIC}:{secrets.token_hex(8)}", at=at, payload={"users": found})


def _has_room(person: User) -> bool:
    """Whether the person may get another mail in this hour; the page says the same, whoever asked too often for them."""
    try:
        spend(MAILS, str(person.pk), clock.wall())
    except TooMany:
        return False
    return True


def send(payload: dict[str, Any], at: datetime) -> None:
    """Send each of them the link, in their own language."""
    for person in User.objects.filter(pk__in=payload["users"], is_active=True).exclude(email=""):
        with override(person.language or settings.LANGUAGE_CODE):
            words = {"user": person, "link": f"{settings.SITE_URL}{password_link(person)}"}
            subject = render_to_string("registration/password_reset_subject.txt", words)
            body = render_to_string("registration/password_reset_email.html", words)
            EmailMessage(" ".join(subject.split()), body, to=[person.email]).send()


register(TOPIC, send, inside=False)
