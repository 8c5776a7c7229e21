"""The collection as a whole: parallel streams joined, and a second round that begins again as new rows."""

from datetime import timedelta

from applications.actions.cases import enter
from applications.actions.turns import begin, cancel_todos
from applications.models import Assignment, Case, Recusal, StageRun, Todo
from review.actions import team
from review.actions.team import NewMember
from review.flows import CollectionFlow
from review.models import FactCheck, ServiceRecord, SurveyRound
from review.queries.facts import confirmed_facts
from tests import road
from tests.cast import Cast
from tests.review import assessing


def open_nodes(case: Case) -> set[str]:
    return set(Todo.objects.filter(case=case, state="open").values_list("node", flat=True))


def second_round(cast: Cast, case: Case) -> Case:
    """Take a case whose first collection is over to the second one, as the rectification does."""
    case.refresh_from_db()
    StageRun.objects.filter(case=case, finished_at=None).update(finished_at=cast.at)
    open_ones = Todo.objects.filter(case=case, state="open")
    cancel_todos(list(open_ones.values_list("task", flat=True)), at=cast.at)
    case.round = 2
    case.save()
    for state in ("scoring", "rectification", "collection"):
        enter(case, state, by=None, at=cast.at)
    begin(CollectionFlow.start, case, stage="collection", by=None, at=cast.at + timedelta(days=60))
    return case


def test_the_streams_run_side_by_side_and_the_review_waits_for_all(cast: Cast) -> None:
    case = assessing.collecting(cast)
    assessing.serve(cast, case, cast.at)
    assert "collection.services" not in open_nodes(case)
    assessing.ask(cast, case, cast.at)
    case.refresh_from_db()
    assert case.state == "collection" and open_nodes(case) == {"collection.documents", "collection.site"}
    assessing.look(cast, case, cast.at)
    case.refresh_from_db()
    assert case.state == "review" and open_nodes(case) == {"review.judge"}
    assert confirmed_facts(case, 1)["survey"]["returned"] == 19
    assert len(confirmed_facts(case, 1)) == 26


def test_the_real_road_leads_through_both_stages(cast: Cast) -> None:
    case = road.to_review(cast)
    assert case.state == "review"
    runs = StageRun.objects.filter(case=case, stage__in=["preparation", "collection"])
    assert all(run.finished_at == cast.at for run in runs) and len(runs) == 2


def test_a_second_round_begins_again_with_the_same_team_and_no_facts(cast: Cast) -> None:
    case = assessing.collecting(cast)
    road.through_collection(cast, case)
    case = second_round(cast, case)
    assert open_nodes(case) == {
        f"collection.{node}" for node in ("documents", "site", "survey", "interviews", "services")
    }
    assert Assignment.objects.filter(case=case, round=2, active=True).count() == 6
    assert confirmed_facts(case, 2) == {} and len(confirmed_facts(case, 1)) == 26
    road.through_collection(cast, case, at=cast.at + timedelta(days=61), levels={"very_satisfied": 20})
    assert confirmed_facts(case, 2)["survey"]["very_satisfied"] == 20
    assert confirmed_facts(case, 1)["survey"]["very_satisfied"] == 11, "round 1 stays as it was"
    assert FactCheck.objects.filter(case=case, round=1).count() == 26
    assert SurveyRound.objects.filter(case=case).count() == 2
    assert ServiceRecord.objects.filter(case=case, round=2).count() == 3


def test_a_second_round_asks_the_county_for_what_the_team_has_lost(cast: Cast) -> None:
    case = assessing.collecting(cast)
    road.through_collection(cast, case)
    Recusal.objects.create(case=case, user=cast.reviewer, reason="亲属", at=cast.at)
    case = second_round(cast, case)
    assert open_nodes(case) == {"collection.complete_team"}
    new = [NewMember("expert", ("reviewer",), cast.reviewer4)]
    team.form_team(case, agency=None, members=new, by=cast.county, at=cast.at)
    assert open_nodes(case) == {"collection.declare"}
    team.declare(case, conflict=True, reason="同学", by=cast.reviewer4, at=cast.at)
    assert open_nodes(case) == {"collection.complete_team"}
    new = [NewMember("expert", ("reviewer",), cast.unassigned)]
    team.form_team(case, agency=None, members=new, by=cast.county2, at=cast.at)
    team.declare(case, conflict=False, confidentiality=True, integrity=True, by=cast.unassigned, at=cast.at)
    assert "collection.site" in open_nodes(case) and len(open_nodes(case)) == 5
