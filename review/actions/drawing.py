"""Drawing a team by lot: from whom nothing bars, by a seed that goes into the log (practice 4.3 journey 5)."""

import secrets
from datetime import datetime

from django.utils.translation import gettext as _

from applications import clock
from applications.acting import verb
from applications.actions.events import record
from applications.actions.turns import take
from applications.errors import FieldFault, Invalid, Refused
from applications.models import Case, Event, Organisation, User
from review.actions.team import FORM_NODES
from review.core import team as rules
from review.queries.teams import candidates, draws_of, team_of


@verb("draw_team")
def draw_team(case: Case, *, agency: Organisation | None, reason: str = "", by: User, at: datetime) -> Event:
    """Draw leader, reviewers, those for papers and site and a surveyor among the agency's people whom nothing bars.

    The draw proposes; the team is formed by ``form_team``, whose entry says whether it is the one that was drawn. Every
    draw stays in the log; another one needs a reason.
    """
    turn = take(case, FORM_NODES, by=by, at=at)
    if team_of(turn.case):
        raise Refused(_("小组已有成员，空缺的职责请直接补充。"))
    if agency is None or agency.kind != Organisation.Kind.AGENCY or not agency.active:
        raise Invalid([FieldFault("agency", _("请选择一家在用的第三方机构。"))])
    if draws_of(turn.case) and not reason.strip():
        sentence = _("再次抽取须写明理由，已有的抽取结果保留在案卷日志中。")
        raise Invalid([FieldFault("draw_reason", sentence)])
    pool = [who for who in candidates(turn.case, agency=agency.pk, today=clock.day_of(at)) if not who.reasons]
    seed = secrets.token_hex(8)
    try:
        drawn = rules.draw(
            [who.user.pk for who in pool if "reviewer" in who.roles],
            [who.user.pk for who in pool if "surveyor" in who.roles],
            seed,
        )
    except ValueError as error:
        sentence = _(
            "该机构可以参加的评审员只有%(count)s人，至少须有%(least)d人才能抽取，请更换机构或直接选定。"
        )
        params = {"count": error, "least": rules.LEADERS + rules.REVIEWERS}
        raise Invalid([FieldFault("agency", sentence % params)]) from None
    names = {who.user.pk: who.user.name for who in pool}
    data = {
        "round": turn.case.round,
        "agency": agency.pk,
        "seed": seed,
        "reason": reason.strip()[:300],
        "pool": [{"person": pk, "name": name} for pk, name in sorted(names.items())],
        "drawn": [{"person": pk, "name": names[pk], "duties": list(duties)} for pk, duties in drawn.items()],
    }
    return record(turn.case, "draw_team", by=by, at=at, data=data)
