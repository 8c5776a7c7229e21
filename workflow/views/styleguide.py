"""The style guide: every component in every state, and one example of every kind of page.

It is what the browser tests look at, so it depends on no data and on no account.
"""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow.views.styleguide_charts import samples

PAGES = ("components", "list", "case", "form", "phone", "ledger", "public", "survey", "charts")
BANDS = [(0, 0), (3, 80), (4, 86), (5, 92)]
DAY = date(2026, 11, 23)
SAMPLE = {
    "community": "翠湖社区",
    "street": "临江区滨河街道",
    "leader": "陈思远",
    "reviewers": "林若彤、赵启明",
    "contact": "周桂兰 138****6021",
}


class FacilityForm(forms.Form):
    """An example form with one field of every kind."""

    name = forms.CharField(
        label=gettext_lazy("设施名称"), help_text=gettext_lazy("按挂牌名称填写。"), max_length=40
    )
    area = forms.DecimalField(
        label=gettext_lazy("服务大厅面积（平方米）"),
        help_text=gettext_lazy("按房产证或实测面积填写，不含楼梯和走廊。"),
        min_value=0,
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "decimal"}),
    )
    canteen = forms.ChoiceField(
        label=gettext_lazy("是否开办社区食堂或助餐点"),
        choices=[
            ("open", gettext_lazy("已开办")),
            ("soon", gettext_lazy("正在筹办")),
            ("no", gettext_lazy("未开办")),
        ],
        widget=forms.RadioSelect,
    )
    services = forms.MultipleChoiceField(
        label=gettext_lazy("提供的服务"),
        choices=[
            ("old", gettext_lazy("养老服务")),
            ("child", gettext_lazy("儿童托管")),
            ("health", gettext_lazy("健康咨询")),
        ],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "columns"}),
        required=False,
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("设施类别"),
        choices=[("", gettext_lazy("请选择")), ("own", gettext_lazy("自有")), ("rent", gettext_lazy("租用"))],
    )
    opened = forms.DateField(
        label=gettext_lazy("启用日期"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    proof = forms.FileField(label=gettext_lazy("佐证材料"), required=False)
    remark = forms.CharField(
        label=gettext_lazy("说明"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    promise = forms.BooleanField(label=gettext_lazy("以上内容属实，社区居民委员会已核对。"))


def styleguide(request: HttpRequest) -> HttpResponse:
    """One of ``PAGES``, named by ``?page=``; the components unless told otherwise."""
    page = request.GET.get("page", PAGES[0])
    if page not in PAGES:
        raise Http404
    bound = "errors" in request.GET or request.method == "POST"
    form = FacilityForm({"area": _("约八十"), "remark": _("日间照料床位8张。")} if bound else None)
    return render(
        request,
        f"workflow/styleguide/{page}.html",
        {
            "bands": BANDS,
            "charts": samples() if page == "charts" else None,
            "sample": SAMPLE,
            "day": DAY,
            "moment": make_aware(datetime(2026, 11, 23, 18)),
            "steps": _steps(),
            "entries": _entries(),
            "answers": _answers(),
            "tabs": _tabs(),
            "rows": _rows(),
            "choices": [("todo", _("待受理")), ("doing", _("评审中")), ("returned", _("退回补正"))],
            "dimensions": _dimensions(),
            "items": _items(),
            "statuses": _statuses(),
            "page_obj": Paginator(range(1, 240), 20).page(3),
            "sentences": [
                ("i1", _("第7项得分不能超过1分，请改正。")),
                ("", _("自评总分与分项之和不一致。")),
            ],
            ("form" if page == "form" else "sample_form"): form,
            "empty_form": FacilityForm(prefix="empty"),
            "live": {"url": "/ws/styleguide/", "since": 1} if "live" in request.GET else None,
        },
    )


def _steps() -> list[dict[str, Any]]:
    return [
        {"label": _("社区申报"), "state": "done", "when": date(2026, 10, 8), "who": "周桂兰"},
        {"label": _("街道初审"), "state": "done", "when": date(2026, 10, 19), "who": "滨河街道"},
        {"label": _("县级审核"), "state": "done", "when": date(2026, 11, 2), "who": "临江区民政局"},
        {
            "label": _("第三方评估"),
            "state": "now",
            "when": _("11月23日截止"),
            "who": _("陈思远等3人"),
        },
        {"label": _("评定委员会评定"), "state": "next"},
        {"label": _("公示"), "state": "next", "note": _("7个工作日")},
        {"label": _("授牌发证"), "state": "next"},
        {"label": _("整改"), "state": "next"},
    ]


def _entries() -> list[dict[str, Any]]:
    return [
        {
            "icon": "clipboard-check",
            "text": _("第31项记1.5分"),
            "detail": _("现场考察，比自评低0.5分"),
            "when": make_aware(datetime(2026, 11, 21, 9, 42)),
            "who": "陈思远",
        },
        {
            "icon": "bell",
            "text": _("期限提醒：距评审截止还有3个工作日"),
            "when": date(2026, 11, 20),
            "who": _("系统"),
        },
        {
            "icon": "undo-2",
            "text": _("退回补正：缺少居民议事会议记录"),
            "detail": _("社区已于次日补齐"),
            "when": date(2026, 10, 15),
            "who": "李建国",
        },
    ]


def _answers() -> list[tuple[str, str, str, str]]:
    return [
        ("met", _("达标"), "yes", "check"),
        ("part", _("部分达标"), "part", "circle-dot"),
        ("unmet", _("不达标"), "no", "x"),
        ("none", _("不适用"), "", "ban"),
    ]


def _tabs() -> list[dict[str, Any]]:
    return [
        {"label": _("待我办理"), "href": "?page=list", "count": 12, "current": True},
        {"label": _("本单位"), "href": "?page=list&tab=office", "count": 31},
        {"label": _("我已办"), "href": "?page=list&tab=done", "count": 48},
        {"label": _("我关注的"), "href": "?page=list&tab=watched", "count": 6},
    ]


def _rows() -> list[dict[str, Any]]:
    def row(name: str, place: str, number: str, **more: Any) -> dict[str, Any]:
        return {"name": name, "place": place, "number": f"XP-2026-{number}", **more}

    return [
        row("东湖里社区", "东湖区望湖街道", "0102", star=4, days=-2, date=date(2026, 11, 19), kind="overdue", bucket=_("已超期"), state=_("已超期"), score="86.0", seen=12, all=40, verb=_("开始")),
        row("翠湖社区", "临江区滨河街道", "0317", star=5, days=2, date=DAY, kind="doing", bucket=_("三天内到期"), state=_("评审中"), score="92.5", seen=31, all=46, verb=_("继续")),
        row("玉泉新村社区", "玉泉区石桥街道", "0088", star=4, days=3, date=date(2026, 11, 24), kind="todo", bucket=_("三天内到期"), state=_("待评审"), score="84.5", seen=0, all=38, verb=_("开始")),
        row("老码头社区", "临江区南门街道", "0322", star=3, days=4, date=date(2026, 11, 25), kind="returned", bucket=_("七天内到期"), state=_("退回补正"), score="81.0", seen=22, all=41, verb=_("查看")),
        row("软件园第二社区", "高新区科技城街道", "0041", star=5, days=9, date=date(2026, 12, 4), kind="paused", bucket=_("以后"), state=_("中止"), score="94.0", seen=0, all=52, verb=_("查看")),
    ]  # fmt: skip


def _dimensions() -> list[dict[str, Any]]:
    return [
        {"id": "d1", "name": _("组织建设"), "score": "9.0", "most": 10, "note": _("6/6项")},
        {"id": "d2", "name": _("服务设施"), "score": "17.0", "most": 20, "note": _("9/9项")},
        {"id": "d3", "name": _("公共服务"), "score": "–", "most": 20, "note": _("5/9项"), "current": True},
        {
            "id": "d4",
            "name": _("居民自治"),
            "score": "12.0",
            "most": 15,
            "note": _("低于自评 2.0"),
            "diff": True,
        },
        {"id": "d5", "name": _("平安建设"), "score": "8.5", "most": 10, "note": _("5/5项")},
        {"id": "d6", "name": _("智慧社区"), "score": "–", "most": 10, "note": _("0/4项")},
    ]


def _items() -> list[dict[str, Any]]:
    return [
        {"number": 31, "text": _("设置“一站式”服务大厅，面积按每百户不低于30平方米，并有无障碍通道。"), "most": 4, "own": "4.0", "score": "4.0", "kind": "ok", "label": _("与自评一致"), "files": 2},
        {"number": 32, "text": _("政务服务事项全部下沉，办理时限公开。"), "most": 4, "own": "4.0", "score": "3.5", "kind": "diff", "label": _("低于自评 0.5"), "files": 2, "note": _("两项事项未公开办理时限。")},
        {"number": 33, "text": _("养老服务：助餐点、日间照料床位数及运营记录。"), "most": 5, "own": "5.0", "score": "", "kind": "todo", "label": _("待评审"), "files": 3},
        {"number": 34, "text": _("社区卫生服务：步行十五分钟可达，签约服务有记录。"), "most": 3, "own": "3.0", "score": "", "kind": "need", "label": _("材料不足"), "files": 0},
    ]  # fmt: skip


def _statuses() -> list[tuple[str, str]]:
    return [
        ("todo", _("待办")),
        ("doing", _("办理中")),
        ("done", _("已办结")),
        ("ok", _("已核")),
        ("returned", _("退回")),
        ("need", _("材料不足")),
        ("diff", _("低于自评 0.5")),
        ("soon", _("即将到期")),
        ("overdue", _("超期")),
        ("paused", _("中止")),
        ("ended", _("终止")),
    ]
