"""What the page shell knows on every page: navigation, display preferences, the demonstration's day.

Everything is computed when a template asks for it. The residents' pages ask for no navigation, so they touch
neither the session nor the database and may be cached.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from applications import clock
from applications.permissions import grants
from workflow import levels
from workflow.facts import MOST_UNREAD, Facts, facts_of

SIZES = ("normal", "large")
CONTRASTS = ("normal", "high")


@dataclass(frozen=True)
class Entry:
    """A place of the navigation as it is declared: the name of its URL, its words, its icon."""

    url_name: str
    label: Any
    icon: str
    tab: bool = False  # also in the tab bar of a phone
    rights: tuple[str, ...] = ()  # shown to whoever holds one of them; to everybody where there are none


@dataclass
class Link:
    """A place of the navigation as it is shown."""

    label: Any
    url: str
    icon: str
    count: int | None = None
    current: bool = False


@dataclass
class Group:
    label: Any
    links: list[Link] = field(default_factory=list)


CHECKS = ("fill_application", "street_check", "county_check", "city_check", "province_check")
# whoever holds one of these sees the cases of a street or more
OVERSEES = (
    *CHECKS[1:],
    "prepare_publication",
    "vote_rating",
    "decide_objection",
    "supervise",
    "audit",
)

HANDLES = (*CHECKS[1:], "supervise", "audit")  # who handles complaints or looks over those who do

# pages whose address does not say to which place of the navigation they belong
BELONGS = {
    "rectification_item": "ledger",
    **dict.fromkeys(("portal_announcements", "portal_publication", "portal_object"), "portal_notices"),
    **dict.fromkeys(("portal_objections", "portal_objection"), "portal_notices"),
    **dict.fromkeys(("complaint", "complaint_new", "complaint_deadline"), "complaints"),
    **dict.fromkeys(("portal_complaint", "portal_complain"), "portal_complaints"),
    "supervision_order": "ledger",
    "sample": "samples",
    "spot_check": "samples",
}

NAVIGATION: list[tuple[Any, list[Entry]]] = [
    (
        _("工作台"),
        [
            Entry("desk", _("我的待办"), "inbox", tab=True),
            Entry("cases", _("案卷"), "layers", tab=True),
            Entry("apply_start", _("新建申报"), "plus", rights=("fill_application",)),
            Entry("turnout", _("申报进度"), "list-todo", rights=CHECKS[1:]),
            Entry("ledger", _("整改台账"), "list-checks", tab=True),
            Entry("complaints", _("投诉办理"), "message-square", rights=HANDLES),
            Entry("samples", _("年度抽查"), "scan", rights=("supervise",)),
            Entry("deadline_calendar", _("期限日历"), "calendar-clock"),
            Entry("search", _("查找"), "search"),
        ],
    ),
    (
        _("数据"),
        [
            Entry("dashboard", _("统计分析"), "chart-column", rights=OVERSEES),
            Entry("portal_home", _("公众查询"), "map"),
        ],
    ),
    (
        _("管理"),
        [
            Entry("batches", _("评定批次"), "archive", rights=("prepare_batch", "approve_batch")),
            Entry("standards", _("评价标准"), "book-open", rights=("prepare_batch", "approve_batch")),
            Entry("communities", _("社区名录"), "building-2", rights=("manage_communities",)),
            Entry("people", _("账号与任职"), "users", rights=("manage_accounts",)),
            Entry("calendar", _("工作日历"), "calendar", rights=("manage_calendar",)),
            Entry("accesses", _("查阅记录"), "eye", rights=("audit", *CHECKS[1:])),
            Entry("running", _("系统运行"), "server-crash", rights=("manage_accounts", "audit")),
            Entry("stand_in", _("代理安排"), "user-check", rights=CHECKS),
        ],
    ),
]

PUBLIC_NAVIGATION = [
    Entry("portal_home", _("社区查询"), "search"),
    Entry("portal_notices", _("公示公告"), "megaphone"),
    Entry("portal_complaints", _("投诉"), "message-square"),
    Entry("portal_standard", _("评价标准"), "book-open"),
    Entry("portal_process", _("评定流程"), "workflow"),
    Entry("portal_statistics", _("统计数据"), "chart-column"),
]


class Shell:
    """The frame around a page for one request."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def size(self) -> str:
        """``large`` for the large-type edition, else ``normal``; from a cookie, so it works without an account."""
        return _one_of(SIZES, self.request.COOKIES.get("size"))

    @cached_property
    def contrast(self) -> str:
        return _one_of(CONTRASTS, self.request.COOKIES.get("contrast"))

    @cached_property
    def other_language(self) -> tuple[str, str]:
        """The language to switch to: its code and its own name for itself."""
        return ("zh-hans", "中文") if (get_language() or "").startswith("en") else ("en", "English")

    @cached_property
    def nav(self) -> list[Group]:
        """The navigation by groups, empty groups left out."""
        groups = [Group(label, self._links(entries)) for label, entries in NAVIGATION]
        return [group for group in groups if group.links]

    @cached_property
    def tabs(self) -> list[Link]:
        """At most three places for the tab bar; its last tab opens the whole navigation."""
        return self._links(entry for _label, entries in NAVIGATION for entry in entries if entry.tab)[:3]

    @cached_property
    def public_nav(self) -> list[Link]:
        return self._links(PUBLIC_NAVIGATION)

    @cached_property
    def standard(self) -> str:
        """What is rated by, in the head of the public pages."""
        return levels.title()

    @cached_property
    def basis(self) -> str:
        """The standards in use, in the foot of the public pages."""
        return levels.basis()

    @cached_property
    def facts(self) -> Facts:
        """Who the reader is and what waits for them; a page that counted along hands its facts over."""
        handed: Facts | None = getattr(self.request, "shell_facts", None)
        return handed or facts_of(getattr(self.request, "user", None))

    @property
    def role(self) -> str:
        """What the viewer is: organisation and role of the first membership."""
        return self.facts.role

    @property
    def unread(self) -> str:
        """Notifications not yet read, empty where there are none."""
        count = self.facts.unread
        return "" if not count else f"{MOST_UNREAD - 1}+" if count >= MOST_UNREAD else str(count)

    def _links(self, entries: Iterable[Entry]) -> list[Link]:
        links = [
            Link(entry.label, url, entry.icon, self._count(entry))
            for entry in entries
            if (url := _url(entry.url_name)) and self._open_to(entry)
        ]
        here = max(
            (link for link in links if self._inside(link.url)), key=lambda link: len(link.url), default=None
        )
        if here:
            here.current = True
        return links

    def _open_to(self, entry: Entry) -> bool:
        """Whether the reader holds one of the rights that the entry asks for."""
        if not entry.rights:
            return True
        held = grants(self.request.user) if hasattr(self.request, "user") else {}
        return any(right in held for right in entry.rights)

    def _count(self, entry: Entry) -> int | None:
        """The number beside an entry: what waits on the desk."""
        if entry.url_name != "desk" or not hasattr(self.request, "user"):
            return None
        return self.facts.mine or None

    def _inside(self, url: str) -> bool:
        """Whether the page lies at or below the URL; the root counts only as itself."""
        match = self.request.resolver_match
        home = BELONGS.get(str(match.url_name)) if match else None
        path = reverse(home) if home else self.request.path
        return path == url or (url != "/" and path.startswith(url))


class Demo:
    """The demonstration, whose day can be moved forward."""

    @cached_property
    def today(self) -> date:
        return clock.today()


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``shell`` for the frame, ``demo`` for the banner of a demonstration (else None)."""
    return {"shell": Shell(request), "demo": Demo() if settings.DEMO else None}


def _one_of(choices: tuple[str, ...], wanted: str | None) -> str:
    return wanted if wanted in choices else choices[0]


def _url(name: str) -> str | None:
    try:
        return reverse(name)
    except NoReverseMatch:
        return None
