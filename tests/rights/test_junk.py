"""Generated nonsense for every form, at the moment when somebody may send it: a sentence, never a broken page."""

import copy
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django import forms
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpResponse, QueryDict
from django.template.backends.django import Template
from django.test import RequestFactory
from django.urls import resolve
from django.views import View
from hypothesis import HealthCheck, Phase, given, seed, settings

from applications.errors import Refused
from applications.models import Case, User
from applications.views import base as case_pages
from applications.views.base import CasePage
from applications.views.office import base as office_pages
from applications.views.office.base import OfficePage
from tests.cast import Cast
from tests.rights import table
from tests.rights.addresses import address
from tests.rights.journey import Journey
from tests.rights.junk import parted, sent
from tests.rights.people import COLUMNS, more
from tests.rights.test_matrix import PAGES, letter
from tests.rights.trying import taken_back
from tests.rights.typed import Typed, lost, unnamed

Form = tuple[str, str]
DRAWN = 30  # one page in so many is drawn and held against what was typed: drawing is what takes the time
GOOD = 10  # so many times a form may do what it is for, where it is tried some thirty times; its refusals have no bound
WRONG_VERBS = ("", "none", "\x00", "__init__", "长" * 300)


class _Enough(Exception):
    """The form has done what it is for often enough."""


@dataclass
class Sender:
    """Sends junk to the forms of each stop."""

    cast: Cast
    known: dict[str, Any]
    times: int
    faults: list[str] = field(default_factory=list)
    reached: set[Form] = field(default_factory=set)
    sent: int = 0
    asking: bool = False  # only whether the door is open
    shown: forms.BaseForm | None = None  # the form of the page that was drawn last
    gone: set[str] = field(default_factory=set)  # what a refused form's page did not name or keep

    def stop(self, section: str, known: dict[str, Any]) -> None:
        """Send junk to every form that is open to somebody here and has not had its share."""
        for name, row in PAGES.sections.get(section, {}).items():
            where = address(name.removeprefix("POST "), {**known, **self.known})
            view = getattr(resolve(where).func, "view_class", View)
            if not issubclass(view, CasePage | OfficePage) or not view.verbs:
                continue
            for verb in view.verbs:
                if (name, verb) not in self.reached and (person := self.who(where, verb, row)):
                    self.reached.add((name, verb))
                    self.send(where, name, verb, person)
                    self.wrong(where, name, verb, person)

    def sparing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Show a form again, with all that its page says, now and then only; read a case once for all tries of a form."""

        def now_and_then(show: Callable[..., Any], instead: Any) -> Callable[..., Any]:
            return lambda *args, **kwargs: show(*args, **kwargs) if self.draws() else instead

        for page in (*heirs(CasePage), *heirs(OfficePage)):
            if "context" in vars(page):
                monkeypatch.setattr(page, "context", now_and_then(page.context, {}))
        monkeypatch.setattr(CasePage, "get_case", self.once(CasePage.get_case))
        template = "django.template.backends.django.Template.render"
        monkeypatch.setattr(template, now_and_then(Template.render, ""))

    def draws(self) -> bool:
        """Whether the page of this try is drawn."""
        return not self.asking and self.sent % DRAWN == 0

    def once(self, read: Callable[[Any], Case]) -> Callable[[Any], Case]:
        """Return what reads a case anew only where another page or person asks: every try is taken back."""
        kept: dict[Any, Case] = {}

        def get_case(page: Any) -> Case:
            asked = (page.request.path, page.request.user, page.request.method)
            if self.asking or asked not in kept:
                kept.clear()
                kept[asked] = read(page)
            return copy.deepcopy(kept[asked])

        return get_case

    def who(self, where: str, verb: str, row: table.Row) -> User | None:
        """Return somebody who gets past the door with this button."""
        self.asking = True
        try:
            for key, said in row.items():
                if said == "200" and COLUMNS[key]:
                    person = self.cast[COLUMNS[key]]
                    if self.answer(where, person, {"verb": [verb]}).status_code not in {403, 404}:
                        return person
            return None
        finally:
            self.asking = False

    def send(self, where: str, name: str, verb: str, person: User) -> None:
        """Send the form its share of junk; the first fault is enough."""
        form = self.form(where, verb, person)
        if form is None:
            return

        @seed(1)
        @settings(
            max_examples=self.times,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(sent(form.fields))
        def try_one(values: dict[str, list[Any]]) -> None:
            data, files = parted(values)
            self.sent += 1
            self.answer(where, person, {**data, "verb": [verb]}, files)

        with self.often_enough(where, verb):
            try:
                try_one()
            except Exception as error:
                # hypothesis says "flaky" of what shows only where the page is drawn, and keeps the fault beneath
                for fault in getattr(error, "exceptions", [error]):
                    self.faults.append(f"{name} {verb}: {type(fault).__name__}: {str(fault)[:300]}")

    @contextmanager
    def often_enough(self, where: str, verb: str) -> Iterator[None]:
        """Let a form do what it is for some times only; what is refused is tried every time."""
        page = resolve(where).func.view_class  # type: ignore[attr-defined]
        perform, most = getattr(page, f"perform_{verb}", None), GOOD if self.times <= DRAWN else self.times
        done: list[None] = []
        if perform is None:  # a button that its page takes into its own hands
            yield
            return

        def performed(*args: Any, **kwargs: Any) -> Any:
            if len(done) >= most:
                raise _Enough
            url = perform(*args, **kwargs)
            done.append(None)
            return url

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(page, f"perform_{verb}", performed)
            yield

    def wrong(self, where: str, name: str, verb: str, person: User) -> None:
        """Press buttons that the page does not have, and knock in other ways than a browser does."""
        self.asking = True
        for wrong in WRONG_VERBS:
            said = self.answer(where, person, {"verb": [wrong, verb, wrong]}).status_code
            if said not in {403, 404, 409}:
                self.faults.append(f"{name}: the button {wrong[:20]!r} is answered with {said}")
        for method in ("PUT", "PATCH", "DELETE", "TRACE"):
            said = self.answer(where, person, {}, method=method).status_code
            if said not in {403, 404, 405}:
                self.faults.append(f"{name}: {method} is answered with {said}")
        self.asking = False

    def form(self, where: str, verb: str, person: User) -> forms.BaseForm | None:
        """Return the form as the page makes it for this person now."""
        found = resolve(where)
        page = found.func.view_class(**found.func.view_initkwargs)  # type: ignore[attr-defined]
        request = RequestFactory().get(where)
        request.user, request.session = person, {"sign_in": 0}  # type: ignore[attr-defined]
        page.setup(request, *found.args, **found.kwargs)
        kept: dict[str, Any] = {}
        page.get = lambda *args, **kwargs: kept.update(page.forms()) or HttpResponse()
        page.dispatch(request, *found.args, **found.kwargs)
        made: forms.BaseForm | None = kept.get(verb)
        return made

    def hold(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Note the form that a page shows again."""

        def noting(show: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
            def render(request: Any, template: str, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
                self.shown = context.get("failed")
                return show(request, template, context, **kwargs)

            return render

        for module in (case_pages, office_pages):
            monkeypatch.setattr(module, "render", noting(module.render))  # type: ignore[attr-defined]

    def held(self, answer: HttpResponse, data: Mapping[str, list[str]]) -> None:
        """Hold a page that is drawn against what was typed."""
        form, self.shown = self.shown, None
        if form is None or not self.draws() or not form.errors:
            return
        page = Typed(answer.content.decode())
        wrong = [*unnamed(page, form), *lost(page, form, data)]
        self.gone |= {f"{type(form).__module__}.{type(form).__name__}: {line}" for line in wrong}

    def answer(
        self,
        where: str,
        person: User,
        data: Mapping[str, list[str]],
        files: Any = None,
        method: str = "POST",
    ) -> HttpResponse:
        """Return the answer to a post, which is taken back."""
        found = resolve(where)
        request = RequestFactory().generic(method, where)
        request.user, request.session = person, {"sign_in": 0}  # type: ignore[attr-defined]
        request._messages = CookieStorage(request)  # type: ignore[attr-defined]
        request._post, request._files = QueryDict(mutable=True), files or {}  # type: ignore[attr-defined]
        for name, values in data.items():
            request.POST.setlist(name, values)

        def call() -> HttpResponse:
            try:
                return found.func(request, *found.args, **found.kwargs)  # type: ignore[no-any-return]
            except _Enough:
                return HttpResponse(status=302)
            except Refused as error:
                assert error.sentence
                return HttpResponse(error.sentence, status=error.status)
            except (Http404, PermissionDenied, SuspiciousOperation) as error:
                return HttpResponse(str(error), status=404 if isinstance(error, Http404) else 400)

        response: HttpResponse = taken_back(call)
        assert response.status_code < 500, f"{response.status_code} for {dict(data)!r:.300}"
        self.held(response, data)
        return response


def heirs(page: type) -> list[type]:
    """Return a class with every class made from it."""
    return [page, *(heir for child in page.__subclasses__() for heir in heirs(child))]


@pytest.mark.parametrize("times", [30, pytest.param(1000, marks=pytest.mark.nightly)])
def test_no_form_breaks_under_nonsense(cast: Cast, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    monkeypatch.setattr("applications.clock.now", lambda: cast.at)
    more(cast)
    sender = Sender(cast, letter(cast), times)
    sender.sparing(monkeypatch)
    sender.hold(monkeypatch)
    Journey(cast, sender.stop).walk()
    print(f"{len(sender.reached)} forms, {sender.sent} posts")
    assert not sender.faults, "\n".join(sender.faults)
    assert not sender.gone, "\n".join(sorted(sender.gone))
