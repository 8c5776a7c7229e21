"""What a list has to know before it can ask for its rows, in one statement: the calendar, kept filters, places searched for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import CharField, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast

from applications.models import Community, SavedView, User
from applications.queries.naming import FEW
from workflow.urgency import days_around

DAY, VIEW, PLACE = "day", "view", "place"


@dataclass
class Beforehand:
    """The days off and on around today, the person's kept filters, and the communities of each searched word.

    ``places`` has None for a word whose communities are too many to be named.
    """

    days: dict[date, str] = field(default_factory=dict)
    views: list[SavedView] = field(default_factory=list)
    places: dict[Q, list[int] | None] = field(default_factory=dict)


def beforehand(user: User, page: str, today: date, lookups: Iterable[Q]) -> Beforehand:
    """Ask for all of it at once."""
    asked = list(dict.fromkeys(lookups))
    days = _texts(days_around(today), DAY, "date", "kind")
    views = _texts(SavedView.objects.filter(user=user, page=page), VIEW, "pk", "name", "query")
    places = [_few(which, number) for number, which in enumerate(asked)]
    found = Beforehand(places={which: [] for which in asked})
    for kind, key, first, second in days.union(views, *places, all=True):
        if kind == DAY:
            found.days[date.fromisoformat(key)] = first
        elif kind == VIEW:
            found.views.append(SavedView(pk=int(key), user=user, page=page, name=first, query=second))
        else:
            named = found.places[asked[int(first)]]
            if named is not None:
                named.append(int(key))
    for which, named in found.places.items():
        if named is not None and len(named) > FEW:
            found.places[which] = None
    found.views.sort(key=lambda view: view.name)
    return found


def named_in(places: Mapping[Q, list[int] | None], which: Q) -> list[int] | None:
    """Return the communities of a lookup that was asked for together with others."""
    return places[which]


def _few(which: Q, number: int) -> QuerySet[Any, Any]:
    """Return the communities of a lookup, one more than are named one by one."""
    first = Community.objects.filter(which).order_by().values("pk")[: FEW + 1]
    return _texts(Community.objects.filter(pk__in=first), PLACE, "pk", Value(str(number)))


def _texts(rows: QuerySet[Any], kind: str, key: str, first: Any, second: Any = None) -> QuerySet[Any, Any]:
    """Return rows as four texts: what they are, their key, and what is said of them."""
    values = {
        "said_kind": Value(kind, output_field=CharField()),
        "said_key": Cast(key, TextField()),
        "said_first": Cast(first, TextField()),
        "said_second": Cast(second or Value(""), TextField()),
    }
    return rows.order_by().annotate(**values).values_list(*values)
