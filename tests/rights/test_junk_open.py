"""Generated nonsense for what is no page of a case: sign-in, the residents' forms, searches, filters, the API."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, PasswordResetForm
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from applications.models import Todo
from applications.queries.standards import standard_of
from notifications.forms import PreferenceForm
from rectification.forms.complaints import ComplaintForm
from review.forms.objections import ObjectionForm
from review.forms.survey import options_of
from review.models import SurveyLink
from tests import road
from tests.cast import Cast
from tests.review import assessing
from tests.review.publishing import on_notice
from tests.rights.junk import JUNK, NASTY, parted, sent
from tests.rights.trying import taken_back
from tests.rights.typed import Typed, lost, unnamed
from tests.workflow.test_mfa import give_password, set_up
from workflow.search import cleaned
from workflow.views.mfa import CodeForm
from workflow.views.todos import PassForm, ReassignForm

WAY: dict[str, Any] = {
    "database": None,
    "phases": [Phase.generate],
    "suppress_health_check": list(HealthCheck),
}
TIMES = pytest.mark.parametrize("times", [30, pytest.param(1000, marks=pytest.mark.nightly)])
SignIn = Callable[[str], Client]


@dataclass
class Posts:
    """Sends junk to one form and looks at what comes back."""

    client: Client
    where: str
    times: int
    always: dict[str, str] = field(default_factory=dict)
    most_pass: bool = False
    refused: int = 0

    def send(self, fields: dict[str, forms.Field]) -> None:
        """Send the form its share; the first fault is enough."""

        @seed(1)
        @hypothesis_settings(max_examples=self.times, **WAY)
        @given(sent(fields))
        def try_one(values: dict[str, list[Any]]) -> None:
            data, files = parted(values)
            cache.clear()  # no limit ends the trying
            taken_back(lambda: self.answer(data, files))

        try_one()
        assert self.most_pass or self.refused > self.times // 4, (
            "hardly anything was refused: the form was not reached"
        )

    def answer(self, data: dict[str, list[str]], files: Any) -> None:
        """Post once; where it is refused, hold the page against what was typed."""
        posted = {**data, **{name: files.getlist(name) for name in files}, **self.always}
        answer = self.client.post(self.where, posted)
        assert answer.status_code < 500
        form = answer.context.get("form") if answer.context else None
        first = answer.status_code == 200 and isinstance(form, forms.BaseForm) and not form.is_bound
        if (
            answer.status_code in {301, 302, 404} or first
        ):  # done, nothing there, or a page that asks for more
            return
        self.refused += 1
        page = Typed(answer.content.decode())
        assert page.said and any(said.strip() for said in page.said), f"no sentence for {data!r:.300}"
        if isinstance(form, forms.BaseForm) and form.is_bound:
            assert form.errors
            assert [*unnamed(page, form), *lost(page, form, data)] == [], f"{data!r:.300}"


@pytest.fixture(autouse=True)
def still(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that stands still."""
    monkeypatch.setattr("applications.clock.now", lambda: cast.at)


@TIMES
def test_a_residents_objection(cast: Cast, times: int) -> None:
    row = on_notice(cast)
    form = ObjectionForm(standard=standard_of(row.case.batch.standard))
    Posts(Client(), reverse("portal_object", args=[row.pk]), times).send(form.fields)


@TIMES
def test_a_residents_complaint(cast: Cast, times: int) -> None:
    where = f"{reverse('portal_complain')}?community={cast.community.code}"
    Posts(Client(), where, times).send(ComplaintForm().fields)


FORM, PARTS = "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"
PART = b'--b\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
BODIES: dict[str, tuple[str, bytes]] = {
    "no boundary": ("multipart/form-data", b"--b\r\n"),
    "empty boundary": ("multipart/form-data; boundary=", b"--\r\n"),
    "endless boundary": ("multipart/form-data; boundary=" + "b" * 400, b"--" + b"b" * 400),
    "cut off": (PARTS, PART % (b"name", b"", b"x" * 50)),
    "no name": (PARTS, b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"),
    "a file without a name": (PARTS, PART % (b"files", b'; filename=""', b"x") + b"--b--\r\n"),
    "a file named by a path": (PARTS, PART % (b"files", b'; filename="../../x.pdf"', b"x") + b"--b--\r\n"),
    "a file named by nothing": (PARTS, PART % (b"files", b'; filename="\x00"', b"x") + b"--b--\r\n"),
    "a text as a file": (PARTS, PART % (b"name", b'; filename="a"', b"x") + b"--b--\r\n"),
    "a file as a text": (PARTS, PART % (b"files", b"", b"x") + b"--b--\r\n"),
    "packed": (PARTS, b"--b\r\nContent-Transfer-Encoding: base64\r\n" + (PART % (b"a", b"", b"=a="))[5:]),
    "no utf-8": (FORM, b"name=%ff%fe&text=\xff\xfe"),
    "another encoding": (f"{FORM}; charset=utf-16", "name=甲".encode("utf-16")),
    "no encoding there is": (f"{FORM}; charset=none-such", b"name=a"),
    "half a sign": (FORM, b"name=%&text=%4&=&&==&%00=%00"),
    "json": ("application/json", b'{"name": {"$gt": ""}}'),
    "xml": ("text/xml", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"),
    "no kind": ("", b"name=a"),
    "nonsense for a kind": ("a;b;c=\xe9", b"name=a"),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_no_browser_sends(cast: Cast, sign_in: SignIn, name: str) -> None:
    kind, body = BODIES[name]
    case = assessing.collecting(cast)
    (link,) = assessing.open_survey(cast, case, cast.at, 1)
    residents, officer = Client(), sign_in("county")
    pages = {
        reverse("survey_answer", args=[link.token]): residents,
        reverse("login"): residents,
        reverse("preferences"): residents,
        reverse("case", args=[case.pk]): officer,
        reverse("evidence_upload", args=[case.pk]): sign_in("clerk"),
        reverse("todos_bulk"): officer,
        reverse("stand_in"): officer,
    }
    for where, client in pages.items():
        answer = client.generic("POST", where, body, content_type=kind)
        assert answer.status_code < 500, where
        said = Typed(answer.content.decode()).said if answer.status_code == 422 else ["x"]
        assert any(text.strip() for text in said), where


@TIMES
def test_a_residents_questionnaire(cast: Cast, times: int) -> None:
    (link,) = assessing.open_survey(cast, assessing.collecting(cast), cast.at, 1)
    fields: dict[str, forms.Field] = {"consent": forms.BooleanField()}
    for question in SurveyLink.objects.get().survey.questions:
        options = [(key, key) for key, *_look in options_of(question["scale"])]
        fields[question["key"]] = forms.ChoiceField(choices=options)
    Posts(Client(), reverse("survey_answer", args=[link.token]), times).send(fields)


@TIMES
@pytest.mark.parametrize("name", ["login", "password_reset"])
def test_the_way_in(cast: Cast, times: int, name: str) -> None:
    fields = {"login": AuthenticationForm().fields, "password_reset": PasswordResetForm().fields}[name]
    Posts(Client(), reverse(name), times).send(fields)


@TIMES
def test_the_second_step(cast: Cast, times: int) -> None:
    set_up(cast.county)
    Posts(give_password(cast), reverse("mfa_code"), times).send(CodeForm().fields)


@TIMES
def test_ones_own_settings(cast: Cast, sign_in: SignIn, settings: Any, times: int) -> None:
    settings.WEBHOOK_HOSTS = ["qyapi.weixin.qq.com", "robot.example.org"]
    client = sign_in("county")
    Posts(client, reverse("notification_preferences"), times).send(PreferenceForm().fields)
    Posts(client, reverse("password_change"), times).send(PasswordChangeForm(cast.county).fields)


@TIMES
def test_several_todos_at_once(cast: Cast, sign_in: SignIn, times: int) -> None:
    road.to_street(cast)
    todo = str(Todo.objects.get(state="open").pk)
    client, where = sign_in("street"), reverse("todos_bulk")
    for do, form in (("pass", PassForm()), ("reassign", ReassignForm())):
        Posts(client, where, times, always={"do": do, "ids": todo}, most_pass=True).send(form.fields)
    wild = {"do": forms.ChoiceField(choices=[("pass", ""), ("watch", ""), ("claim", "")])}
    names = {name: forms.CharField() for name in ("ids", "all", "query", "tab", "opinion", "to")}
    Posts(client, where, times).send({**wild, **names})


@TIMES
def test_a_kept_filter(cast: Cast, sign_in: SignIn, times: int) -> None:
    fields = {"page": forms.ChoiceField(choices=[("desk", ""), ("cases", "")])}
    more = {name: forms.CharField() for name in ("name", "query")}
    Posts(sign_in("county"), reverse("view_save"), times).send({**fields, **more})


@TIMES
@pytest.mark.parametrize("name", ["preferences", "notifications_read", "demo_clock", "demo_login"])
def test_small_buttons(cast: Cast, sign_in: SignIn, settings: Any, times: int, name: str) -> None:
    settings.DEMO = True
    words = ("size", "contrast", "language", "next", "ids", "all", "days", "username")
    fields = {word: forms.CharField() for word in words}
    Posts(sign_in("county"), reverse(name), times, most_pass=True).send(fields)


FILTERS = (
    "q",
    "tab",
    "due",
    "stage",
    "region",
    "star",
    "page",
    "state",
    "kind",
    "from",
    "to",
    "batch",
    "month",
)
MORE = ("day", "view", "whose", "city", "county", "code", "show", "size", "sort")
LISTS = (
    *("desk", "desk_export", "cases", "cases_export", "search", "palette", "ledger", "deadline_calendar"),
    *("dashboard", "dashboard_export", "notifications", "jobs", "portal_results", "portal_csv"),
    *("portal_notices", "portal_announcements", "portal_objections", "portal_verification"),
    *("complaints", "complaints_export", "portal_complaints", "portal_complain", "complaint_new"),
    *("portal_heads", "portal_statistics", "api_results", "api_notices", "login", "sign_ins"),
)
KEEPS = {
    "cases": "q",
    "ledger": "q",
    "search": "q",
    "portal_results": "q",
    "portal_objections": "code",
    "complaints": "q",
    "portal_complaints": "code",
    "complaint_new": "q",
    "desk": "q",
}


@pytest.mark.parametrize("times", [5, pytest.param(500, marks=pytest.mark.nightly)])
@pytest.mark.parametrize("name", LISTS)
def test_filters_of_lists(cast: Cast, sign_in: SignIn, times: int, name: str) -> None:
    """Each name is asked for with junk; a search still shows what was searched for."""
    client, where = sign_in("county"), reverse(name)
    asked = st.fixed_dictionaries({}, optional=dict.fromkeys([*FILTERS, *MORE], JUNK))
    seen: list[int] = []

    @seed(1)
    @hypothesis_settings(max_examples=times, **WAY)
    @given(asked, st.sampled_from(NASTY))
    def try_one(query: dict[str, str], searched: str) -> None:
        cache.clear()
        kept = KEEPS.get(name)
        said = {**query, kept: searched} if kept else query
        answer = taken_back(lambda: client.get(where, said))
        seen.append(answer.status_code)
        assert answer.status_code < 500
        if answer.status_code >= 400 and answer.headers["Content-Type"].startswith("application/json"):
            assert answer.json()["error"] and answer.json()["code"]
        line = cleaned(searched)
        if kept and answer.status_code in {200, 404} and line:
            shown = Typed(answer.content.decode()).values.get(kept, [])
            assert any((value and searched.strip().startswith(value)) or value == line for value in shown), (
                shown
            )

    try_one()
    assert set(seen) & {200, 302}


@pytest.mark.parametrize(
    "texts", [NASTY[::3], pytest.param(NASTY, marks=pytest.mark.nightly)], ids=["some", "all"]
)
def test_codes_and_addresses(cast: Cast, client: Client, texts: list[str]) -> None:
    """What somebody puts in place of a code, a token or a number."""
    public = (
        "objections/{}/",
        "complaints/{}/",
        "verify/{}/",
        "communities/{}/",
        "standard/{}/",
        "certificates/{}.pdf",
    )
    for text in texts:
        cache.clear()
        part = quote(text[:300], safe="") or "%20"
        for where in (*public, "publications/{}/"):
            assert client.get("/public/" + where.format(part)).status_code in {200, 301, 302, 404}
        for where in (f"/s/{part}/", f"/api/v1/public/communities/{part}", f"/accounts/reset/{part}/{part}/"):
            assert client.get(where).status_code in {200, 301, 302, 404}
            assert client.post(where).status_code in {200, 301, 302, 404, 405}
        for where in ("objections/{}/withdraw/", "complaints/{}/withdraw/", "complaints/{}/rate/"):
            assert client.post("/public/" + where.format(part)).status_code in {302, 404, 405}
