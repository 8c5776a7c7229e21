"""The road from the opened case to the committee's decision, with the verbs people use and nothing else."""

import pytest

from review.models import Decision, Finding
from review.queries.ratings import rating_in_force
from tests import road
from tests.cast import Cast


@pytest.mark.parametrize(("star", "state"), [(4, "publication"), (0, "rectification")])
def test_a_case_is_judged_rated_and_decided(cast: Cast, star: int, state: str) -> None:
    case = road.to_publication(cast, star=star)
    assert (case.state, case.star) == (state, star)
    assert Decision.objects.get().star == rating_in_force(case, 1).star == star
    line = rating_in_force(case, 1).lines.get(indicator="4.5.a")
    assert line.facts[0]["verdict"] == "surveyed"
    assert Finding.objects.filter(case=case).exists() is True
