"""Who may see and handle a complaint: the offices of its region, never anybody with a tie to the community."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from applications.core.verdict import YES, Verdict, no
from applications.models import User
from applications.permissions import Person, below, holds, paths
from applications.permissions_matter import kept_away, not_kept_away
from rectification.models import Complaint, ComplaintEntry
from rectification.models.complaint import OFFICES

RIGHT = {level: f"{level}_check" for level in OFFICES}  # the right of the officers of a level
READING = (*RIGHT.values(), "supervise", "audit")


def visible(user: Person) -> QuerySet[Complaint]:
    """Return the complaints that a person may see: those of their offices' regions, never where they are kept away."""
    if not isinstance(user, User):
        return Complaint.objects.none()
    held = {path for right in READING for path in paths(user, right)}
    return Complaint.objects.filter(below(sorted(held), "path")).filter(not_kept_away(user))


def in_sight(user: Person, complaint: Complaint) -> bool:
    """Whether a person may know of the complaint: it does not exist for strangers, nor for the community itself."""
    above = [path for path in paths(user, "view_case") if path != complaint.path]
    return any(complaint.path.startswith(path) for path in above) or any(
        holds(user, right, complaint.path) for right in READING
    )


def may_read(user: User, complaint: Complaint) -> Verdict:
    """Whether a colleague may read the complaint, and why not."""
    if not any(holds(user, right, complaint.path) for right in READING):
        return no(_("您没有办理或监督投诉的职责，不能查看投诉。"))
    return kept_away(user, complaint.community)


def office_of(user: Person, complaint: Complaint) -> str:
    """Return the level at which the person may take the complaint, empty where at none.

    A complaint that waits for its street may be taken by the county as well (R4-124, R4-126).
    """
    levels = [complaint.level, "county"] if complaint.level == "street" else [complaint.level]
    return next((level for level in levels if holds(user, RIGHT[level], complaint.path)), "")


def knows_person(user: User, complaint: Complaint) -> bool:
    """Whether the person belongs to the office that handles it now, which alone is told who complained (R4-123)."""
    return holds(user, RIGHT[complaint.level], complaint.path) and may_read(user, complaint).ok


def owner_is_gone(complaint: Complaint) -> bool:
    """Whether whoever has the complaint in hand holds the office no longer, so that a colleague has to take it."""
    owner = complaint.owner
    return owner is not None and not (
        owner.is_active and holds(owner, RIGHT[complaint.level], complaint.path)
    )


def may_take(user: User, complaint: Complaint) -> Verdict:
    """Whether a person may take the complaint in hand now."""
    if not office_of(user, complaint):
        return no(_("该投诉由其他层级办理，您没有受理的权限。"))
    away = kept_away(user, complaint.community)
    if not away.ok:
        return away
    if complaint.state == Complaint.State.HANDLING and not owner_is_gone(complaint):
        return no(_("该投诉已由%(name)s受理，首问负责。") % {"name": complaint.owner})
    if not complaint.is_open:
        return no(_("该投诉已经办结，不能再受理。"))
    if complaint.above and user.pk in had_it(complaint):
        return no(_("您办理过该投诉，投诉人申请上一级办理后须由他人办理。"))
    return YES


def had_it(complaint: Complaint) -> set[int | None]:
    """Return who has had the complaint in hand before."""
    took = (ComplaintEntry.Verb.TAKE, ComplaintEntry.Verb.ACKNOWLEDGE)
    return set(complaint.entries.filter(verb__in=took).values_list("by", flat=True))


def may_handle(user: User, complaint: Complaint) -> Verdict:
    """Whether the person has the complaint in hand and may act on it."""
    away = kept_away(user, complaint.community)
    if not away.ok:
        return away
    if complaint.state != Complaint.State.HANDLING:
        return no(_("该投诉目前不在办理中。"))
    if complaint.owner_id != user.pk:
        return no(_("该投诉由%(name)s首问负责，须由本人办理或移交。") % {"name": complaint.owner})
    if not holds(user, RIGHT[complaint.level], complaint.path):
        return no(_("您目前没有在该地区办理投诉的权限。"))
    return YES


def may_acknowledge(user: User, complaint: Complaint) -> Verdict:
    """Whether the complaint was handed over to this person, or to their office, and waits to be acknowledged."""
    if complaint.state != Complaint.State.HANDLING or not (complaint.handed_to_id or complaint.handed_level):
        return no(_("该投诉没有待接收的移交。"))
    away = kept_away(user, complaint.community)
    if not away.ok:
        return away
    level = complaint.handed_level
    if complaint.handed_to_id not in (None, user.pk) or not holds(user, RIGHT[level], complaint.path):
        return no(_("该投诉不是移交给您的，不能由您接收。"))
    return YES


def may_reply(user: Person, complaint: Complaint) -> Verdict:
    """Whether a person of the community may answer what its office was asked; others never see that page."""
    if isinstance(user, User) and complaint.asked and holds(user, "rectify", complaint.path):
        return YES
    return no(_("只有被要求说明情况的社区可以回复。"))
