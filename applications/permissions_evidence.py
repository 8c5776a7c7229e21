"""Who may see a file: everybody who sees the case, but files with personal data only those working on it.

Apps above register what stays hidden for a time (two reviewers blind to each other) with ``hide_evidence``.
"""

from collections.abc import Callable

from django.db.models import Q
from django.utils.translation import gettext as _

from applications.core.verdict import YES, Verdict, no
from applications.models import Assignment, Case, Evidence, User
from applications.permissions import active_memberships, holds

# Holding one of these on the case's region is working on it; reading, supervising and auditing are not.
WORKING_RIGHTS = (
    "fill_application",
    "sign_application",
    "street_check",
    "county_check",
    "city_check",
    "province_check",
    "vote_rating",
    "decide_objection",
    "rectify",
    "verify_rectification",
)

Rule = Callable[[User], Q]
_rules: list[Rule] = []


def hide_evidence(rule: Rule) -> Rule:
    """Register a rule: for a person, the filter of the ``Evidence`` rows that they must not know of now."""
    if rule not in _rules:
        _rules.append(rule)
    return rule


def shown_to(user: User) -> Q:
    """The filter of the evidence that no rule hides from this person; every list of evidence uses it."""
    query = Q()
    for rule in _rules:
        query &= ~rule(user)
    return query


def works_on(user: User, case: Case) -> bool:
    """Whether the person works on the case: by a right on its region, by assignment, or as manager of its agency."""
    if any(holds(user, right, case.path) for right in WORKING_RIGHTS):
        return True
    if Assignment.objects.filter(case=case, user=user, active=True, round=case.round).exists():
        return True
    managed = active_memberships(user).filter(user=user, role="agency_manager")
    return case.agency_id is not None and managed.filter(organisation=case.agency_id).exists()


def may_see_evidence(user: User, evidence: Evidence) -> Verdict:
    """Whether the person, who sees the case, may open this file."""
    if evidence.sensitive and not works_on(user, evidence.case):
        return no(_("该材料含个人信息，仅限办理本案的人员查看。"))
    return YES
