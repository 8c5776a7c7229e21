"""Pairs of duties that one person must not both do: who did the first, and the second as it is tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from applications.actions import batches, calendar, intake, turns
from applications.models import Assignment, Todo, User
from rectification.actions import items
from review.actions import (
    announcement,
    plan,
    publication,
    reconsideration,
    recusals,
    revocation,
    settling,
    survey_answers,
)

if TYPE_CHECKING:
    from tests.rights.test_duties import Walk

SAID = {"opinion": "材料齐全，符合条件，同意。"}
SUBMITTED = "您签署提交了本案申报，不能再审核本案。"


@dataclass(frozen=True)
class Pair:
    """Two duties: who did the first, the role that carries the second, the second itself, and the refusal."""

    first: str
    who: str
    role: str
    second: Callable[[Walk, User], Any]
    says: str
    alone: bool = False  # nobody else could do it now, so the action is not tried with another person


def checks(role: str) -> list[Pair]:
    """The three ways in which a level decides on an application."""
    return [
        Pair(
            "submitted", "head", role, lambda w, by: intake.pass_on(w.case, **SAID, by=by, at=w.at), SUBMITTED
        ),
        Pair(
            "submitted", "head", role, lambda w, by: intake.decline(w.case, **SAID, by=by, at=w.at), SUBMITTED
        ),
        Pair(
            "submitted",
            "head",
            role,
            lambda w, by: intake.send_back(w.case, **SAID, defects={"1.1.a": "缺照片。"}, by=by, at=w.at),
            SUBMITTED,
        ),
    ]


def dismiss(walk: Walk, by: User) -> None:
    """Decide on the objection."""
    reconsideration.dismiss(walk.known["objection"], reason="属实", heard="双方已陈述", by=by, at=walk.at)


def verify(walk: Walk, by: User) -> None:
    """Verify the item that was put right."""
    said = {"outcome": "close", "method": "site", "opinion": "属实", "days": 15}
    items.verify(walk.known["item"], **said, by=by, at=walk.at)


def settle(walk: Walk, by: User) -> None:
    """Settle what the two judged apart, with the to-do on one's own desk."""
    case = walk.case
    Assignment.objects.create(case=case, user=by, duty="leader", assigned_by=by, assigned_at=walk.at)
    turns.reassign(Todo.objects.get(case=case, node="review.settle", state="open"), to=by)
    settling.finish(case, rulings=walk.known["ruling"], by=by, at=walk.at)


PAIRS: dict[str, list[Pair]] = {
    "at the street": checks("street_officer"),
    "at the county": checks("county_officer"),
    "at the city": checks("city_officer"),
    "at the province": checks("province_officer"),
    "plan handed in": [
        Pair(
            "wrote the plan",
            "county",
            "",
            lambda w, by: plan.approve_plan(w.case, **SAID, by=by, at=w.at),
            "方案由您编制",
        ),
        Pair(
            "wrote the plan",
            "county",
            "",
            lambda w, by: plan.return_plan(w.case, **SAID, by=by, at=w.at),
            "方案由您编制",
        ),
    ],
    "form drawn": [
        Pair(
            "entered",
            "surveyor",
            "county_officer",
            lambda w, by: survey_answers.check_answer(
                w.case, answer=w.known["drawn"], passed=True, by=by, at=w.at
            ),
            "这份问卷由您录入，须由他人核查。",
        )
    ],
    "to be settled": [Pair("judged", "reviewer", "", settle, "您是本案本轮的评审员", alone=True)],
    "notice handed in": [
        Pair(
            "prepared",
            "publisher",
            "",
            lambda w, by: publication.approve(w.case, **SAID, by=by, at=w.at),
            "公示稿由您拟制",
        ),
        Pair(
            "prepared",
            "publisher",
            "",
            lambda w, by: publication.return_draft(w.case, reason="错字", by=by, at=w.at),
            "公示稿由您拟制",
        ),
    ],
    "objected to": [
        Pair("judged", "reviewer", "recon_member", dismiss, "您参与过本案的评审，不能复核对本案的异议。"),
        Pair("led the team", "leader", "recon_member", dismiss, "您参与过本案的评审，不能复核对本案的异议。"),
        Pair("voted", "member", "recon_member", dismiss, "您参加过本案的评定表决，不能复核对本案的异议。"),
        Pair("prepared", "publisher", "recon_member", dismiss, "您经办过本案的公示，不能复核对本案的异议。"),
        Pair(
            "confirmed the facts",
            "county",
            "recon_member",
            dismiss,
            "您经办过本案的公示，不能复核对本案的异议。",
        ),
        Pair("serves the community", "clerk", "recon_member", dismiss, "您与被评社区有利害关系"),
        Pair("objected", "head", "recon_member", dismiss, "异议由您提出，须由他人复核。"),
    ],
    "judged again": [
        Pair(
            "judged again",
            "unassigned",
            "recon_member",
            lambda w, by: reconsideration.conclude(
                w.known["objection"], reason="维持", settlements={}, notes={}, by=by, at=w.at
            ),
            "您参与过本案的评审，不能复核对本案的异议。",
        )
    ],
    "notice over": [
        Pair(
            "prepared",
            "publisher",
            "",
            lambda w, by: announcement.announce(w.case, number="幸评告〔2026〕9号", by=by, at=w.over),
            "公示由您拟制，公告须由另一位发布员发布。",
        )
    ],
    "revocation proposed": [
        Pair(
            "proposed",
            "publisher",
            "",
            lambda w, by: revocation.revoke(w.known["proposal"], by=by, at=w.over),
            "降星或撤销由您提议",
        ),
        Pair(
            "proposed",
            "publisher",
            "",
            lambda w, by: revocation.reject(w.known["proposal"], reason="查无实据", by=by, at=w.over),
            "降星或撤销由您提议",
        ),
    ],
    "item planned": [
        Pair(
            "planned",
            "clerk",
            "county_officer",
            lambda w, by: items.confirm(w.known["item"], days=30, by=by, at=w.at),
            "您参与了该整改项的落实",
        )
    ],
    "extension asked": [
        Pair(
            "asked",
            "clerk",
            "county_officer",
            lambda w, by: items.decide_extension(
                w.known["asked"], granted=True, opinion="同意", by=by, at=w.at
            ),
            "延期申请须由申请人以外的人员审批。",
        )
    ],
    "item put right": [
        Pair("planned and worked", "clerk", "county_officer", verify, "您参与了该整改项的落实，不能验收。"),
        Pair("reported once", "head", "county_officer", verify, "您参与了该整改项的落实，不能验收。"),
    ],
    "recused": [
        Pair(
            "is recused",
            "province2",
            "",
            lambda w, by: recusals.lift(w.known["recusal"], reason="情况已经消除", by=by, at=w.at),
            "您已回避该案卷",
        ),
        Pair(
            "serves the community",
            "head",
            "province_officer",
            lambda w, by: recusals.lift(w.known["recusal"], reason="情况已经消除", by=by, at=w.at),
            "您自己与本案有利害关系",
        ),
        Pair(
            "is recused",
            "province2",
            "",
            lambda w, by: recusals.order(
                w.case, person=w.cast.county, reason="亲属在该社区任职", by=by, at=w.at
            ),
            "您已回避该案卷",
        ),
        Pair(
            "serves the community",
            "head",
            "province_officer",
            lambda w, by: recusals.order(
                w.case, person=w.cast.county, reason="亲属在该社区任职", by=by, at=w.at
            ),
            "您自己与本案有利害关系",
        ),
    ],
    "batch submitted": [
        Pair(
            "prepared",
            "province",
            "",
            lambda w, by: batches.approve(w.known["batch"], by=by, at=w.at),
            "批次由您拟制",
        ),
        Pair(
            "prepared",
            "province",
            "",
            lambda w, by: batches.send_back(w.known["batch"], reason="请补充。", by=by, at=w.at),
            "批次由您拟制",
        ),
    ],
    "calendar entered": [
        Pair(
            "entered",
            "sysadmin",
            "",
            lambda w, by: calendar.approve_notice(w.known["year"], by=by, at=w.at),
            "须由另一人核准",
        ),
    ],
}
