"""The progress of an objection as the steps of a stepper."""

from typing import Any

from django.utils.translation import gettext as _

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
