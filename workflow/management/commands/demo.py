"""The demo province."""

from argparse import ArgumentParser
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Prefetch

from applications import clock
from applications.actions import basics, batches
from applications.models import Batch, Case, Membership, Organisation, Region, Standard, User
from workflow.demo import complaining
from workflow.demo.people import Casting
from workflow.demo.places import places
from workflow.demo.stories import STORIES, Teller

EARLIEST = timedelta(days=140)


class Command(BaseCommand):
    """``manage.py demo [--people]``: 24 invented communities at every stage, by the actions people use.

    Deterministic for a given day. Only in demo mode: its people sign in by one click.
    """

    help = "建立演示省份（仅限演示模式）。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the list of people."""
        parser.add_argument("--people", action="store_true", help="只列出演示人员及其角色。")

    def handle(self, *args: Any, **options: Any) -> None:
        """Build the province, or print its people."""
        if options["people"]:
            self.tell_people()
            return
        if not settings.DEMO:
            raise CommandError("演示数据只能在演示模式下建立：请设置 DEMO=1。")
        if User.objects.exists():
            raise CommandError("数据库不是空的。要重新建立演示省份，请运行 make demo。")
        self.build()

    def build(self) -> None:
        """Build everything, a community a transaction, and show how far it is."""
        today = datetime.combine(clock.today(), time(9), tzinfo=clock.LOCAL)
        begun = today - EARLIEST
        with transaction.atomic():
            basics.load_regions(basics.region_rows())
            basics.seed_calendar()
            standard = basics.register_standards(begun)[0]
            casting = Casting(begun)
            batch = self.batch(casting, standard, begun)
        listed = places()
        for number, (place, story) in enumerate(zip(listed, STORIES, strict=True), start=1):
            with transaction.atomic():
                troupe = casting.troupe(place, batch)
                Teller(troupe, story, today).tell()
                complaining.tell(troupe, number, today)
            self.stdout.write(f"\r演示省份：{number}/{len(listed)}个社区", ending="")
            self.stdout.flush()
        self.stdout.write(f"\r演示省份已建立：{len(listed)}个社区，{Case.objects.count()}个案卷。")

    def batch(self, casting: Casting, standard: Standard, at: datetime) -> Batch:
        """Prepare and approve the demo's batch by two officers."""
        draft = batches.Draft(
            name=f"{at.year}年度幸福社区星级评定（演示）",
            year=at.year,
            organiser=Organisation.objects.get(name="江西省民政厅"),
            basis_kind=Batch.Basis.BUSINESS,
            basis="业务性质的等级评定，依据DB36/T 1609-2022（演示）",
            purpose="以评促建，推动城市社区提档升级。结果用于公布星级、指导整改。",
            explanation="凡本省城市社区均可自愿申报；填报一次，各级共用；全程不收取任何费用。",
            scope=Region.objects.get(level="province"),
            opens_on=clock.day_of(at),
            closes_on=clock.day_of(at) + timedelta(days=365),
            reference_date=date(at.year, 1, 1) - timedelta(days=1),
            standard=standard,
            publish_indicators=False,
            policy={},
            budgets={},
        )
        first, second = casting.province["province"], casting.province["province2"]
        batch = batches.prepare(draft, by=first, at=at)
        batches.submit(batch, by=first, at=at)
        batches.approve(batch, by=second, at=at)
        return Batch.objects.select_related("standard").get(pk=batch.pk)

    def tell_people(self) -> None:
        """Print who may sign in, with their roles; of the 24 communities only the first three."""
        roles = Membership.objects.filter(active=True).select_related("organisation")
        people = (
            User.objects.filter(is_demo=True).prefetch_related(Prefetch("memberships", roles)).order_by("pk")
        )
        shown = 0
        for person in people:
            own = list(person.memberships.all())
            if own and own[0].role.startswith("community_"):
                shown += 1
                if shown > 6:
                    continue
            titles = "、".join(f"{row.organisation} {row.get_role_display()}" for row in own)
            self.stdout.write(f"  {person.username:<24}{person.name}  {titles}")
        if shown > 6:
            self.stdout.write(f"  ……另有 {shown - 6} 名社区人员，登录页可一键选择。")
