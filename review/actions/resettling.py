"""After a vote that was not carried: the leader answers the committee, settles anew and hands the case back."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from applications.acting import verb
from applications.actions.events import record
from applications.actions.turns import take
from applications.errors import FieldFault, Invalid, NotAllowed, Refused
from applications.models import Case, User
from review.actions.duties import declared
from review.actions.judging import LONGEST, personally
from review.actions.settling import Ruling, append, faults_of, outcomes_of
from review.models import Ballot, Settlement
from review.queries.judgements import has_judged

RESETTLE = "scoring.resettle"
LEAST = 10


@verb("resettle")
def resettle(case: Case, *, rulings: Mapping[str, Ruling], reply: str, by: User, at: datetime) -> int:
    """Settle any judged indicator anew, each with a reason, and answer the committee; scoring and vote follow.

    Returns how many indicators were settled anew; an answer that changes nothing is possible, and is voted on again.
    """
    turn = declared(personally(take(case, RESETTLE, by=by, at=at)))
    if by in has_judged(turn.run):
        raise NotAllowed(_("您是本案本轮的评审员，不能重新合议。"))
    outcomes = outcomes_of(turn.case)
    faults: list[FieldFault] = []
    for key, ruling in rulings.items():
        if key not in outcomes:
            raise Refused(_("指标“%(id)s”不由评审组判断，不能重新合议。") % {"id": key[:40]})
        faults += faults_of(key, ruling)
    if not LEAST <= len(reply.strip()) <= LONGEST:
        sentence = _("请答复评定委员会的意见（%(least)s至%(most)s个字）。")
        faults.append(FieldFault("reply", sentence % {"least": LEAST, "most": LONGEST}))
    if faults:
        raise Invalid(faults)
    count = append(turn, rulings, outcomes, Settlement.Occasion.VOTE)
    ballot = Ballot.objects.filter(case=turn.case, state=Ballot.State.REJECTED).latest("pk")
    ballot.reply, ballot.replied_by, ballot.replied_at = reply.strip(), by, at
    ballot.save(update_fields=["reply", "replied_by", "replied_at"])
    data = {"ballot": ballot.pk, "reply": ballot.reply, "settled": count}
    record(turn.case, "resettle", by=by, at=at, data=data)
    turn.finish("resettled")
    return count
