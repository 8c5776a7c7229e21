"""Taking over the last application: what is taken, what stays, and that nothing is handed in unseen."""

from collections.abc import Callable
from hashlib import sha256

import pytest
from django.test import Client

from applications.actions import claims, facts, intake
from applications.actions.cases import open_case
from applications.actions.reuse import Reused, reuse
from applications.errors import Invalid, NotAllowed, Refused
from applications.models import Award, Batch, Case, Claim, DeclaredFact, Event, Evidence, EvidenceLink
from applications.queries import earlier
from applications.queries.dossier import dossier_of
from applications.queries.gaps import gaps_of
from tests import papers, road
from tests.cast import Cast
from tests.pages import post, text

SignIn = Callable[[str], Client]
ALL = ("facts", "claims", "awards")


@pytest.fixture(autouse=True)
def on_the_day(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pages live on the day of the story."""
    monkeypatch.setattr("applications.clock.now", lambda: cast.at)


@pytest.fixture
def before(cast: Cast) -> Case:
    """An application that was handed in and refused last time."""
    case = road.to_street(cast)
    intake.decline(case, opinion="材料经核查不实，不予受理。", by=cast.street, at=cast.at)
    return case


@pytest.fixture
def case(cast: Cast, before: Case) -> Case:
    """The application of this time, with nothing in it."""
    return open_case(cast.batch, community=cast.community, applied_star=4, by=cast.clerk, at=cast.at)


def musts(cast: Cast, case: Case) -> list[str]:
    """What keeps the application from being handed in."""
    return [gap.sentence for gap in gaps_of(dossier_of(case, on=cast.at.date())) if gap.must]


def everything(cast: Cast, case: Case, before: Case) -> Reused:
    """Take over all there is."""
    files = Evidence.objects.filter(case=before).values_list("pk", flat=True)
    return reuse(case, parts=ALL, files=list(files), by=cast.clerk, at=cast.at)


def test_facts_claims_files_and_awards_come_over_and_are_counted_in_the_log(
    cast: Cast, case: Case, before: Case
) -> None:
    done = everything(cast, case, before)
    assert done.facts == DeclaredFact.objects.filter(case=before).count() > 20
    assert done.claims == Claim.objects.filter(case=before).count() > 40
    assert done.files == Evidence.objects.filter(case=before).count() > 0
    assert done.awards == Award.objects.filter(case=before).count() == 2
    for old in DeclaredFact.objects.filter(case=before):
        row = DeclaredFact.objects.get(case=case, key=old.key)
        assert (row.value, row.carried, row.updated_by) == (old.value, True, cast.clerk)
    old_links = EvidenceLink.objects.filter(evidence__case=before).values_list("indicator", flat=True)
    links = EvidenceLink.objects.filter(evidence__case=case).values_list("indicator", flat=True)
    assert sorted(links) == sorted(old_links)
    event = Event.objects.get(case=case, verb="reuse_application")
    assert event.data == {"source": before.number, "batch": cast.batch.name, **vars(done)}


def test_a_file_that_came_over_is_opened_like_any_other(
    cast: Cast, case: Case, before: Case, sign_in: SignIn
) -> None:
    everything(cast, case, before)
    row = Evidence.objects.filter(case=case).order_by("pk")[0]
    answer = sign_in("street").get(f"/cases/{case.pk}/evidence/{row.pk}/")
    assert answer.status_code == 200
    assert sha256(b"".join(answer.streaming_content)).hexdigest() == row.sha256


def test_what_is_typed_already_stays(cast: Cast, case: Case, before: Case) -> None:
    facts.save_facts(case, values={"households": "999"}, revisions={}, by=cast.clerk, at=cast.at)
    entries = {"1.1.a": claims.Entry(reached=False, note="今年没有。")}
    claims.save_claims(case, entries=entries, by=cast.clerk, at=cast.at)
    everything(cast, case, before)
    row = DeclaredFact.objects.get(case=case, key="households")
    assert (row.value, row.carried) == (999, False)
    claim = Claim.objects.get(case=case, indicator="1.1.a")
    assert (claim.reached, claim.note, claim.carried) == (False, "今年没有。", False)
    again = everything(cast, case, before)
    assert (again.facts, again.claims, again.awards) == (0, 0, 0)
    assert Evidence.objects.filter(case=case).count() == Evidence.objects.filter(case=before).count()


def test_a_cleared_fact_counts_as_nothing_and_is_filled(cast: Cast, case: Case, before: Case) -> None:
    facts.save_facts(case, values={"households": "999"}, revisions={}, by=cast.clerk, at=cast.at)
    facts.save_facts(case, values={"households": ""}, revisions={"households": 1}, by=cast.clerk, at=cast.at)
    everything(cast, case, before)
    row = DeclaredFact.objects.get(case=case, key="households")
    assert (row.value, row.carried, row.revision) == (1860, True, 3)


def test_nothing_is_handed_in_before_each_was_looked_at(cast: Cast, case: Case, before: Case) -> None:
    everything(cast, case, before)
    waiting = [sentence for sentence in musts(cast, case) if "沿用上次申报" in sentence]
    carried = DeclaredFact.objects.filter(case=case).count() + Claim.objects.filter(case=case).count()
    assert len(waiting) == carried
    typed = {"households": "1860"}
    facts.save_facts(case, values=typed, revisions={"households": 1}, by=cast.clerk, at=cast.at)
    assert DeclaredFact.objects.get(
        case=case, key="households"
    ).carried  # a page that saves itself confirms nothing
    facts.save_facts(case, values=typed, revisions={"households": 1}, checked=True, by=cast.clerk, at=cast.at)
    row = DeclaredFact.objects.get(case=case, key="households")
    assert (row.carried, row.revision) == (False, 1)


def test_a_changed_value_needs_no_second_look(cast: Cast, case: Case, before: Case) -> None:
    everything(cast, case, before)
    facts.save_facts(
        case, values={"households": "1900"}, revisions={"households": 1}, by=cast.clerk, at=cast.at
    )
    assert not DeclaredFact.objects.get(case=case, key="households").carried
    entries = {"1.1.a": claims.Entry(reached=False, note=None, revision=1)}
    claims.save_claims(case, entries=entries, by=cast.clerk, at=cast.at)
    assert not Claim.objects.get(case=case, indicator="1.1.a").carried


def test_the_pages_offer_mark_and_confirm(cast: Cast, case: Case, before: Case, sign_in: SignIn) -> None:
    clerk, root = sign_in("clerk"), f"/cases/{case.pk}/apply/"
    assert "沿用上次的数据、自评和材料" in text(clerk.get(root))
    page = text(clerk.get(root + "reuse/"))
    assert before.number in page
    assert "台账" in page
    files = list(Evidence.objects.filter(case=before).values_list("pk", flat=True))
    answer = post(clerk, root + "reuse/", "reuse", parts=list(ALL), files=files)
    assert (answer.status_code, answer.url) == (302, root)
    assert "沿用上次的数据、自评和材料" not in text(clerk.get(root))  # nothing is bare any more
    assert "沿用上次申报，待核对" in text(clerk.get(root + "facts/base/"))
    typed = {f"fact-{key}": value for key, value in papers.typed_facts().items()}
    silent = post(clerk, root + "facts/base/", "save", fields={**typed, "autosave": "1"})
    assert silent.status_code == 204
    assert "沿用上次申报，待核对" in text(clerk.get(root + "facts/base/"))
    assert post(clerk, root + "facts/base/", "save", fields=typed).status_code == 302
    assert "沿用上次申报，待核对" not in text(clerk.get(root + "facts/base/"))
    assert "沿用上次申报，待核对" in text(clerk.get(root + "dimensions/1/"))
    chosen = {f"claim-{row.indicator}": "yes" for row in Claim.objects.filter(case=case)}
    assert post(clerk, root + "dimensions/1/", "save", fields=chosen).status_code == 302
    assert "沿用上次申报，待核对" not in text(clerk.get(root + "dimensions/1/"))
    assert "沿用上次申报，待核对" in text(clerk.get(root + "indicators/2.1.b/"))
    claim = Claim.objects.get(case=case, indicator="2.1.b")
    same = {"reached": "yes", "note": claim.note, "revision": 1}
    assert post(clerk, root + "indicators/2.1.b/", "save", **same).status_code == 302
    assert "沿用上次申报，待核对" not in text(clerk.get(root + "indicators/2.1.b/"))


def test_choosing_nothing_is_told_and_an_unticked_file_stays_behind(
    cast: Cast, case: Case, before: Case, sign_in: SignIn
) -> None:
    clerk, url = sign_in("clerk"), f"/cases/{case.pk}/apply/reuse/"
    answer = post(clerk, url, "reuse")
    assert answer.status_code == 422
    assert "请至少选择一类内容或一份材料。" in text(answer)
    assert post(clerk, url, "reuse", parts=["facts"]).status_code == 302
    assert Evidence.objects.filter(case=case).count() == 0
    assert Claim.objects.filter(case=case).count() == 0


def test_a_file_of_another_case_is_never_taken(cast: Cast, case: Case, before: Case) -> None:
    other = open_case(
        cast.batch, community=cast.communities["莲塘社区"], applied_star=3, by=cast.neighbour, at=cast.at
    )
    papers.fill_in(other, by=cast.neighbour, at=cast.at)
    theirs = list(Evidence.objects.filter(case=other).values_list("pk", flat=True))
    done = reuse(case, parts=["facts"], files=theirs, by=cast.clerk, at=cast.at)
    assert done.files == 0
    assert Evidence.objects.filter(case=case).count() == 0


def test_without_an_earlier_application_there_is_nothing_to_offer(cast: Cast, sign_in: SignIn) -> None:
    case = road.open_case(cast)
    clerk = sign_in("clerk")
    assert "沿用上次" not in text(clerk.get(f"/cases/{case.pk}/apply/"))
    assert clerk.get(f"/cases/{case.pk}/apply/reuse/").status_code == 404
    with pytest.raises(Refused, match="没有可以沿用的申报"):
        reuse(case, parts=ALL, files=[], by=cast.clerk, at=cast.at)


def test_only_the_community_takes_over_and_only_while_filling_in(
    cast: Cast, case: Case, before: Case
) -> None:
    for who in (cast.street, cast.neighbour, cast.province):
        with pytest.raises(NotAllowed):
            reuse(case, parts=ALL, files=[], by=who, at=cast.at)
    with pytest.raises(Invalid):
        reuse(case, parts=[], files=[], by=cast.clerk, at=cast.at)
    assert not DeclaredFact.objects.filter(case=case).exists()


def test_a_claim_of_another_wording_does_not_come_over(
    cast: Cast, case: Case, before: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    same = earlier.same_indicators
    monkeypatch.setattr(
        earlier,
        "same_indicators",
        lambda plan, old: {key: row for key, row in same(plan, old).items() if key != "1.1.a"},
    )
    everything(cast, case, before)
    assert not Claim.objects.filter(case=case, indicator="1.1.a").exists()
    assert Claim.objects.filter(case=case, indicator="1.1.b").exists()
    assert Batch.objects.count() == 1
