"""The log of a case in plain words. Of an entry's data only what is named here is shown, for each verb."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.core import terms
from applications.models import Case, Event, OfficialPaper, User
from applications.steps import STEPS
from workflow import blind
from workflow.verbs import VERBS

Detail = Callable[[Mapping[str, Any]], str]
STAGES = dict(Case.State.choices)
OFFICES = {**dict.fromkeys(blind.VERBS, gettext_lazy("第三方评审员")), "cast_vote": gettext_lazy("评定委员")}
ICONS = {
    "open_case": "file-text",
    "reuse_application": "copy",
    "enter": "flag",
    "submit": "send",
    "decide": "gavel",
    "issue_paper": "file-text",
    "rate": "scale",
    "publish_notice": "megaphone",
    "announce": "award",
    "lower_award": "award",
    "revoke_award": "award",
    "deadline_rung": "clock-alert",
    "recompute_deadline": "calendar-clock",
    "reassign_task": "user-check",
    "return_application": "undo-2",
    "hand_in_judgement": "clipboard-check",
    "verify_item": "badge-check",
}


def plain(*keys: str) -> Detail:
    """Return a detail that shows these values as they stand."""
    return lambda data: " ".join(str(data[key]) for key in keys if data.get(key) not in (None, ""))


def _entered(data: Mapping[str, Any]) -> str:
    return _("由“%(before)s”进入“%(after)s”") % {
        "before": STAGES.get(data.get("from", ""), ""),
        "after": STAGES.get(data.get("to", ""), ""),
    }


def _term(data: Mapping[str, Any]) -> str:
    term = terms.DEFAULTS.get(data.get("term", ""))
    return _("“%(term)s”，到期日 %(due)s") % {
        "term": _(term.name) if term else data.get("term", ""),
        "due": data.get("due", ""),
    }


def _reassigned(data: Mapping[str, Any]) -> str:
    step = STEPS.get(data.get("node", ""))
    return _("“%(step)s”改派给%(to)s。理由：%(reason)s") % {
        "step": step.label if step else "",
        "to": data.get("to", ""),
        "reason": data.get("reason", ""),
    }


def _issued(data: Mapping[str, Any]) -> str:
    kinds = dict(OfficialPaper.Kind.choices)
    return f"{kinds.get(data.get('kind', ''), '')} {data.get('paper', '')}".strip()


def _drawn(data: Mapping[str, Any]) -> str:
    names = _("、").join(row["name"] for row in data.get("drawn", []))
    return _("%(names)s；种子 %(seed)s") % {"names": names, "seed": data.get("seed", "")}


def _formed(data: Mapping[str, Any]) -> str:
    if "as_drawn" not in data:
        return ""
    return _("与抽取结果一致") if data["as_drawn"] else _("对抽取结果作了调整")


# A verb that is not here shows no data: what a reviewer, a voter or an objector said is read on its own page.
DETAILS: dict[str, Detail] = {
    "open_case": plain("batch"),
    "reuse_application": plain("batch"),
    "draw_team": _drawn,
    "form_team": _formed,
    "enter": _entered,
    "submit": plain("receipt"),
    "resubmit": plain("receipt"),
    "recall": plain("receipt"),
    "pass_application": plain("opinion"),
    "return_application": plain("opinion"),
    "decline_application": plain("opinion"),
    "abandon": plain("reason"),
    "deadline_rung": _term,
    "recompute_deadline": _term,
    "reassign_task": _reassigned,
    "publish_notice": plain("number"),
    "announce": plain("number"),
    "propose_revocation": plain("number"),
    "propose_lowering": plain("number"),
    "revoke_award": plain("number"),
    "lower_award": plain("number"),
    "receive_certificate": plain("on"),
    "void_certificate": plain("on"),
    "remind_expiry": plain("until"),
    "lapse_award": plain("until"),
    "issue_paper": _issued,
    "open_item": plain("item"),
    "plan_item": plain("item"),
    "confirm_item": plain("item"),
    "return_item": plain("item", "reason"),
    "report_item": plain("item"),
    "apply_for_verification": plain("item"),
    "verify_item": plain("item"),
    "ask_extension": plain("item", "reason"),
    "decide_extension": plain("item"),
    "record_check": plain("on"),
    "open_look_back": plain("item"),
    "look_back": plain("item"),
    "chase_item": plain("item"),
    "issue_order": plain("order"),
    "answer_order": plain("order"),
    "examine_order": plain("order"),
}


def entry(event: Event, user: User) -> dict[str, Any]:
    """Return an entry of the log as the timeline shows it to a person who may know of it."""
    detail = DETAILS.get(event.verb)
    office = OFFICES.get(event.verb)
    who = event.actor_name or _("系统")
    if office and event.actor_id != user.pk:
        who = str(office)
    return {
        "text": VERBS.get(event.verb, _("办理事项")),
        "detail": detail(event.data) if detail else "",
        "when": event.at,
        "who": who,
        "icon": ICONS.get(event.verb, "circle-dot"),
    }
