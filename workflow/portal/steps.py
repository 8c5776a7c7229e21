"""The progress of an objection or a complaint as the steps of a stepper."""

from typing import Any

from django.utils.translation import gettext as _

from rectification.models import Complaint, ComplaintEntry
from review.models import Objection, ObjectionRuling

Rulings = dict[str, ObjectionRuling]


def progress(objection: Objection, rulings: Rulings) -> list[dict[str, Any]]:
    """Return handed in, accepted, decided, judged again (where upheld), served, each with its day."""
    steps = [_step(_("提出异议"), objection.at)]
    if "withdraw" in rulings:
        return [*steps, _step(_("已撤回"), rulings["withdraw"].at)]
    if "refuse" in rulings:
        return [*steps, _step(_("不予受理"), rulings["refuse"].at)]
    steps.append(_one(_("受理"), rulings, ("accept",)))
    steps.append(_one(_("复核决定"), rulings, ("dismiss", "uphold")))
    if "uphold" in rulings:
        steps.append(_one(_("重新评审"), rulings, ("conclude",)))
    steps.append(_one(_("送达决定"), rulings, ("serve",)))
    return _mark_now(steps)


def complaint_progress(complaint: Complaint, entries: list[ComplaintEntry]) -> list[dict[str, Any]]:
    """Return handed in, taken in hand, answered, judged, each with its day; the level above begins anew."""
    verbs = ComplaintEntry.Verb
    steps = [_step(_("提交投诉"), complaint.at)]
    if complaint.state == Complaint.State.WITHDRAWN:
        return [*steps, _step(_("已撤回"), complaint.entries.get(verb=verbs.WITHDRAW).at)]
    for labels, rows in _rounds(entries, verbs.ABOVE):
        days = {row.verb: row.at for row in rows}
        if verbs.ABOVE in days:
            steps.append(_step(_("申请上一级办理"), days[verbs.ABOVE]))
        steps += [_step(label, days.get(verb)) for verb, label in labels]
    return _mark_now(steps)


def _rounds(
    entries: list[ComplaintEntry], again: str
) -> list[tuple[list[tuple[str, str]], list[ComplaintEntry]]]:
    """Return the entries of the first handling, and of the second by the level above where there is one."""
    verbs = ComplaintEntry.Verb
    labels = [(verbs.TAKE, _("受理")), (verbs.ANSWER, _("答复")), (verbs.RATE, _("评价答复"))]
    place = next((place for place, row in enumerate(entries) if row.verb == again), len(entries))
    rounds = [entries[:place], entries[place:]]
    return [(labels, rows) for rows in rounds if rows or rows is rounds[0]]  # type: ignore[misc]


def _one(label: str, rulings: Rulings, verbs: tuple[str, ...]) -> dict[str, Any]:
    row = next((rulings[verb] for verb in verbs if verb in rulings), None)
    return _step(label, row.at if row else None)


def _step(label: str, when: Any) -> dict[str, Any]:
    return {"label": label, "state": "done" if when else "next", "when": when or ""}


def _mark_now(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Mark the first step that is not done as the present one."""
    for step in steps:
        if step["state"] == "next":
            step["state"] = "now"
            break
    return steps
