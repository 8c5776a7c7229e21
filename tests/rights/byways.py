"""What lies beside the road of a case: the offices, and turns that few cases take; each is taken back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from applications.actions import (
    account_imports,
    accounts,
    basics,
    batches,
    calendar,
    evidence,
    imports,
    mfa,
    sessions,
    standards,
    turnout,
)
from applications.actions.cases import enter
from applications.core import totp
from applications.models import (
    Authenticator,
    Case,
    Organisation,
    Recusal,
    SignIn,
    Todo,
)
from applications.sealed import unseal
from applications.signals import road as moved
from rectification.actions import items
from rectification.models import RectificationItem
from review.actions import (
    supplement,
    voting,
)
from review.models import FactCheck
from tests import papers
from tests.cast import Cast
from tests.rectification.sample import MANY, PLAN
from tests.review import drive, publishing
from tests.rights import complaints
from tests.rights.people import recuse

TEXT = "2027-01-01 至 2027-01-03 休 元旦\n2027-02-05 至 2027-02-11 休 春节\n2027-02-14 班"


class _Back(Exception):
    """Takes an aside back."""


@contextmanager
def aside() -> Iterator[None]:
    """Try what leads away from the road and take it back."""
    try:
        with transaction.atomic():
            yield
            raise _Back
    except _Back:
        pass


@dataclass
class Byways:
    """Walks with the cast beside the road; ``stop`` is called where the pages are looked at, with what addresses need to know."""

    cast: Cast
    stop: Callable[[str, dict[str, Any]], None]
    known: dict[str, Any] = field(default_factory=dict)
    case: Case = None  # type: ignore[assignment]

    @property
    def at(self) -> datetime:
        """The moment at which everything but waiting happens."""
        return self.cast.at

    def rest(self, name: str, **known: Any) -> None:
        """Stop, knowing more than before."""
        self.case.refresh_from_db()
        self.known.update(known)
        self.stop(name, {**self.known, "case": self.case.pk})

    def todo(self, node: str) -> Todo:
        """Return the open to-do of a step."""
        return Todo.objects.filter(case=self.case, node=node, state="open").latest("pk")

    def offices(self) -> None:
        """Accounts, sign-ins, batches, the calendar, the registers."""
        cast, at = self.cast, self.at
        office = Organisation.objects.get(name="公园街道办事处")
        place = {"organisation": office, "region": cast.regions["360102002"], "since": date(2026, 1, 1)}
        with aside():
            person = accounts.create(
                username="new.one", name="新人", email="", phone="", by=cast.sysadmin, at=at
            )
            held = accounts.appoint(person, role="street_officer", **place, by=cast.sysadmin, at=at)
            accounts.dismiss(held, by=cast.sysadmin, at=at)
            accounts.issue_password_link(person, by=cast.sysadmin, at=at)
            accounts.set_active(person, active=False, by=cast.sysadmin, at=at)
            days = {"starts_on": at.date(), "ends_on": at.date() + timedelta(days=3), "reason": "出差"}
            stand_in = accounts.arrange_stand_in(
                cast.county, substitute=cast.county2, **days, by=cast.county, at=at
            )
            accounts.end_stand_in(stand_in, by=cast.county, at=at)
            accounts.invite([person], by=cast.sysadmin, at=at)
            made = "登录名,姓名,角色,区划代码,单位名称\nnew.two,新人,街道经办人,360102002,公园街道办事处\n"
            account_imports.import_accounts("b.csv", made.encode(), by=cast.sysadmin, at=at)
            head = "社区代码,社区名称,街道代码,常住户数,常住人口\n360102003901,新社区,360102003,900,2100\n"
            imports.import_communities("a.csv", head.encode(), by=cast.county, at=at)
            text = (basics.STANDARDS / "db36-t-1609-2022.yaml").read_text(encoding="utf-8")
            standards.register(text, by=cast.province, at=at)
            turnout.remind(cast.batch, by=cast.county, at=at)
        with aside():
            row = calendar.enter_notice(
                2027, notice_no="国办发明电〔2026〕9号", text=TEXT, by=cast.sysadmin2, at=at
            )
            calendar.approve_notice(row, by=cast.sysadmin, at=at)
        with aside():
            self.sign_ins()
        with aside():
            complaints.walk(cast, at, self.stop)
        self.batch()

    def sign_ins(self) -> None:
        """The second factor and the sessions of a county officer."""
        cast, at = self.cast, self.at
        mfa.prepare(by=cast.county, at=at)
        code = totp.totp(unseal(Authenticator.objects.get(user=cast.county).secret), at.timestamp())
        codes = mfa.confirm(code=code, by=cast.county, at=at)
        mfa.check(cast.county, code=codes[0], by=cast.county, at=at)
        mfa.reset(cast.county, by=cast.sysadmin, at=at)
        rows = [
            sessions.begin(cast.county, session_key=key, device="d", address=None, at=at)
            for key in ("a", "b")
        ]
        sessions.end_one(rows[0].pk, by=cast.county, at=at)
        sessions.end_others(rows[1].pk, by=cast.county, at=at)
        assert SignIn.objects.filter(pk=rows[1].pk, ended_at__isnull=True).exists()

    def batch(self) -> None:
        """A draft of a batch, sent back and approved by another."""
        cast, at = self.cast, self.at
        draft = batches.Draft(
            name="2027年度幸福社区评定",
            year=2027,
            organiser=Organisation.objects.get(name="江西省民政厅"),
            basis_kind="business",
            basis="业务性质的等级评定",
            purpose="以评促建",
            explanation="不收取任何费用。",
            scope=cast.regions["36"],
            opens_on=date(2027, 1, 4),
            closes_on=date(2027, 3, 31),
            reference_date=date(2026, 12, 31),
            standard=cast.standard,
            publish_indicators=False,
            policy={},
            budgets={},
        )
        batch = batches.prepare(draft, by=cast.province, at=at)
        batches.edit(batch, draft, by=cast.province, at=at)
        batches.submit(batch, by=cast.province, at=at)
        with aside():
            batches.send_back(batch, reason="请补充解读。", by=cast.province2, at=at)
        with aside():
            batches.approve(batch, by=cast.province2, at=at)
            batches.extend(batch, closes_on=date(2027, 4, 30), reason="汛情", by=cast.province2, at=at)
        self.known["batch"] = batch.pk

    def not_scorable(self) -> None:
        """A case whose facts do not hold: the county mends them and has it scored."""
        cast, at = self.cast, self.at
        facts = {"survey": {**drive.SHEET["facts"]["survey"], "distributed": 480}}
        self.case = case = drive.case_in_review(cast, facts=facts)
        recuse(cast, case)
        drive.review(cast, case)
        self.rest("supplementing")
        said = {"key": "households", "value": "1860", "reason": "以户籍台账为准", "proof": None}
        supplement.supplement(case, **said, by=cast.county, at=at)
        row = FactCheck.objects.get(case=case, key="survey")
        row.value = drive.SHEET["facts"]["survey"]
        row.save()
        supplement.resume(case, by=cast.county, at=at)

    def too_few_votes(self) -> None:
        """A case on which too few may vote, until the province finds more."""
        cast, at = self.cast, self.at
        self.case = case = drive.case_in_review(cast)
        recuse(cast, case)
        for name in ("member", "member2"):
            Recusal.objects.create(case=case, user=cast[name], reason="任职关系", at=at)
        drive.review(cast, case)
        Recusal.objects.filter(case=case, user__in=[cast.member, cast.member2]).delete()
        self.rest("convening")
        voting.convene(case, by=cast.province, at=at)

    def without_star(self) -> None:
        """A case without a star, everything put right: the county decides on another round."""
        cast, at, place = self.cast, self.at, self.cast.community
        content = {"number": "XP2026-0", "community": place, "batch": cast.batch, "path": place.path}
        self.case = case = Case.objects.create(**content, applied_star=4, opened_at=at)
        recuse(cast, case)
        for stage in Case.STAGES[1:5]:
            enter(case, stage, by=None, at=at)
        sheet = publishing.sheet(awards=[], not_met=MANY)
        case.star = publishing.score(case, sheet, at).star
        enter(case, "rectification", by=None, at=at)
        moved.send(sender=Case, case=case, by=None, at=at)
        for item in RectificationItem.objects.filter(case=case):
            items.plan(item, content=PLAN, by=cast.clerk, at=at)
            items.confirm(item, days=30, by=cast.county, at=at)
            items.apply(item, text="已完成", evidence=[self.proof()], by=cast.clerk, at=at)
            items.verify(
                item, outcome="close", method="site", opinion="属实", days=15, by=cast.county2, at=at
            )
        self.rest("deciding on another round")
        items.decide_round(case, again=True, reason="整改完成", by=cast.county, at=at)

    def proof(self) -> Any:
        """Return a photo of what was put right."""
        photo = papers.upload("整改.jpg", papers.picture())
        return evidence.store(
            self.case, photo, indicators=[], stage="rectification", by=self.cast.clerk, at=self.at
        )
