"""What is said of a complaint, and to whom: no word of who complained or of what, only that something is to be done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_noop as N_

from applications.models import User
from applications.permissions import holders
from notifications.actions import tell
from notifications.outbox import register
from notifications.wording import text_of
from rectification.models import Complaint
from workflow import audience


@dataclass(frozen=True)
class Said:
    """The sentence of a topic, to whom it goes, and the page it points to."""

    sentence: str
    to: Callable[[Complaint], list[User]]
    page: str = "complaint"


def _offered(complaint: Complaint) -> list[User]:
    """Return to whom it is handed over: a person by name, or the officers of a level."""
    if complaint.handed_to is not None:
        return [complaint.handed_to]
    return audience.office(complaint.handed_level, complaint) if complaint.handed_level else []


def _community(complaint: Complaint) -> list[User]:
    people = holders("rectify", complaint.path)
    return [person for person in people if person.memberships.filter(region__path=complaint.path).exists()]


TOPICS = {
    "complaint.received": Said(N_("收到对“%(community)s”的投诉，请在%(due)s前办结。"), audience.having),
    "complaint.handed": Said(N_("一件对“%(community)s”的投诉移交给您，请确认接收。"), _offered),
    "complaint.back": Said(N_("您移交的对“%(community)s”的投诉未被接收，仍由您办理。"), audience.having),
    "complaint.asked": Said(N_("请就“%(community)s”的一件投诉说明情况。"), _community, "complaint_reply"),
    "complaint.replied": Said(N_("“%(community)s”已就投诉说明情况。"), audience.having),
}


def on_complaint(topic: str) -> Callable[[dict[str, Any], datetime], None]:
    """Return the handler of a topic about a complaint."""

    def handle(payload: dict[str, Any], at: datetime) -> None:
        said = TOPICS[topic]
        rows = Complaint.objects.select_related("community", "owner", "handed_to")
        complaint = rows.get(pk=payload["complaint"])
        tell(
            said.to(complaint),
            kind=topic,
            key=f"{topic}:{complaint.pk}:{payload['place']}",
            text=text_of(said.sentence, days={"due": complaint.due_on}, community=complaint.community.name),
            url=reverse(said.page, kwargs={"pk": complaint.pk}),
            at=at,
        )

    return handle


for name in TOPICS:
    register(name, on_complaint(name))
