"""Issuing official papers: numbered, frozen, vouched for by the log."""

from datetime import datetime
from typing import Any

from applications.actions.events import record
from applications.core.canonical import digest
from applications.models import Case, IntakeDecision, OfficialPaper, User
from applications.queries.notices import notice_content

PREFIX = {
    OfficialPaper.Kind.ACCEPTANCE: "SL",
    OfficialPaper.Kind.RETURN: "BZ",
    OfficialPaper.Kind.DECLINE: "BS",
    OfficialPaper.Kind.REPORT: "BG",
}
OF_VERB = {
    IntakeDecision.Verb.PASS: OfficialPaper.Kind.ACCEPTANCE,
    IntakeDecision.Verb.RETURN: OfficialPaper.Kind.RETURN,
    IntakeDecision.Verb.DECLINE: OfficialPaper.Kind.DECLINE,
}


def issue(
    case: Case, kind: str, *, about: str, content: dict[str, Any], by: User | None, at: datetime
) -> OfficialPaper:
    """Append a paper with the next number of its kind in the case. The caller holds the case's lock.

    The number follows the case's own, as receipts and decisions do: no two cases can ever draw the same one.
    """
    kind = OfficialPaper.Kind(kind)
    count = OfficialPaper.objects.filter(case=case, kind=kind).count() + 1
    row = OfficialPaper.objects.create(
        case=case,
        kind=kind,
        number=f"{PREFIX[kind]}{case.number.removeprefix('XP')}-{count:02d}",
        about=about,
        content=content,
        digest=digest(content),
        issued_by=by,
        issued_at=at,
    )
    data = {"paper": row.number, "kind": str(kind), "digest": row.digest}
    record(case, "issue_paper", by=by, at=at, data=data)
    return row


def issue_notice(case: Case, decision: IntakeDecision) -> OfficialPaper:
    """Issue the paper of an intake decision; its due dates stand already."""
    content = notice_content(case, decision)
    kind = OF_VERB[IntakeDecision.Verb(decision.verb)]
    return issue(case, kind, about=f"decision:{decision.pk}", content=content, by=decision.by, at=decision.at)
