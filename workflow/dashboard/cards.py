"""The figures of a dashboard with their tables, in words."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.core.cache import cache
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.core.canonical import decimal_text
from applications.models import Batch, Case
from applications.permissions import ties
from applications.queries.standards import standard_of
from applications.words import data_words, grade_words
from workflow.charts import figures, tilemap
from workflow.charts.figures import Column, Table, share
from workflow.dashboard import plan, reads
from workflow.dashboard.asked import BELOW, LENGTHS, Asked
from workflow.dashboard.reads import Standing

MOST_OFFICES = 30  # rows of the table; the rest is one row
MANY = 300  # decided cases whose lines are not counted anew for each reader
WEAK_KEPT = 300  # seconds
MOST = 10  # bars of a figure; its table has all rows
LOOKS = (
    "s5",
    "s4",
    "s3",
)  # of the levels of the star table from the highest down; the others look like the third
NO_LOOK = "s0"


def below_words(level: str) -> str:
    """Return what the divisions below a region are called."""
    names = {
        "province": _("设区市"),
        "city": _("县（市、区）"),
        "county": _("街道"),
        "street": _("社区"),
    }
    return names[level]


@dataclass
class Dashboard:
    """The figures of what was asked for; each is computed once, when a page or a spreadsheet wants it."""

    asked: Asked
    batch: Batch

    @property
    def today(self) -> date:
        """The day on which the figures stand."""
        return self.asked.today

    @property
    def depth(self) -> int:
        """The length of the paths that cases are counted by; of the province by county, for the map."""
        level = self.asked.region.level
        return LENGTHS["county"] if level == "province" else LENGTHS[BELOW[level]]

    @cached_property
    def places(self) -> list[Any]:
        """The divisions below the region shown, in the order of their codes."""
        return reads.places_below(self.asked.region, self.depth)

    @cached_property
    def standings(self) -> dict[str, Standing]:
        """How the cases stand by division; of the province by city and by county."""
        found = reads.by_place(self.asked.cases, self.depth)
        for path, here in list(found.items()):
            if self.asked.region.level == "province":
                found.setdefault(path[: LENGTHS["city"]], Standing()).add(here)
        return found

    @cached_property
    def whole(self) -> Standing:
        """How all cases stand."""
        total = Standing()
        for path, here in self.standings.items():
            if len(path) == self.depth:
                total.add(here)
        return total

    @cached_property
    def late(self) -> list[reads.Overdue]:
        """The offices that are late."""
        return reads.overdue(self.asked.user, self.asked.cases, self.today)

    @cached_property
    def progress(self) -> figures.Progress:
        """What has been done, against the batch's plan."""
        marks, done = plan.milestones(self.batch), reads.passed(self.asked.cases)
        running = self.whole.cases - sum(self.whole.by_state[state] for state in reads.ENDED_EARLY)
        columns = [
            Column(_("阶段"), 16),
            Column(_("计划完成日"), 14),
            Column(_("应完成（件）")),
            Column(_("已完成（件）")),
            Column(_("完成率（%）")),
            Column(_("与计划相比"), 18, number=False),
        ]
        rows: list[list[figures.Cell]] = [
            [
                str(mark.label),
                mark.ends,
                running,
                done[mark.stage].total,
                share(done[mark.stage].total, running),
                _standing(mark, done[mark.stage].total, running, self.today),
            ]
            for mark in marks
        ]
        table = Table(_("各阶段完成情况"), columns, rows)
        line = _line(done, running * len(marks), self.batch.opens_on, self.today)
        now, ought = (line[-1][1] if line else 0), plan.planned(marks, self.today)
        words = _("实际 %(now)d%%") % {"now": round(now)}
        return figures.progress(
            _("总体进度与计划（%）"),
            _(
                "截至%(day)s，本批次全部案卷的各阶段已完成%(now)d%%；按批次起止日期和各环节时限推算，应完成%(ought)d%%。"
            )
            % {"day": date_format(self.today, "DATE_FORMAT"), "now": round(now), "ought": round(ought)},
            table,
            plan=[(self.batch.opens_on, 0.0), *((m.ends, plan.planned(marks, m.ends)) for m in marks)],
            done=line,
            words=words,
            ticks=_ticks(self.batch.opens_on, marks[-1].ends),
        )

    @cached_property
    def stages(self) -> figures.Bars:
        """How many cases stand in each stage, or came to which end."""
        counted = [(state.label, self.whole.by_state[state.value]) for state in Case.State]
        columns = [Column(_("阶段"), 16), Column(_("案卷（件）")), Column(_("占比（%）"))]
        rows: list[list[figures.Cell]] = [
            [str(label), number, share(number, self.whole.cases)] for label, number in counted
        ]
        foot: list[figures.Cell] = [_("合计"), self.whole.cases, 100 if self.whole.cases else 0]
        table = Table(_("各阶段案卷"), columns, rows, foot=foot)
        sentence = ngettext("共%(n)d件案卷。", "共%(n)d件案卷。", self.whole.cases) % {"n": self.whole.cases}
        shown = [(str(label), str(number), number) for label, number in counted]
        return figures.bars(_("各阶段案卷"), sentence, table, shown)

    @cached_property
    def offices(self) -> figures.Bars:
        """Which offices are late with what waits there."""
        names = reads.names_of(row.office for row in self.late[:MOST_OFFICES])
        fixed = {reads.COMMITTEE: _("评定委员会"), reads.AGENCY: _("第三方机构")}
        columns = [
            Column(_("单位"), 26),
            Column(_("超期待办（项）"), 14),
            Column(_("全部待办（项）"), 14),
            Column(_("最早期限"), 14),
        ]
        most, rest = self.late[:MOST_OFFICES], self.late[MOST_OFFICES:]
        rows: list[list[figures.Cell]] = [
            [
                fixed.get(row.office) or names.get(row.office) or _("未设单位"),
                row.late,
                row.waiting,
                row.oldest,
            ]
            for row in most
        ]
        if rest:
            label = _("其余%(n)d个单位") % {"n": len(rest)}
            oldest = min(row.oldest for row in rest if row.oldest)
            rows.append([label, sum(r.late for r in rest), sum(r.waiting for r in rest), oldest])
        late = sum(row.late for row in self.late)
        table = Table(_("各单位超期待办"), columns, rows)
        sentence = ngettext(
            "%(offices)d个单位共有%(late)d项待办超期。",
            "%(offices)d个单位共有%(late)d项待办超期。",
            len(self.late),
        ) % {"offices": len(self.late), "late": late}
        shown = [(str(row[0]), str(row[1]), float(row[1])) for row in rows[:MOST]]  # type: ignore[arg-type]
        made = figures.bars(_("各单位超期待办"), sentence, table, shown, look="c4")
        return made

    @cached_property
    def levels(self) -> dict[int, str]:
        """The levels of the batch's standard from the highest down, each with its name; without a star comes last."""
        standard = standard_of(self.batch.standard)
        return {row.stars: grade_words(standard, row.stars) for row in (*standard.stars, standard.below)}

    @cached_property
    def stars(self) -> figures.Bars:
        """Which stars the decided cases of each division have."""
        length = LENGTHS[BELOW[self.asked.region.level]]
        places = [place for place in self.places if len(place.path) == length]
        table = self._star_table(_("各地区星级"), below_words(self.asked.region.level), places)
        counted = [(place, self.standings.get(place.path, Standing())) for place in places]
        shown = [
            (
                place.name,
                _("%(stars)d / %(n)d") % {"stars": here.starred, "n": here.decided},
                [here.by_star[star] for star in self.levels],
            )
            for place, here in counted
            if here.decided
        ]
        sentence = _("已评定%(n)d件，其中%(stars)d件有星级（%(share)d%%）。") % {
            "n": self.whole.decided,
            "stars": self.whole.starred,
            "share": share(self.whole.starred, self.whole.decided),
        }
        looks = [LOOKS[min(place, len(LOOKS) - 1)] for place in range(len(self.levels) - 1)]
        legend = list(zip([*looks, NO_LOOK], self.levels.values(), strict=True))
        return figures.stacked(_("各地区星级"), sentence, table, shown, legend)

    def _star_table(self, title: str, head: str, places: list[Any]) -> Table:
        columns = [
            Column(head, 18),
            Column(_("案卷（件）")),
            Column(_("已评定（件）")),
            *(Column(name) for name in self.levels.values()),
            Column(_("有星级占比（%）"), 14),
        ]
        rows, links = [], []
        for place in places:
            here = self.standings.get(place.path, Standing())
            rows.append([place.name, *_star_cells(here, self.levels)])
            links.append(self.asked.address(region=place.code) if place.level in BELOW else "")
        return Table(title, columns, rows, links, foot=[_("合计"), *_star_cells(self.whole, self.levels)])

    def _weak(self) -> list[reads.Weak]:
        """The weak indicators; of a whole county or more they are read every few minutes only.

        They rest on every line of every rating. What is kept is the same for all who see the whole region; whoever is
        recused from a case or judges one counts anew.
        """
        asked, tied = self.asked, ties(self.asked.user)
        if self.whole.decided < MANY or tied.recused or tied.assigned:
            return reads.weak(asked.user, asked.cases)
        key = f"weak:{self.batch.pk}:{asked.region.path}:{asked.period[0]}:{asked.period[1]}:{self.whole.decided}"
        kept: list[reads.Weak] | None = cache.get(key)
        if kept is None:
            kept = reads.weak(asked.user, asked.cases)
            cache.set(key, kept, WEAK_KEPT)
        return kept

    @cached_property
    def weak(self) -> figures.Bars:
        """The indicators that most often lost points."""
        found = self._weak()
        standard = standard_of(self.batch.standard)
        columns = [
            Column(_("指标"), 40),
            Column(_("失分案卷（件）"), 14),
            Column(_("已评定（件）"), 12),
            Column(_("失分占比（%）"), 14),
            Column(_("平均得分"), 10),
            Column(_("分值"), 8),
        ]
        rows: list[list[figures.Cell]] = [
            [
                f"{row.indicator} {data_words(standard.indicators[row.indicator].short)}",
                row.lost,
                row.cases,
                share(row.lost, row.cases),
                round(float(row.mean), 2),
                decimal_text(standard.indicators[row.indicator].max_points),
            ]
            for row in found
        ]
        rated = max((row.cases for row in found), default=0)
        sentence = _("%(cases)d件已评定案卷中，%(n)d项指标有失分。") % {"cases": rated, "n": len(found)}
        shown = [(_cut(str(row[0])), f"{row[3]}%", float(row[3])) for row in rows[:MOST]]  # type: ignore[arg-type]
        table = Table(_("薄弱指标"), columns, rows)
        return figures.bars(_("薄弱指标（失分案卷占比）"), sentence, table, shown, look="c2")

    @cached_property
    def map(self) -> tilemap.Map:
        """The province by county."""
        counties = [place for place in self.places if len(place.path) == LENGTHS["county"]]
        columns = [
            Column(_("县（市、区）"), 18),
            Column(_("设区市"), 14, number=False),
            Column(_("已评定（件）")),
            Column(_("有星级（件）")),
            Column(_("有星级占比（%）"), 14),
        ]
        cities = {place.path: place.name for place in self.places}
        rows: list[list[figures.Cell]] = []
        for place in counties:
            here = self.standings.get(place.path, Standing())
            city = cities.get(place.path[: LENGTHS["city"]])
            rows.append([place.name, city, here.decided, here.starred, _starred_share(here)])
        table = Table(_("各县（市、区）有星级占比"), columns, rows)
        sentence = _("每格一个县（市、区），数字为已评定案卷中有星级的占比；没有已评定案卷的不着色。")
        return tilemap.drawn(table.title, sentence, table, [self._tile(place) for place in self.places])

    def _tile(self, place: Any) -> tilemap.Value:
        here = self.standings.get(place.path, Standing())
        address = self.asked.address(region=place.code)
        return tilemap.Value(place.code, place.name, _starred_share(here), address)

    @property
    def tables(self) -> list[Table]:
        """The tables in the order of the page: what the spreadsheet holds."""
        if self.asked.view == "map":
            return [self.map.table]
        shown = (self.progress, self.stages, self.stars, self.offices, self.weak)
        return [figure.table for figure in shown]


def _star_cells(here: Standing, levels: Iterable[int]) -> list[figures.Cell]:
    stars = [here.by_star[star] for star in levels]
    return [here.cases, here.decided, *stars, _starred_share(here)]


def _starred_share(here: Standing) -> int | None:
    """Return how many percent of the decided cases have a star; None where none is decided."""
    return share(here.starred, here.decided) if here.decided else None


def _standing(mark: plan.Milestone, done: int, running: int, today: date) -> str:
    if running and done >= running:
        return _("已全部完成")
    if today > mark.ends:
        return _("已过计划日")
    return _("计划内") if today >= mark.begins else _("尚未开始")


def _line(done: dict[str, reads.Passed], whole: int, first: date, today: date) -> list[tuple[date, float]]:
    """Return what was done by each day on which something was, and today, in percent."""
    by_day: Counter[date] = Counter()
    for row in done.values():
        by_day.update(row.by_day)
    sum_, points = 0, [(min([first, *by_day]), 0.0)]
    for day in sorted(by_day):
        sum_ += by_day[day]
        points.append((day, sum_ * 100 / whole if whole else 0.0))
    if today > points[-1][0]:
        points.append((today, points[-1][1]))
    return points


def _ticks(first: date, last: date) -> list[tuple[date, str]]:
    middle = first + timedelta(days=(last - first).days // 2)
    return [(day, date_format(day, _("Y年n月"))) for day in (first, middle, last)]


def _cut(text: str, most: int = 22) -> str:
    return text if len(text) <= most else f"{text[:most]}…"
