"""The 24 stories of the demo: each names a quality and how far it has come; chapters run in order until the last one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from applications.actions import intake, withdrawal
from applications.models import Case
from workflow.demo import application, assessment, collection, mending, publishing
from workflow.demo.people import Troupe
from workflow.demo.sheets import MISSED, OPINIONS, papers_of

DAY = timedelta(days=1)
LEVELS = ("street", "county", "city", "province")


@dataclass(frozen=True)
class Story:
    """A community's story: its quality and the chapter it has reached."""

    quality: str
    chapter: str


STORIES = (
    Story("four", "filling"),
    Story("five", "street"),
    Story("three", "returned"),
    Story("four", "county"),
    Story("five", "city"),
    Story("three", "province"),
    Story("none", "declined"),
    Story("none", "withdrawn"),
    Story("four", "team"),
    Story("five", "declaring"),
    Story("three", "plan"),
    Story("four", "collecting"),
    Story("five", "surveying"),
    Story("four", "judging"),
    Story("three", "settling"),
    Story("five", "voting"),
    Story("four", "preparing"),
    Story("five", "notice"),
    Story("four", "objection"),
    Story("five", "closed"),
    Story("four", "mending"),
    Story("none", "no_star"),
    Story("none", "next_round"),
    Story("three", "mended"),
)
# how many days before today each story began: its length and a few days more, so that what waits is due about today
AGE = {
    "filling": 6,
    "street": 9,
    "returned": 12,
    "county": 13,
    "city": 18,
    "province": 13,
    "declined": 16,
    "withdrawn": 12,
    "team": 15,
    "declaring": 19,
    "plan": 20,
    "collecting": 24,
    "surveying": 45,
    "judging": 40,
    "settling": 44,
    "voting": 43,
    "preparing": 46,
    "notice": 45,
    "objection": 47,
    "closed": 110,
    "mending": 66,
    "no_star": 50,
    "next_round": 64,
    "mended": 130,
}


class Teller:
    """Tells one community's story with the actions that people use."""

    def __init__(self, troupe: Troupe, story: Story, today: datetime) -> None:
        self.troupe, self.story = troupe, story
        self.papers = papers_of(troupe.place, story.quality)
        self.missed = MISSED[story.quality]
        self.day = today - AGE[story.chapter] * DAY
        self.case: Case

    def after(self, days: int) -> datetime:
        """Let days pass and return the moment."""
        self.day += days * DAY
        return self.day

    def tell(self) -> Case:
        """Tell the chapters in order up to the story's last."""
        star = {"five": 5, "four": 4}.get(self.story.quality, 3)
        self.case = application.opened(self.troupe, self.day, star)
        for chapter in (self.apply, self.check, self.prepare, self.collect, self.assess, self.publish):
            if not chapter(self.story.chapter):
                break
        else:
            self.mend(self.story.chapter)
        self.case.refresh_from_db()
        return self.case

    def apply(self, last: str) -> bool:
        """Fill in and submit; return whether the story goes on."""
        part = 0.55 if last == "filling" else 1.0
        application.filled(self.troupe, self.case, self.papers, self.after(1), part=part)
        if last == "filling":
            return False
        application.submitted(self.troupe, self.case, self.after(4))
        return True

    def check(self, last: str) -> bool:
        """Bring the application as far up as the story goes."""
        troupe, case = self.troupe, self.case
        if last == "returned":
            application.returned(troupe, case, self.after(2))
        elif last == "declined":
            application.passed(troupe, case, self.after(2), ("street",))
            intake.decline(case, opinion="申报材料经核查不实，不予受理。", by=troupe.county, at=self.after(3))
        elif last == "withdrawn":
            withdrawal.abandon(
                case, reason="社区办公用房改造，下一年度再申报。", by=troupe.head, at=self.after(3)
            )
        else:
            stop = LEVELS.index(last) if last in LEVELS else len(LEVELS)
            application.passed(troupe, case, self.after(2), LEVELS[:stop])
            self.after(stop)
            return stop == len(LEVELS)
        return False

    def prepare(self, last: str) -> bool:
        """Team, declarations, plan, residents told."""
        troupe, case = self.troupe, self.case
        if last == "team":
            return False
        collection.team_formed(troupe, case, self.after(2))
        if last == "declaring":
            collection.declared(troupe, case, self.after(1), ("leader", "reviewer"))
            return False
        collection.declared(troupe, case, self.after(1))
        collection.planned(troupe, case, self.after(2))
        if last == "plan":
            return False
        collection.told(troupe, case, self.after(2))
        return True

    def collect(self, last: str) -> bool:
        """Facts, site, survey and services."""
        troupe, case, opinions = self.troupe, self.case, OPINIONS[self.story.quality]
        if last == "collecting":
            return False
        collection.streams_done(troupe, case, self.after(5))
        if last == "surveying":
            collection.asked(troupe, case, self.after(2), opinions, share=38)
            return False
        collection.asked(troupe, case, self.after(2), opinions)
        collection.survey_closed(troupe, case, self.after(5))
        collection.services_kept(troupe, case, self.after(1))
        return True

    def assess(self, last: str) -> bool:
        """Two judgements, settlement, opinion, score and vote."""
        troupe, case = self.troupe, self.case
        assessment.awards_confirmed(troupe, case, self.day)
        assessment.judged(case, troupe.reviewer, self.after(3), self.missed, finding=True)
        if last == "judging":
            return False
        apart = ("6.4.c", "4.2.a") if last in {"settling", "voting", "closed", "mended"} else ()
        assessment.judged(case, troupe.reviewer2, self.after(1), {*self.missed, *apart})
        if last == "settling":
            return False
        if apart:
            assessment.settled(troupe, case, self.after(1), apart)
        assessment.concluded(troupe, case, self.after(2))
        if last == "voting":
            assessment.voted(troupe, case, self.after(1), ("member",))
            return False
        assessment.voted(troupe, case, self.after(3))
        case.refresh_from_db()
        return True

    def publish(self, last: str) -> bool:
        """The notice and the announcement; without a star there is neither."""
        troupe, case = self.troupe, self.case
        if not case.star:
            return True
        publishing.confirmed(troupe, case, self.after(1))
        if last == "preparing":
            return False
        publishing.prepared(troupe, case, self.after(1))
        row = publishing.noticed(troupe, case, self.after(1))
        if last == "objection":
            publishing.objected(row, self.after(1))
        if last in {"notice", "objection"}:
            return False
        publishing.announced(troupe, case, self.after(9))
        return True

    def mend(self, last: str) -> None:
        """Put right what fell short, as far as the story goes."""
        troupe, case = self.troupe, self.case
        case.refresh_from_db()
        at = self.after(2)
        stages: list[Callable[..., None]] = [
            mending.closed,
            mending.applied,
            mending.working,
            mending.planned,
        ]
        for number, item in enumerate(mending.open_items(case)):
            if last in {"closed", "mended", "next_round"}:
                mending.closed(troupe, item, at)
            elif number < 4:
                stages[number](troupe, item, at)
        if last == "next_round":
            mending.next_round(troupe, case, at + 18 * DAY)
