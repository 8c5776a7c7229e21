"""Reads of complaints, named as questions."""

from datetime import date
from typing import Any

from django.db.models import Case as Choose
from django.db.models import Count, F, Q, QuerySet, When
from django.utils.translation import gettext as _

from applications.core.verdict import YES, Verdict, no
from applications.models import Case, Community, Organisation, User
from applications.permissions import Person, below, holders, paths
from applications.permissions_matter import away
from applications.queries.naming import holding
from rectification.models import Complaint, ComplaintEntry
from rectification.models.complaint import OFFICES
from rectification.permissions import RIGHT, had_it, visible
from review.core import receipts

Verb, State = ComplaintEntry.Verb, Complaint.State
OPEN = (State.WAITING, State.HANDLING)
DISSATISFIED = (1, 2)


def by_code(code: str) -> Complaint | None:
    """Return the complaint that a receipt's code names, however it was typed."""
    rows = Complaint.objects.select_related("community__region__parent", "owner", "matter")
    return rows.filter(code=receipts.tidy(code)).first()


def may_answer(complaint: Complaint) -> Verdict:
    """Whether what has to come before the answer is there: it is classified and, unless outside of the scope, looked into."""
    if not complaint.kind:
        return no(_("请先对投诉进行分类，再作答复。"))
    looked_into = complaint.entries.filter(verb=Verb.NOTE, level=complaint.level)
    if complaint.kind != Complaint.Kind.OUTSIDE and not looked_into.exists():
        return no(_("请先登记调查记录，再作答复。"))
    return YES


def may_withdraw(complaint: Complaint) -> Verdict:
    """Whether the complainant may still take it back: until it was taken in hand."""
    if complaint.state == State.WITHDRAWN:
        return no(_("该投诉已经撤回。"))
    if complaint.state != State.WAITING or complaint.above:
        return no(_("投诉已经受理，不能撤回。"))
    return YES


def may_rate(complaint: Complaint) -> Verdict:
    """Whether the answer may be judged: once it is there, one time."""
    if complaint.state != State.ANSWERED:
        return no(_("投诉答复后可以评价。"))
    if complaint.satisfaction is not None:
        return no(_("您已经评价过本次答复。"))
    return YES


def may_ask_above(complaint: Complaint) -> Verdict:
    """Whether a dissatisfied complainant may ask for the level above: once, and where there is one."""
    if complaint.state != State.ANSWERED or complaint.satisfaction not in DISSATISFIED:
        return no(_("对答复不满意的，评价后可以申请上一级办理。"))
    if complaint.above:
        return no(_("每件投诉可以申请一次上一级办理，您已经申请过。"))
    if complaint.level == OFFICES[-1]:
        return no(_("该投诉已由省级办理，没有上一级。"))
    return YES


def answers(complaint: Complaint) -> list[ComplaintEntry]:
    """Return what the complainant may read: taken, classified, answered, judged, in the order it happened."""
    shown = (Verb.TAKE, Verb.CLASSIFY, Verb.ESCALATE, Verb.COMMISSION, Verb.ANSWER, Verb.RATE, Verb.ABOVE)
    return list(complaint.entries.filter(verb__in=shown).order_by("pk"))


def colleagues(complaint: Complaint) -> list[tuple[int, str]]:
    """Return whom it may be handed over to, each with the level of their office: the street's and county's officers."""
    first = OFFICES.index(complaint.level)
    found: dict[int, str] = {}
    for level in OFFICES[first : first + 2]:
        for person in holders(RIGHT[level], complaint.path).values_list("pk", flat=True):
            found.setdefault(person, level)
    barred = away(found, complaint.community) | {complaint.owner_id}
    if complaint.above:
        barred |= had_it(complaint)
    return [(person, level) for person, level in found.items() if person not in barred]


def receivers(complaint: Complaint) -> QuerySet[User]:
    """Return who may be handed the complaint, for a list to choose from."""
    known = [pk for pk, _level in colleagues(complaint)]
    return User.objects.filter(pk__in=known).order_by("name", "pk")


def agencies() -> QuerySet[Organisation]:
    """Return the third parties that may be asked to look into a complaint."""
    return Organisation.objects.filter(kind=Organisation.Kind.AGENCY, active=True).order_by("name")


def case_in_question(complaint: Complaint) -> Case | None:
    """Return the case on which what was complained of is put right: that of the newest star, else the newest one."""
    rows = Case.objects.filter(community=complaint.community_id).select_related("batch", "community")
    return rows.order_by(F("star").desc(nulls_last=True), "-pk").first()


def registrable(user: Person, words: str = "") -> QuerySet[Community]:
    """Return the communities about which an officer may write down complaints, those whose name holds the words."""
    held = sorted({path for right in RIGHT.values() for path in paths(user, right)})
    rows = Community.objects.filter(below(held, "region__path")).select_related("region__parent__parent")
    return rows.filter(holding(words, "name")).order_by("code") if words else rows


def ledger(user: Person) -> QuerySet[Complaint]:
    """Return the complaints a person may see: what is open first, the soonest due before the others."""
    is_open = When(state__in=OPEN, then=0)
    rows = visible(user).select_related("community__region__parent__parent", "owner")
    return rows.order_by(Choose(is_open, default=1), F("due_on").asc(nulls_last=True), "-pk")


def counts(rows: QuerySet[Complaint], today: date) -> dict[str, int]:
    """Return figures over complaints: received, open, late, answered, in time, judged, satisfied; one statement."""
    kept = ~Q(state=State.WITHDRAWN)
    found: dict[str, Any] = rows.order_by().aggregate(
        received=Count("pk", filter=kept),
        waiting=Count("pk", filter=Q(state=State.WAITING)),
        handling=Count("pk", filter=Q(state=State.HANDLING)),
        late=Count("pk", filter=Q(state__in=OPEN, due_on__lt=today)),
        answered=Count("pk", filter=Q(state=State.ANSWERED)),
        in_time=Count("pk", filter=Q(state=State.ANSWERED, in_time=True)),
        judged=Count("pk", filter=Q(satisfaction__isnull=False)),
        satisfied=Count("pk", filter=Q(satisfaction__gte=3)),
    )
    return dict(found)


def waiting_for(user: Person) -> QuerySet[Complaint]:
    """Return what a person has to do: their own in hand, what was handed to them, what their office has not taken."""
    mine = Q(state=State.HANDLING, owner=user.pk)
    handed = Q(state=State.HANDLING, handed_to=user.pk)
    untaken = Q(pk__in=[])
    for level, right in RIGHT.items():
        here = below(paths(user, right), "path")
        untaken |= Q(state=State.WAITING, level=level) & here
        handed |= Q(state=State.HANDLING, handed_to__isnull=True, handed_level=level) & here
    rows = visible(user).filter(mine | handed | untaken)
    return rows.order_by(F("due_on").asc(nulls_last=True), "pk")


def asked_of(user: Person) -> QuerySet[Complaint]:
    """Return the complaints on which a person's community is asked to explain now."""
    rows = Complaint.objects.filter(below(paths(user, "rectify"), "path"), awaiting=True)
    return rows.order_by(F("due_on").asc(nulls_last=True), "pk")


def exchange(complaint: Complaint) -> QuerySet[ComplaintEntry]:
    """Return what the community was asked and what it said: all that it may know."""
    rows = complaint.entries.filter(verb__in=(Verb.ASK, Verb.REPLY))
    return rows.select_related("by").prefetch_related("files").order_by("pk")


def public_figures(today: date) -> dict[str, int]:
    """Return the province's figures of complaints for everybody (R4-135)."""
    return counts(Complaint.objects.all(), today)


def handled_of(community: Community) -> dict[str, int]:
    """Return how many complaints about a community were received and answered; no person is among it (R4-135)."""
    rows = Complaint.objects.filter(community=community).exclude(state=State.WITHDRAWN)
    found: dict[str, Any] = rows.aggregate(
        received=Count("pk"), answered=Count("pk", filter=Q(state=State.ANSWERED))
    )
    return dict(found)
