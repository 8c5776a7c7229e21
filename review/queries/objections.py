"""Reads of objections, named as questions."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from applications import clock
from applications.core.verdict import YES, Verdict, no
from applications.models import (
    Assignment,
    Case,
    Evidence,
    EvidenceLink,
    Membership,
    Recusal,
    StageRun,
    User,
)
from applications.permissions import holders, scope
from applications.permissions_evidence import hide_evidence, shown_to
from review.core import receipts
from review.models import (
    DraftEntry,
    FactsConfirmation,
    Objection,
    ObjectionRuling,
    Publication,
    Reassessor,
    Rejudgement,
    Vote,
)
from review.queries.teams import tied

GRACE = timedelta(minutes=10)  # what was handed in may be withdrawn that long (MIIT rules for the elderly)
KEY = "objection-"


def of_key(case: Case, key: str) -> Objection | None:
    """Return the objection of a case that a run's key names."""
    number = key.removeprefix(KEY)
    if not number.isdecimal():
        return None
    return Objection.objects.filter(case=case, pk=int(number)).select_related("publication").first()


def with_last(case: Case) -> list[tuple[Objection, ObjectionRuling | None]]:
    """Return the objections of a case, newest first, each with what was last decided on it."""
    rows = Objection.objects.filter(case=case).prefetch_related("rulings").order_by("-pk")
    return [(row, max(row.rulings.all(), key=lambda ruling: ruling.pk, default=None)) for row in rows]


def without_run(case: Case) -> list[str]:
    """Return the keys of the objections whose handling has not begun; the road begins it."""
    begun = set(StageRun.objects.filter(case=case, key__startswith=KEY).values_list("key", flat=True))
    return [row.key for row in Objection.objects.filter(case=case).order_by("pk") if row.key not in begun]


def any_open(case: Case) -> bool:
    """Whether an objection of the case is still being handled, or waits to be."""
    handled = StageRun.objects.filter(case=case, key__startswith=KEY)
    return handled.filter(finished_at__isnull=True).exists() or bool(without_run(case))


def rulings(objection: Objection) -> dict[str, ObjectionRuling]:
    """Return what was decided on an objection, by verb, in the order it happened."""
    return {row.verb: row for row in objection.rulings.select_related("by", "rating").order_by("pk")}


def may_withdraw(objection: Objection, at: datetime) -> Verdict:
    """Whether the objector may still take the objection back: for ten minutes, until somebody has acted on it."""
    if objection.rulings.exists():
        return no(_("异议已经开始办理，不能撤回。"))
    if at > objection.at + GRACE:
        return no(_("提交后10分钟内可以撤回，现已超过10分钟。"))
    return YES


def counted(publication: Publication) -> dict[str, int]:
    """Return how many objections a notice met and how many were upheld; nobody's name is among it."""
    rows = publication.objections.exclude(rulings__verb=ObjectionRuling.Verb.WITHDRAW)
    upheld = rows.filter(rulings__verb=ObjectionRuling.Verb.UPHOLD)
    return {"received": rows.count(), "upheld": upheld.count()}


def reassessors(objection: Objection) -> list[User]:
    """Return the two people who judge again; fewer while somebody has to be appointed in the place of one who left."""
    rows = Reassessor.objects.filter(objection=objection, exit__isnull=True)
    rows = rows.select_related("user").order_by("pk")
    return [row.user for row in rows]


def eligible_reassessors(case: Case, at: datetime, objection: Objection | None = None) -> QuerySet[User]:
    """Return the active reviewers who have had nothing to do with the case and are not recused from it.

    Who was appointed for ``objection`` once, and left, is not appointed for it again.
    """
    today = clock.day_of(at)
    active = Membership.objects.filter(
        Q(until__isnull=True) | Q(until__gte=today), role="reviewer", active=True, since__lte=today
    )
    people = (
        User.objects.filter(is_active=True, pk__in=active.values("user"))
        .exclude(pk__in=Assignment.objects.filter(case=case).exclude(duty="reassessor").values("user"))
        .exclude(pk__in=Recusal.objects.filter(case=case, lifted_at__isnull=True).values("user"))
        .exclude(pk__in=Reassessor.objects.filter(objection=objection).values("user"))
        .order_by("name", "pk")
    )
    out = tied(case, people.values_list("pk", flat=True), today=today)
    return people.exclude(pk__in=out) if out else people


def appointed(objection: Objection) -> QuerySet[Reassessor]:
    """Return everybody who was appointed to judge again, with the exit of who left."""
    return Reassessor.objects.filter(objection=objection).select_related("user", "exit").order_by("pk")


def owing(objection: Objection) -> list[User]:
    """Return those of the two who have not handed in yet."""
    done = set(objection.rejudgements.filter(settled=False).values_list("by", flat=True))
    return [person for person in reassessors(objection) if person.pk not in done]


def handed_in(objection: Objection) -> dict[int, dict[str, Rejudgement]]:
    """Return the second judgements by person and target; only for pages that may show all of them.

    What somebody handed in who left before both had is not among them.
    """
    found: dict[int, dict[str, Rejudgement]] = {}
    rows = objection.rejudgements.filter(settled=False, by__in=reassessors(objection))
    for row in rows.select_related("by").order_by("pk"):
        found.setdefault(row.by_id, {})[row.target] = row
    return found


def tied_deciders(case: Case) -> QuerySet[User]:
    """Return who may decide on objections there by their right, and has a tie to the community of the case."""
    people = holders("decide_objection", case.path)
    return people.filter(pk__in=tied(case, people.values_list("pk", flat=True), today=clock.today()))


def prepared(case: Case) -> QuerySet[User]:
    """Return who confirmed, drafted or approved what was published of the case."""
    drafted = DraftEntry.objects.filter(draft__case=case).values("by")
    confirmed = FactsConfirmation.objects.filter(case=case).values("by")
    return User.objects.filter(Q(pk__in=drafted) | Q(pk__in=confirmed))


def assigned(case: Case) -> QuerySet[User]:
    """Return who worked on the case by assignment, in any round."""
    return User.objects.filter(pk__in=Assignment.objects.filter(case=case).values("user"))


def by_code(code: str) -> Objection | None:
    """Return the objection that a receipt's code opens, however the code was typed."""
    return (
        Objection.objects.filter(code=receipts.tidy(code))
        .select_related("case__batch__standard", "publication")
        .first()
    )


def evidence_for(case: Case, indicators: Iterable[str], user: User) -> QuerySet[Evidence]:
    """Return the files that prove something for these indicators, as far as the person may know of them."""
    linked = EvidenceLink.objects.filter(indicator__in=list(indicators), removed_at__isnull=True)
    return Evidence.objects.filter(
        shown_to(user), case=case, removed_at__isnull=True, pk__in=linked.values("evidence")
    ).order_by("pk")


def voted(case: Case) -> QuerySet[User]:
    """Return who voted on the case's rating, in any round."""
    return User.objects.filter(pk__in=Vote.objects.filter(ballot__case=case).values("by"))


@hide_evidence
def files_of_residents(user: User) -> Q:
    """The files that residents handed in with objections, for everybody but who receives, decides or judges again.

    The community they are about is not told by a file who objected.
    """
    judging = Assignment.objects.filter(
        case=OuterRef("case"), user=user, duty=Assignment.Duty.REASSESSOR, active=True
    )
    concerned = scope(user, "receive_objection", "case__path") | scope(user, "decide_objection", "case__path")
    handed_in = Objection.files.through.objects.values("evidence")
    return Q(stage="publication", uploaded_by__isnull=True, pk__in=handed_in) & ~(concerned | Exists(judging))
