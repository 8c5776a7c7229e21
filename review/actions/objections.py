"""The verbs at the door of an objection: hand in, withdraw, accept or refuse, serve the decision."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from applications import clock
from applications.acting import verb
from applications.actions.events import lock_case, record
from applications.actions.evidence import store
from applications.actions.turns import Turn, finish_task, take
from applications.core.verdict import YES, Verdict, no
from applications.errors import FieldFault, Invalid, NotAllowed, Refused, require
from applications.models import Case, Todo, User
from applications.permissions import may_on_case
from applications.signals import road
from notifications.outbox import post
from review.core import receipts
from review.models import Objection, ObjectionRuling, Publication
from review.queries import objections as queries
from review.queries.publications import is_open_on
from review.queries.teams import tied

Verb = ObjectionRuling.Verb
FILES = 5  # files with one objection
DECIDING = ("decide", "reappoint", "conclude")
LEAST = 10  # characters that say something


def in_time(notice: Publication, at: datetime) -> Verdict:
    """Whether objections to a notice are taken now: inside its period, the last day until 24:00 (practice 3.3)."""
    if is_open_on(notice, clock.day_of(at)):
        return YES
    return no(
        _("公示期为%(from)s至%(until)s，只在公示期内受理异议。如有其他问题，可向公示上的联系单位反映。")
        % {"from": notice.notice_from, "until": notice.notice_until}
    )


@verb("file_objection")
def file_objection(
    notice: Publication,
    *,
    name: str,
    contact: str,
    indicators: Sequence[str],
    text: str,
    files: Sequence["File[Any]"],
    by: User | None,
    at: datetime,
) -> Objection:
    """Take an objection to a notice, by the signed-in community or by a resident with name and contact.

    The road opens its handling in the same transaction. Nothing of the person goes into the event log.
    """
    case = lock_case(notice.case)
    notice = Publication.objects.select_related("case").get(pk=notice.pk)
    if by is not None:
        require(may_on_case(by, "fill_application", case))
    _refuse_unless(in_time(notice, at))
    _complete(name, contact, text, files)
    earlier = Objection.objects.filter(case=case).count()
    objection = Objection.objects.create(
        case=case,
        publication=notice,
        code=receipts.compose(secrets.choice),
        number=f"{case.number}-Y{earlier + 1}",
        kind=Objection.Kind.COMMUNITY if by else Objection.Kind.RESIDENT,
        name=name.strip(),
        contact=contact.strip(),
        indicators=list(indicators),
        text=text.strip(),
        by=by,
        at=at,
    )
    _keep(objection, case, files)
    tell("objection.received", objection, at)
    road.send(sender=Case, case=case, by=by, at=at)
    return objection


def _keep(objection: Objection, case: Case, files: Sequence["File[Any]"]) -> None:
    """Keep an objection's files, and write into the log that there is one: no word of the person."""
    by, at = objection.by, objection.at
    kept = [
        store(case, file, indicators=[], stage="publication", by=by, at=at, sensitive=True) for file in files
    ]
    objection.files.set(kept)
    data = {
        "objection": objection.number,
        "notice": objection.publication.number,
        "indicators": objection.indicators,
        "kind": objection.kind,
        "files": len(kept),
    }
    record(case, "file_objection", by=by, at=at, data=data)


def _complete(name: str, contact: str, text: str, files: Sequence["File[Any]"]) -> None:
    faults = []
    if not name.strip():
        faults.append(FieldFault("name", _("请填写真实姓名；异议须实名提出，姓名不会公开。")))
    if not contact.strip():
        faults.append(FieldFault("contact", _("请填写电话或电子邮箱，以便送达复核决定；联系方式不会公开。")))
    if len(text.strip()) < LEAST:
        faults.append(
            FieldFault("text", _("请写明异议的内容和理由，不少于%(least)s个字。") % {"least": LEAST})
        )
    if len(files) > FILES:
        faults.append(
            FieldFault(
                "files",
                _("一次最多上传%(most)s个文件，您选择了%(count)s个，请减少后重新选择。")
                % {"most": FILES, "count": len(files)},
            )
        )
    if faults:
        raise Invalid(faults)


def _refuse_unless(verdict: Verdict) -> None:
    if not verdict.ok:
        raise Refused(verdict.reason)


def tell(topic: str, objection: Objection, at: datetime) -> None:
    payload = {"case": objection.case_id, "objection": objection.pk}
    post(topic, f"{topic}:{objection.pk}", at=at, payload=payload)


@verb("withdraw_objection")
def withdraw(objection: Objection, *, by: User | None, at: datetime) -> None:
    """Take an objection back within ten minutes, until somebody has acted on it.

    Who holds the code may, with no name (``by`` None); by name only the community for what it objected to itself.
    """
    case = lock_case(objection.case)
    if by is not None:
        require(may_on_case(by, "fill_application", case))
        if objection.kind != Objection.Kind.COMMUNITY:
            raise NotAllowed(_("该异议不是本社区提出的，不能由社区撤回。"))
    _refuse_unless(queries.may_withdraw(objection, at))
    ObjectionRuling.objects.create(
        objection=objection, verb=Verb.WITHDRAW, reason=N_("异议人撤回"), by=by, at=at
    )
    record(case, "withdraw_objection", by=by, at=at, data={"objection": objection.number})
    todo = Todo.objects.select_related("task", "run").get(
        case=case, node="publication.receive", run__key=objection.key, state=Todo.State.OPEN
    )
    todo.run.case = case
    finish_task(todo.task, todo.run, by=by, at=at, outcome="withdraw")


def turn_at(objection: Objection, step: str, *, by: User, at: datetime) -> Turn:
    """Take one's turn at a step of an objection; who got a tie or an office after it was opened does not decide either."""
    turn = take(objection.case, f"publication.{step}", by=by, at=at, key=objection.key)
    if step in DECIDING and tied(turn.case, [by.pk], today=clock.day_of(at)):
        raise NotAllowed(_("您与被评社区有利害关系，不能复核对本案的异议。"))
    return turn


def rule(turn: Turn, objection: Objection, verb: str, reason: str, **more: object) -> ObjectionRuling:
    """Append a ruling with its reasons and write it into the log of the case."""
    if not reason.strip():
        raise Invalid([FieldFault("reason", _("请写明理由。"))])
    row = ObjectionRuling.objects.create(
        objection=objection, verb=verb, reason=reason.strip(), by=turn.by, at=turn.at, **more
    )
    data = {"objection": objection.number, "reason": row.reason}
    record(turn.case, f"{verb}_objection", by=turn.by, at=turn.at, data=data)
    return row


@verb("receive_objection")
def receive(objection: Objection, *, accepted: bool, reason: str, by: User, at: datetime) -> None:
    """Accept an objection for reconsideration, or refuse it with the reason that its progress page shows."""
    turn = turn_at(objection, "receive", by=by, at=at)
    if not accepted:
        rule(turn, objection, Verb.REFUSE, reason)
        tell("objection.decided", objection, at)
        turn.finish("refuse")
        return
    rule(turn, objection, Verb.ACCEPT, reason or N_("符合受理条件。"))
    turn.finish("accept")


@verb("serve_objection")
def serve(objection: Objection, *, how: str, by: User, at: datetime) -> None:
    """Note how and to whom the decision was served, within fifteen days (practice 3.3)."""
    turn = turn_at(objection, "reply", by=by, at=at)
    rule(turn, objection, Verb.SERVE, how)
    turn.finish("served")
