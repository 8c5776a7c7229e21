"""Load what every installation rests on; safe to run again."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from applications import clock
from applications.actions import basics, calendar


class Command(BaseCommand):
    """``manage.py basics``: region tree, calendar, standards; what is there already stays."""

    help = "装载区划、工作日历和评价标准；可重复执行。"

    def handle(self, *args: Any, **options: Any) -> None:
        """Load all three in one transaction and say how much was new."""
        with transaction.atomic():
            regions = basics.load_regions(basics.region_rows())
            years = basics.seed_calendar()
            if years:  # a newer version knows a notice that open terms were waiting for
                calendar.recompute(by=None, at=clock.now())
            standards = basics.register_standards(clock.now())
        self.stdout.write(f"区划新增{regions}个，日历新增{years}年，标准 {len(standards)} 部。")
