"""The certificate and the plaque of a star that ended before its time: handed in, or void after the term."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from applications import clock
from applications.acting import verb
from applications.actions.events import record
from applications.actions.turns import Turn, take
from applications.errors import FieldFault, Invalid, Refused
from applications.models import User
from review.models import CertificateReturn, RevocationProposal

COLLECT = "publication.collect_certificate"
Outcome = CertificateReturn.Outcome


@verb("receive_certificate")
def receive(
    proposal: RevocationProposal, *, on: date, note: str, by: User, at: datetime
) -> CertificateReturn:
    """Note that certificate and plaque were handed in on a day between the end of the star and today."""
    turn = take(proposal.award.case, COLLECT, by=by, at=at, key=proposal.key)
    first, today = proposal.revocation.publication.published_on, clock.day_of(at)
    if not first <= on <= today:
        sentence = _("交回日期“%(day)s”须在公告发布日%(first)s至今天之间。")
        raise Invalid([FieldFault("on", sentence % {"day": on, "first": first})])
    return _end(turn, proposal, Outcome.RETURNED, on, note)


@verb("void_certificate")
def void(proposal: RevocationProposal, *, note: str, by: User, at: datetime) -> CertificateReturn:
    """Declare a certificate void that was not handed in within its term; not before the term is over."""
    turn = take(proposal.award.case, COLLECT, by=by, at=at, key=proposal.key)
    due, today = turn.todo.due_on, clock.day_of(at)
    if due is not None and today <= due:
        raise Refused(_("交回期限至%(due)s，期满仍未交回的才能作废。") % {"due": due})
    return _end(turn, proposal, Outcome.VOID, today, note)


def _end(turn: Turn, proposal: RevocationProposal, outcome: str, on: date, note: str) -> CertificateReturn:
    row = CertificateReturn.objects.create(
        award=proposal.award, outcome=outcome, on=on, note=note.strip(), by=turn.by, at=turn.at
    )
    name = "receive_certificate" if outcome == Outcome.RETURNED else "void_certificate"
    data = {"award": proposal.award.code, "on": str(on), "note": row.note}
    record(turn.case, name, by=turn.by, at=turn.at, data=data)
    turn.finish(outcome)
    return row
