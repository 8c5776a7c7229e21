"""Blind stays blind: what one judge may not learn of another before both have handed in.

The timeline, the numbers of its entries, live pings, the desk of colleagues and the case page ask here.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from applications.models import Case, Event, Todo, User

NODES = ("review.judge", "publication.reassess")
VERBS = ("judge", "hand_in_judgement", "withdraw_judgement", "hand_in_rejudgement")


def is_blind(user: User, case: Case) -> bool:
    """Whether the person is one of several judges of the case of whom not all have handed in."""
    pending = Todo.objects.filter(
        case=case, run=OuterRef("run"), node=OuterRef("node"), state=Todo.State.OPEN
    )
    own = Todo.objects.filter(Exists(pending), case=case, node__in=NODES, assignee=user)
    return own.exclude(state=Todo.State.CANCELLED).exists()


def visible_events(user: User, case: Case) -> QuerySet[Event]:
    """Return the entries of a case's log that the person, who sees the case, may know of."""
    rows = Event.objects.filter(case=case)
    if is_blind(user, case):
        rows = rows.exclude(~Q(actor=user), verb__in=VERBS)
    return rows


def visible_todos(user: User, case: Case) -> QuerySet[Todo]:
    """Return the case's to-dos that the person may know of: a judge sees no other judge's."""
    rows = Todo.objects.filter(case=case)
    if is_blind(user, case):
        rows = rows.exclude(~Q(assignee=user), node__in=NODES)
    return rows


def blind_cases(user: User) -> QuerySet[Case]:
    """Return the cases of which the person is one of several judges and not all have handed in (see ``is_blind``)."""
    pending = Todo.objects.filter(run=OuterRef("run"), node=OuterRef("node"), state=Todo.State.OPEN)
    own = Todo.objects.filter(Exists(pending), node__in=NODES, assignee=user)
    return Case.objects.filter(pk__in=own.exclude(state=Todo.State.CANCELLED).values("case"))
