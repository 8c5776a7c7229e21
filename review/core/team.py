"""Who must sit in an assessment team: kinds of member, duties, size (R2-033, R2-051 to R2-054, practice 3.3).

The figures are policy data: the sources say what they say, and an office that decides otherwise changes them here.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from applications.core.faults import N_, Sentence

MANAGER, RESIDENT, EXPERT = "community_manager", "resident", "expert"
KINDS: dict[str, str] = {
    MANAGER: N_("社区管理人员"),
    RESIDENT: N_("居民代表"),
    EXPERT: N_("第三方专家"),
    "service_lead": N_("社区服务项目负责人"),
    "social_organisation": N_("社会组织负责人"),
    "consultant": N_("专业咨询顾问"),
}
REQUIRED_KINDS = (MANAGER, RESIDENT, EXPERT)  # R2-033: cannot start without each kind
SMALLEST = 3  # practice 3.3: an odd number, at least three
LEADERS, REVIEWERS = 1, 2  # R2-053; issue “The road”, lifecycle 4

LEADER, DOCUMENTS, SITE, SURVEYOR, REVIEWER = "leader", "documents", "site", "surveyor", "reviewer"
OBSERVER = "observer"
DUTIES: dict[str, str] = {
    LEADER: N_("组长"),
    REVIEWER: N_("评审员"),
    DOCUMENTS: N_("查阅资料"),
    SITE: N_("实地考察"),
    SURVEYOR: N_("问卷调查"),
}
DUTY_NAMES: dict[str, str] = {**DUTIES, OBSERVER: N_("列席")}
WORK = (DOCUMENTS, SITE, SURVEYOR)  # each needs at least one person, or its step would stand on nobody's desk

TOO_SMALL = N_("评估小组只有{count}人，至少须有{least}人，请增加成员。")
NO_LEADER = N_("尚未指定组长，请指定一人。")
MANY_LEADERS = N_("指定了{count}名组长（{names}），组长只能有一人，请改正。")
NOT_TWO_REVIEWERS = N_("评审员现为{count}人，须恰为{needed}人，请改正。")
LEADER_REVIEWS = N_("组长{name}不能兼任评审员，请另选一人。")
NOBODY_DOES = N_("“{duty}”尚无人负责，请至少安排一人。")
KIND_MISSING = N_("缺少“{kind}”，每个评估小组都须有这类成员，请补充。")
TWICE = N_("{name}重复列入，请只保留一次。")
NO_ELECTION = N_("居民代表{name}须写明产生方式（如业主委员会推选、社区议事会选举）。")
NO_ACCOUNT = N_("{name}没有系统账号，不能承担“{duty}”，只能列席。")
EVEN = N_("小组共{count}人，为偶数；建议为单数，便于形成多数意见。")
ONE_SIDED = N_("“{kind}”有{count}人，超过小组{total}人的半数，建议成员背景更加多元。")

UNDERTAKING = N_(
    "本人承诺：与被评社区不存在可能影响公正评估的利害关系；严格保守评估中知悉的工作秘密和个人信息；"
    "不收受被评社区及相关单位和个人的财物、宴请或者其他利益，独立、客观、公正履行职责。"
)


@dataclass(frozen=True)
class Seat:
    """A member as the rules see them; ``person`` tells accounts apart and is None for a member by name only."""

    name: str
    kind: str
    duties: frozenset[str]
    person: int | None = None
    elected: str = ""


def faults(seats: Iterable[Seat]) -> list[Sentence]:
    """Return what keeps a team from starting work, everything at once."""
    team = list(seats)
    found: list[Sentence] = []
    if len(team) < SMALLEST:
        found.append(Sentence(TOO_SMALL, {"count": len(team), "least": SMALLEST}))
    found += _repeated(team)
    kinds = {seat.kind for seat in team}
    found += [
        Sentence(KIND_MISSING, {"kind": Sentence(KINDS[kind])})
        for kind in REQUIRED_KINDS
        if kind not in kinds
    ]
    found += _duties(team)
    for seat in team:
        if seat.kind == RESIDENT and not seat.elected:
            found.append(Sentence(NO_ELECTION, {"name": seat.name}))
        if seat.person is None:
            found += [
                Sentence(NO_ACCOUNT, {"name": seat.name, "duty": Sentence(DUTIES[duty])})
                for duty in DUTIES
                if duty in seat.duties
            ]
    return found


def _repeated(team: list[Seat]) -> list[Sentence]:
    people = Counter(seat.person for seat in team if seat.person is not None)
    names = {seat.person: seat.name for seat in team}
    return [Sentence(TWICE, {"name": names[person]}) for person, count in people.items() if count > 1]


def _duties(team: list[Seat]) -> list[Sentence]:
    found = []
    leaders = [seat for seat in team if LEADER in seat.duties]
    if not leaders:
        found.append(Sentence(NO_LEADER))
    elif len(leaders) > LEADERS:
        names = "、".join(seat.name for seat in leaders)
        found.append(Sentence(MANY_LEADERS, {"count": len(leaders), "names": names}))
    reviewers = sum(REVIEWER in seat.duties for seat in team)
    if reviewers != REVIEWERS:
        found.append(Sentence(NOT_TWO_REVIEWERS, {"count": reviewers, "needed": REVIEWERS}))
    found += [Sentence(LEADER_REVIEWS, {"name": seat.name}) for seat in leaders if REVIEWER in seat.duties]
    for duty in WORK:
        if not any(duty in seat.duties for seat in team):
            found.append(Sentence(NOBODY_DOES, {"duty": Sentence(DUTIES[duty])}))
    return found


def draw(reviewers: Iterable[int], surveyors: Iterable[int], seed: str) -> dict[int, tuple[str, ...]]:
    """Return who is drawn for which duties; anybody with the seed and the same people draws the same again.

    At least three reviewers are needed: a leader and two who judge. Papers and site fall to those drawn next, where there
    are any, so that who judges has not confirmed the facts; else to the first who judges. Raises ``ValueError``.
    """

    def in_order(people: Iterable[int]) -> list[int]:
        return sorted(set(people), key=lambda person: sha256(f"{seed}:{person}".encode()).hexdigest())

    order = in_order(reviewers)
    if len(order) < LEADERS + REVIEWERS:
        raise ValueError(len(order))
    judging, rest = order[LEADERS : LEADERS + REVIEWERS], order[LEADERS + REVIEWERS :]
    documents = rest[0] if rest else judging[0]
    site = rest[1] if len(rest) > 1 else documents
    asking = (in_order(surveyors) or [site])[0]
    found: dict[int, tuple[str, ...]] = {}
    for person, duty in (
        *((person, LEADER) for person in order[:LEADERS]),
        *((person, REVIEWER) for person in judging),
        (documents, DOCUMENTS),
        (site, SITE),
        (asking, SURVEYOR),
    ):
        found[person] = (*found.get(person, ()), duty)
    return found


def vacancies(seats: Iterable[Seat]) -> list[str]:
    """Return the duties that nobody, or not the right number, holds: what a replacement has to fill."""
    team = list(seats)
    held = Counter(duty for seat in team for duty in seat.duties)
    open_duties = [LEADER] if held[LEADER] < LEADERS else []
    open_duties += [REVIEWER] if held[REVIEWER] < REVIEWERS else []
    return open_duties + [duty for duty in WORK if not held[duty]]


def remarks(seats: Iterable[Seat]) -> list[Sentence]:
    """Return what is advised, not demanded: an odd number, several backgrounds (R2-052)."""
    team = list(seats)
    found = [Sentence(EVEN, {"count": len(team)})] if team and len(team) % 2 == 0 else []
    for kind, count in Counter(seat.kind for seat in team).items():
        if count * 2 > len(team) and len(team) > 1:
            params = {"kind": Sentence(KINDS[kind]), "count": count, "total": len(team)}
            found.append(Sentence(ONE_SIDED, params))
    return found
