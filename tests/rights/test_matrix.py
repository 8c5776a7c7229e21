"""Everybody against every address and every action: what each gets is written down in ``pages.txt`` and ``actions.txt``."""

import importlib
import inspect
import pkgutil
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from applications.models import Batch, Job, SavedView
from notifications.models import Notification
from tests.cast import Cast
from tests.house.source import ROOT
from tests.rights import table
from tests.rights.addresses import address
from tests.rights.journey import Journey
from tests.rights.people import COLUMNS, more
from tests.rights.table import Row
from tests.rights.trying import Actions, browsers, doors, quickly, tried, url_names

PAGES, ACTIONS = table.read("pages.txt"), table.read("actions.txt")
APPS = ("applications", "review", "rectification")
A_VERB = "verb.<locals>.wrap.<locals>.run"


def actions() -> set[str]:
    """Return every action of the product: what ``acting.verb`` has made one."""
    found = set()
    for app in APPS:
        package = importlib.import_module(f"{app}.actions")
        for entry in pkgutil.iter_modules(package.__path__):
            module = importlib.import_module(f"{app}.actions.{entry.name}")
            for name, value in vars(module).items():
                ours = inspect.isfunction(value) and value.__module__ == module.__name__
                if ours and value.__code__.co_qualname == A_VERB:
                    found.add(f"{entry.name}.{name}")
    return found


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    rows = {name.removeprefix("POST ") for name in PAGES.names}
    assert sorted(url_names() - rows) == []
    assert sorted(rows - url_names()) == []


def test_every_action_has_a_row_and_every_row_an_action() -> None:
    assert sorted(actions() - ACTIONS.names) == []
    assert sorted(ACTIONS.names - actions()) == []


def test_no_page_calls_what_only_other_code_may_call() -> None:
    pages = [path for app in (*APPS, "workflow") for path in (ROOT / app).rglob("views/**/*.py")]
    texts = {path: path.read_text(encoding="utf-8") for path in pages}
    called = [
        (path.name, name) for path, text in texts.items() for name in ACTIONS.words if f"{name}(" in text
    ]
    assert pages and called == []


@dataclass
class Everybody:
    """Tries what the tables name, stop by stop, and keeps what is not as they say."""

    cast: Cast
    known: dict[str, Any]
    whole_way: bool
    faults: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.clients = browsers(self.cast)
        self.people = {key: self.cast[name] if name else AnonymousUser() for key, name in COLUMNS.items()}

    def stop(self, section: str, known: dict[str, Any]) -> None:
        """Try the pages of a section."""
        self.seen.add(section)
        rows = PAGES.sections.get(section, {})
        posts = {name for name in rows if name.startswith("POST ")}
        for name, expected in rows.items():
            where = address(name.removeprefix("POST "), {**known, **self.known})
            found = self.tried(name, where, expected)
            self.faults += table.differences(section, name, expected, found)
            if self.whole_way and not {name, f"POST {name}"} & posts:
                self.faults += self.posted(section, name, where, expected)

    def posted(self, section: str, name: str, where: str, expected: Row) -> list[str]:
        """Return where somebody who does not get a page may post to it; a page that takes no post tells everybody so."""
        closed = {key: said for key, said in expected.items() if said in {"403", "404", "in"}}
        found = tried({key: self.clients[key] for key in closed}, where, {"verb": "none"})
        let = {key: said for key, said in closed.items() if found[key] != "405"}
        return table.differences(section, f"POST {name}", let, found)

    def tried(self, name: str, where: str, expected: Row) -> Row:
        """Return what those with a cell get."""
        post: dict[str, str] | None = {} if name.startswith("POST ") else None
        quick = None
        if post is None and not self.whole_way:
            quick = doors({key: self.people[key] for key in expected}, where)
        return quick or tried({key: self.clients[key] for key in expected}, where, post)


@pytest.mark.parametrize("whole_way", [False, pytest.param(True, marks=pytest.mark.nightly)])
def test_everybody_gets_what_the_tables_say(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, whole_way: bool
) -> None:
    """``whole_way``: through every middleware to the finished page; and who does not get a page cannot post to it."""
    monkeypatch.setattr("applications.clock.now", lambda: cast.at)
    if not whole_way:
        quickly(monkeypatch)
    more(cast)
    everybody = Everybody(cast, letter(cast), whole_way)
    with Actions(cast) as called:
        Journey(cast, everybody.stop).walk()
    for name, expected in ACTIONS.sections[""].items():
        everybody.faults += table.differences("actions", name, expected, called.found[name])
    assert sorted(set(PAGES.sections) - everybody.seen) == []
    assert not everybody.faults, "\n".join(everybody.faults)


def letter(cast: Cast) -> dict[str, Any]:
    """Return what addresses beside the case need: a notification of the clerk's own, a person, a community."""
    note = Notification.objects.create(
        user=cast.clerk,
        kind="todo.opened",
        key="told",
        text={"msgid": "告知", "params": {}, "terms": {}},
        url="/desk/",
        created_at=cast.at,
    )
    job = Job.objects.create(owner=cast.clerk, kind="export", title="导出", made_at=cast.at)
    view = SavedView.objects.create(user=cast.clerk, page="desk", name="我的", at=cast.at)
    own = {"notification": note.pk, "job": job.pk, "view": view.pk}
    community, standard = cast.community.code, Batch.objects.get().standard.digest
    return {**own, "person": cast.street.pk, "community": community, "digest": standard}
