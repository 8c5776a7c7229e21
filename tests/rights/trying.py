"""Tries pages and actions as everybody, each try taken back."""

import copy
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import Http404, HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.views import View

from applications import acting
from applications.errors import Refused
from applications.models import User
from applications.views.base import CasePage
from applications.views.office.base import OfficePage
from tests.cast import Cast
from tests.rights.people import COLUMNS
from tests.rights.table import Row

LOGIN = "/accounts/login/"


class _Back(Exception):
    """Takes a try back."""


def taken_back(call: Callable[[], Any]) -> Any:
    """Run a call and take everything it wrote back; return what it returned."""
    said = None
    try:
        with transaction.atomic():
            said = call()
            raise _Back
    except _Back:
        return said


def cell(response: Any) -> str:
    """Return an answer as a cell: its status, or ``in`` where it leads to signing in."""
    if response.status_code == 302 and response.headers["Location"].startswith(LOGIN):
        return "in"
    return str(response.status_code)


def closed(response: Any) -> str:
    """Return the cell of an answer and close its file; ``close()`` would end the connection, and all of the journey."""
    for close in response._resource_closers:
        close()
    return cell(response)


def browsers(cast: Cast) -> dict[str, Client]:
    """Return a browser for each column, signed in."""
    found = {}
    for key, name in COLUMNS.items():
        found[key] = Client(raise_request_exception=True)
        if name:
            found[key].force_login(cast[name], backend="django.contrib.auth.backends.ModelBackend")
    return found


def tried(clients: dict[str, Client], address: str, post: dict[str, str] | None = None) -> Row:
    """Return what everybody gets at an address."""

    def ask(client: Client) -> str:
        kept = copy.deepcopy(client.cookies)  # whoever signs out is in again for the next page
        response = client.get(address) if post is None else client.post(address, post)
        client.cookies = kept
        return closed(response)

    return {key: taken_back(lambda client=client: ask(client)) for key, client in clients.items()}  # type: ignore[misc]


def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Open pages without building them: a page of a case is asked for its door only, and nothing is drawn.

    What stands on a page is tested with it; the nightly run takes the whole way.
    """
    monkeypatch.setattr("django.template.backends.django.Template.render", lambda *args, **kwargs: "")
    monkeypatch.setattr(CasePage, "get", lambda *args, **kwargs: HttpResponse())
    monkeypatch.setattr("workflow.papers.paper_pdf", lambda row: b"")
    monkeypatch.setattr(OfficePage, "get", lambda *args, **kwargs: HttpResponse())
    logging.getLogger("django.request").setLevel(logging.ERROR)


def doors(people: dict[str, User | AnonymousUser], address: str) -> Row | None:
    """Return what everybody gets at a page of a case when its view is called directly; None for other addresses."""
    found = resolve(address)
    if not issubclass(getattr(found.func, "view_class", View), CasePage):
        return None

    def ask(person: User | AnonymousUser) -> str:
        request = RequestFactory().get(address)
        request.user, request.session = person, {"sign_in": 0}  # type: ignore[attr-defined]
        request._messages = CookieStorage(request)  # type: ignore[attr-defined]
        try:
            return closed(found.func(request, *found.args, **found.kwargs))
        except Refused as error:
            return str(error.status)
        except Http404:
            return "404"

    return {key: ask(person) for key, person in people.items()}


def url_names() -> set[str]:
    """Return the name of every address of the product; one without a name by its pattern."""

    def walk(resolver: URLResolver) -> set[str]:
        found: set[str] = set()
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                found |= walk(entry)
            elif isinstance(entry, URLPattern):
                found.add(entry.name or f"({entry.pattern})")
        return found

    return walk(get_resolver())


@dataclass
class Actions:
    """Stands where ``acting`` finds ``transaction``: the first call of each action is tried by everybody first."""

    cast: Cast
    found: dict[str, Row] = field(default_factory=dict)
    _inside: bool = False

    def __enter__(self) -> "Actions":
        acting.transaction = self  # type: ignore[attr-defined]
        return self

    def __exit__(self, *error: object) -> None:
        acting.transaction = transaction  # type: ignore[attr-defined]

    def atomic(self) -> Any:
        """Try an action that begins as everybody, then let it go on."""
        frame = sys._getframe(1).f_locals
        action = frame.get("action")
        if not self._inside and action is not None:
            name = f"{action.__module__.rsplit('.', 1)[1]}.{action.__name__}"
            if name not in self.found:
                self._inside = True
                try:
                    again = acting.verb(frame["name"])(action)
                    self.found[name] = self._tried(again, frame["args"], frame["kwargs"])
                finally:
                    self._inside = False
        return transaction.atomic()

    def _tried(self, action: Callable[..., Any], args: Any, kwargs: Any) -> Row:
        row = {}
        for key, name in COLUMNS.items():
            if not name and kwargs["by"] is not None:
                row[key] = "-"  # nobody without an account reaches an action that asks for a person
                continue
            by = self.cast[name] if name else None
            row[key] = taken_back(lambda by=by: outcome(action, fresh(args), {**fresh(kwargs), "by": by}))  # type: ignore[misc]
        return row


def outcome(action: Callable[..., Any], args: Any, kwargs: Any) -> str:
    """Return ``yes`` or the status of the refusal."""
    try:
        action(*args, **kwargs)
    except Refused as error:
        return str(error.status)
    return "yes"


def fresh(value: Any) -> Any:
    """Return a copy that the next try finds as the first did: rows unchanged, files at their beginning."""
    if isinstance(value, SimpleUploadedFile):
        value.seek(0)
        return SimpleUploadedFile(value.name or "", value.read(), value.content_type)
    if isinstance(value, dict):
        return {key: fresh(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(fresh(item) for item in value)
    return copy.copy(value)  # a row's own fields; what it is linked with is read by the action itself
