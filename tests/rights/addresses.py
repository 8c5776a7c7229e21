"""Addresses of every page for a given moment of the journey."""

from typing import Any

from django.urls import reverse

CASE = {"case": "case"}
ARGUMENTS: dict[
    str, dict[str, str]
] = {  # what an address takes besides the case, and under which name it is known
    "deadline": {"pk": "deadline"},
    "receipt": {"pk": "receipt"},
    "evidence": {"pk": "evidence"},
    "evidence_view": {"pk": "evidence"},
    "evidence_page": {"pk": "evidence", "number": "number"},
    "evidence_picture": {"pk": "evidence", "number": "number"},
    "survey_data": {"number": "number"},
    "rating": {"pk": "rating"},
    "rating_sheet": {"pk": "rating"},
    "decision": {"pk": "decision"},
    "reassign": {"pk": "todo"},
    "paper": {"pk": "paper"},
    "facts": {"topic": "topic"},
    "apply_dimension": {"dimension": "dimension"},
    "apply_indicator": {"indicator": "claimed"},
    "judge_item": {"indicator": "judged"},
    "documents_page": {"page": "read"},
    "site_page": {"page": "seen"},
    "receive_objection": {"key": "key"},
    "decide_objection": {"key": "key"},
    "reassess": {"key": "key"},
    "reappoint": {"key": "key"},
    "conclude_objection": {"key": "key"},
    "reply_objection": {"key": "key"},
    "approve_revocation": {"key": "key"},
    "state_award": {"key": "key"},
    "collect_certificate": {"key": "key"},
    "rectification_item": {"key": "key"},
    "supervision_order": {"key": "key"},
}
ALONE: dict[str, dict[str, str]] = {  # addresses that belong to no case, with what they take
    "person": {"pk": "person"},
    "mfa_reset": {"pk": "person"},
    "batch": {"pk": "batch"},
    "batch_edit": {"pk": "batch"},
    "notification": {"pk": "notification"},
    "job": {"pk": "job"},
    "sample": {"pk": "sample"},
    "spot_check": {"pk": "drawn"},
    "job_file": {"pk": "job"},
    "view_delete": {"pk": "view"},
    "portal_certificate": {"code": "certificate"},
    "survey_answer": {"token": "token"},
    "portal_community": {"code": "community"},
    "portal_publication": {"pk": "publication"},
    "portal_object": {"pk": "publication"},
    "portal_objection": {"code": "code"},
    "portal_withdraw": {"code": "code"},
    "complaint": {"pk": "complaint"},
    "complaint_deadline": {"pk": "complaint", "term": "term"},
    "complaint_reply": {"pk": "complaint"},
    "complaint_file": {"token": "token_of_file"},
    "portal_complaint": {"code": "complained"},
    "portal_complaint_withdraw": {"code": "waiting"},
    "portal_complaint_rate": {"code": "complained"},
    "portal_complaint_above": {"code": "complained"},
    "portal_standard_of": {"digest": "digest"},
    "portal_verify": {"code": "certificate"},
    "password_reset_confirm": {"uidb64": "uid", "token": "reset"},
    "api_community": {"code": "community"},
}
FIXED: dict[str, Any] = {
    "topic": "base",
    "dimension": "1",
    "claimed": "1.1.a",
    "judged": "1.1.a",
    "read": "1.4.a",
    "seen": "1.1.a",
    "number": 1,
    "uid": "MQ",
    "reset": "none",
    "certificate": "none",
}
PATTERNS = {"(^.*$)": "/api/v1/public/nothing"}  # what has no name


def address(name: str, known: dict[str, Any]) -> str:
    """Return the address of a name at a moment of the journey."""
    if name in PATTERNS:
        return PATTERNS[name]
    found = {**FIXED, **known}
    if name in ALONE:
        wanted = ALONE[name]
    elif name in ARGUMENTS:
        wanted = {**CASE, **ARGUMENTS[name]}
    else:
        wanted = CASE if _has_case(name) else {}
    return reverse(name, kwargs={key: found[what] for key, what in wanted.items()})


def _has_case(name: str) -> bool:
    try:
        reverse(name)
    except Exception:
        return True
    return False
