"""Every page in English: what is Chinese on it is a name or what somebody wrote, never what the product says itself."""

import re
from collections.abc import Iterator
from functools import cached_property
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import CharField, JSONField, TextField
from django.test import Client
from django.urls import reverse

from applications.actions.basics import STANDARDS
from tests.browser import visits
from tests.browser.test_every_page import Site
from tests.browser.test_every_page import kept as kept
from tests.browser.test_every_page import site as site
from tests.worlds import db as db

pytestmark = pytest.mark.usefixtures("db")

HAN = re.compile("[\u3007\u3400-\u9fff\uff00-\uffef\u3001\u3002]")
RUN = re.compile(r"\d*[\u3007\u3400-\u9fff\uff00-\uffef\u3001\u3002][^\s<>·|]*")
BDI = re.compile('<bdi lang="zh">|</bdi>')
SPOKEN = ("aria-label", "title", "placeholder", "alt", "data-label", "data-confirm")
# What the product writes into the database in Chinese: pages have to tell it anew in the reader's language.
COMPOSED = {
    *("applications.standard", "applications.event"),
    *("applications.calendaryear", "applications.calendarday", "applications.deadline"),
    *("applications.officialpaper", "applications.todo"),
    *("review.ballot", "review.decision", "review.rating", "review.ratingline"),
    *("review.publicdimension", "review.publicpiece", "review.publication.content"),
    *("review.factsconfirmation", "review.opinion.process"),
    *("rectification.rectificationitem.problem", "notifications.message", "notifications.notification"),
}


# What one has to type or write in these words only, and the community that an example names.
AS_IT_IS = {
    *("服务类别", "服务内容", "提出时间", "响应时间", "解决时间"),  # heads of the sheet of services
    *("社区代码", "社区名称", "街道代码", "常住户数", "常住人口"),  # heads of the sheet of communities
    *("登录名", "姓名", "电子邮箱", "电话", "角色", "区划代码", "单位名称"),  # heads of the sheet of accounts
    *("休", "元旦”,", "至", "春节”,", "班”", "班"),  # signs of a holiday notice
    "翠湖”",
}
# A notice to be published is an official paper in Chinese, whoever prepares it: its text is not told anew.
PAPERS, PAPER = {"prepare_notice", "announce", "approve_revocation"}, 15
# Why an option is the default is told with the words of the standard that it turns on.
QUOTING, STANDARD = (
    {"batch_new", "batch_edit"},
    (STANDARDS / "db36-t-1609-2022.yaml").read_text(encoding="utf-8"),
)


class Reader(HTMLParser):
    """Reads what a page says, text by text, and whether it says that it is Chinese."""

    VOID = {"meta", "link", "input", "br", "hr", "img", "use", "rect", "circle", "path", "line"}

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[tuple[str, bool]] = []
        self.open: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in self.VOID:
            self.open.append((tag, given.get("lang") or ""))
        if not self.original:
            self.said += [(text, True) for name in SPOKEN if (text := given.get(name) or "")]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        while any(name == tag for name, _lang in self.open) and self.open.pop()[0] != tag:
            pass

    @property
    def original(self) -> bool:
        """Whether this is the standard's own wording, which a page shows behind its toggle."""
        return any(lang == "zh-hans" for _name, lang in self.open)

    def handle_data(self, data: str) -> None:
        if data.strip() and not self.original:
            marked = any(lang == "zh" or name == "title" for name, lang in self.open)
            self.said.append((data.strip(), marked))


class Written:
    """The names in the database, and what people wrote."""

    @cached_property
    def words(self) -> set[str]:
        """Return all of them, a line each."""
        found: set[str] = set()
        for model in apps.get_models():
            label = model._meta.label_lower
            if label in COMPOSED or "historical" in label:
                continue
            texts = (
                f for f in model._meta.concrete_fields if isinstance(f, CharField | TextField | JSONField)
            )
            fields = [field.attname for field in texts if f"{label}.{field.attname}" not in COMPOSED]
            for row in model._base_manager.values_list(*fields) if fields else ():
                for value in row:
                    found |= {line.strip() for text in leaves(value) for line in text.splitlines()}
        return {word for word in found if HAN.search(word)}

    def explains(self, run: str) -> bool:
        """Whether a piece of Chinese is made of names and of what people wrote, and of nothing else."""
        reached = {0}
        for start in range(len(run)):
            if start not in reached:
                continue
            if not HAN.match(run[start]) or run[start] in "、，；：（）":
                reached.add(start + 1)
            rest = run[start:]
            reached |= {start + size for size in range(1, len(rest) + 1) if rest[:size] in self.words}
            if len(rest) > 12 and any(rest in word for word in self.words):
                return True
            cut = rest.rstrip(
                "…"
            )  # shortened, or the first piece of what goes on in Latin letters (整改.jpg)
            if len(cut) > 1 and any(word.startswith(cut) for word in self.words):
                return True
        return len(run) in reached


def leaves(value: Any) -> Iterator[str]:
    """Yield the texts in a value of the database."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from leaves(inner)


def visited(site: Site) -> Iterator[tuple[str, str, str]]:
    """Yield name, address and text of every page that the table of visits knows, in English."""
    seeds = [(seed.name, visits.account(seed), visits.address(seed, site.province)) for seed in visits.SEEDS]
    named = {name for name, _person, _path in seeds}
    rest = [
        (name, "province", reverse(name))
        for name, more in visits.pages().items()
        if not more and name not in named
    ]
    for name, person, path in seeds + rest:
        client = Client()
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        if person:
            client.cookies[settings.SESSION_COOKIE_NAME] = site.session(person)
        answer = client.get(path)
        if answer.headers.get("Content-Type", "").startswith("text/html") and answer.status_code == 200:
            yield name, path, answer.content.decode()


def test_what_is_chinese_on_english_pages_is_a_name_or_somebodys_words_and_says_so(site: Site) -> None:
    written, unmarked, untold, count = Written(), [], [], 0
    for name, path, page in visited(site):
        count += 1
        for text, marked in Reader(page).said:
            if HAN.search(text) and not marked:
                unmarked.append(f"{name} ({path}): {text[:80]}")
        for text, _marked in Reader(BDI.sub("", page)).said:
            found = [run for run in RUN.findall(text) if run not in AS_IT_IS and not written.explains(run)]
            if name in QUOTING:
                found = [run for run in found if run.strip("”.;") not in STANDARD]
            untold += [f"{name} ({path}): {run}" for run in found if name not in PAPERS or len(run) < PAPER]
    assert count > 100
    assert sorted(set(unmarked)) == []
    assert sorted(set(untold)) == []
