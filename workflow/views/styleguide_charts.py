"""The samples of the style guide's page of figures: each component in its states, from no data and no account."""

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from applications.words import term_words
from workflow import process
from workflow.charts import figures, flowlayout, tilemap
from workflow.charts.figures import Cell, Column, Table
from workflow.charts.flowgraph import Edge, Graph, Node

DAYS = [date(2026, 9, 1), date(2026, 10, 10), date(2026, 11, 21), date(2026, 12, 31)]


def samples() -> dict[str, Any]:
    """Return one figure of every kind, with an empty and a crowded one."""
    return {
        "progress": _progress(),
        "bars": _bars(),
        "none": _none(),
        "stacked": _stacked(),
        "map": _map(),
        "flow": _flow(),
    }


def _progress() -> figures.Progress:
    points = [(DAYS[0], 0.0), (DAYS[1], 38.0), (DAYS[2], 73.0)]
    rows: list[list[Cell]] = [[day, round(done)] for day, done in points]
    table = Table(_("总体进度与计划（%）"), [Column(_("日期"), number=False), Column(_("完成率（%）"))], rows)
    return figures.progress(
        table.title,
        _("实际完成73%，计划完成76%。"),
        table,
        plan=[(DAYS[0], 0.0), (DAYS[1], 30.0), (DAYS[2], 76.0), (DAYS[3], 100.0)],
        done=points,
        words=_("实际 %(now)d%%") % {"now": 73},
        ticks=[(day, date_format(day, "MONTH_DAY_FORMAT")) for day in (DAYS[0], DAYS[1], DAYS[3])],
    )


def _bars() -> figures.Bars:
    named = [(_("申报审核"), 271), (_("数据采集"), 187), (_("第三方评审"), 64), (_("公示公告"), 0)]
    rows: list[list[Cell]] = [[label, number] for label, number in named]
    table = Table(_("各阶段案卷"), [Column(_("阶段")), Column(_("案卷（件）"))], rows, foot=[_("合计"), 522])
    return figures.bars(
        table.title, _("共522件案卷。"), table, [(label, str(number), number) for label, number in named]
    )


def _none() -> figures.Bars:
    table = Table(
        _("各单位超期待办"), [Column(_("单位")), Column(_("超期待办（项）"))], [["临江区民政局", 0]]
    )
    return figures.bars(table.title, _("没有超期的待办"), table, [("临江区民政局", "0", 0)], look="c4")


def _stacked() -> figures.Bars:
    counted = {"临江区": [6, 9, 4, 2], "玉泉区": [1, 0, 3, 12], "高新区": [0, 0, 0, 0]}
    looks = [
        ("s5", _("五星级")),
        ("s4", _("四星级")),
        ("s3", _("三星级")),
        ("s0", _("不定星级")),
    ]
    columns = [Column(_("县（市、区）")), *(Column(words) for _look, words in looks)]
    table = Table(_("各地区星级"), columns, [[name, *numbers] for name, numbers in counted.items()])
    shown = [(name, f"{sum(numbers[:3])} / {sum(numbers)}", numbers) for name, numbers in counted.items()]
    return figures.stacked(table.title, _("已评定37件，其中23件有星级（62%）。"), table, shown, looks)


def _flow() -> flowlayout.Drawing:
    nodes = [
        Node("fill", "step", _("填报并提交申报"), term_words(30, "working")),
        Node("split", "split", _("以下各项同时进行")),
        Node("read", "step", _("查阅资料并核实事实")),
        Node("visit", "step", _("实地考察")),
        Node("join", "join", _("全部完成后继续")),
        Node("score", "automatic", _("按标准自动计分"), _("系统自动完成")),
        Node("notice", "wait", _("公示期"), term_words(7, "notice")),
        Node("end", "end", _("结束")),
        Node("declined", "end", _("不予受理")),
    ]
    ways = [("fill", "split", ""), ("fill", "declined", _("不予受理")), ("split", "read", "")]
    ways += [("split", "visit", ""), ("read", "join", ""), ("visit", "join", ""), ("join", "score", "")]
    ways += [("score", "notice", ""), ("notice", "end", ""), ("notice", "fill", _("退回"))]
    graph = Graph(_("全程"), nodes, [Edge(*way) for way in ways])
    looks = ["done", "done", "done", "now", "next", "next", "next", "next", "skipped"]
    states = {node.key: process.state(look) for node, look in zip(nodes, looks, strict=True)}
    return flowlayout.drawn(graph, states, process.sentence(graph))


def _map() -> tilemap.Map:
    shares = {code: min(place * 4, 100) for place, code in enumerate(sorted(tilemap.places())[::4])}
    values = [
        tilemap.Value(code, code[-2:], shares.get(code), "#map" if code in shares else "")
        for code in tilemap.places()
    ]
    rows: list[list[Cell]] = [[code, number] for code, number in shares.items()]
    columns = [Column(_("区划代码")), Column(_("有星级占比（%）"))]
    table = Table(_("各县（市、区）有星级占比"), columns, rows)
    return tilemap.drawn(table.title, _("每格一个县（市、区），数字为占比。"), table, values)
