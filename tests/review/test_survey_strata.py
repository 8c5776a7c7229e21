"""A stratified survey: the sample allotted, the draw fixed and shown, sheets by stratum, the return of each stratum."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applications.errors import Invalid
from applications.models import Case, Event
from review.actions import survey, survey_answers, survey_links
from review.core.sampling import Stratum, drawn
from review.models import SurveyLink, SurveyRound
from review.queries.surveys import doors_of, grids_of, parts_of
from tests.cast import Cast
from tests.pages import post, text
from tests.review import assessing

SignIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def on_the_day(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pages live on the day of the story."""
    monkeypatch.setattr("applications.clock.now", lambda: cast.at)


@pytest.fixture
def case(cast: Cast) -> Case:
    """A case whose survey may begin."""
    return assessing.collecting(cast)


def opened(cast: Cast, case: Case) -> SurveyRound:
    """A survey of twenty in three strata."""
    return survey.open_survey(case, frame=assessing.FRAME, by=cast.county, at=cast.at)


def strata_of(links: list[survey_links.Issued]) -> list[int]:
    """How many sheets each of the three strata got."""
    return [sum(link.stratum == place for link in links) for place in range(3)]


def test_the_sample_is_allotted_and_the_seed_stands_in_the_log(cast: Cast, case: Case) -> None:
    row = opened(cast, case)
    assert [part["sample"] for part in row.strata] == [10, 7, 3]
    event = Event.objects.get(case=case, verb="open_survey")
    assert event.data["seed"] == row.seed and len(row.seed) == 16
    assert event.data["strata"] == row.strata
    first = doors_of(row)[0]
    assert first.sample + first.reserve == drawn(row.seed, 0, 930, 12)
    assert len(first.sample) == 10


def test_sheets_go_to_the_strata_that_lack_them_and_a_voided_one_is_issued_again(
    cast: Cast, case: Case
) -> None:
    opened(cast, case)
    assert strata_of(survey_links.issue_links(case, count=20, by=cast.county, at=cast.at)) == [10, 7, 3]
    third = SurveyLink.objects.filter(stratum=2).order_by("serial")[0]
    survey_links.void_links(case, serials=str(third.serial), reason="vacant", by=cast.county, at=cast.at)
    assert strata_of(survey_links.issue_links(case, count=1, by=cast.county, at=cast.at)) == [0, 0, 1]
    more = survey_links.issue_links(case, count=6, by=cast.county, at=cast.at)
    assert strata_of(more) == [3, 2, 1], "beyond the sample by households"


def test_the_return_is_counted_by_stratum_and_kept_when_the_survey_ends(cast: Cast, case: Case) -> None:
    row = opened(cast, case)
    links = survey_links.issue_links(case, count=20, by=cast.county, at=cast.at)
    for link in [link for link in links if link.stratum != 2] + [links[-1]]:
        survey_answers.answer(link.token, answers=assessing.answers(), consent=True, by=None, at=cast.at)
    parts = parts_of(row)
    assert [(part.distributed, part.returned) for part in parts] == [(10, 10), (7, 7), (3, 1)]
    assert [part.return_pct for part in parts] == ["100", "100", "33.33"]
    assert [part.short_of(90) for part in parts] == [False, False, True]
    closed = survey.close_survey(case, by=cast.county, at=cast.at)
    assert closed.figures["strata"][2] == {"name": "第3网格", "distributed": 3, "returned": 1}


def test_nothing_says_which_sheet_went_to_which_door(cast: Cast, case: Case) -> None:
    opened(cast, case)
    survey_links.issue_links(case, count=20, by=cast.county, at=cast.at)
    names = {field.name for field in SurveyLink._meta.get_fields()}
    assert "stratum" in names and not {name for name in names if "house" in name or "door" in name}


@pytest.mark.parametrize(
    ("strata", "sentence"),
    [
        ((Stratum("甲", 900), Stratum("乙", 900)), "合计1800户，与抽样框户数1860户不一致"),
        ((Stratum("甲", 930), Stratum("甲", 930)), "分层名称“甲”重复"),
    ],
)
def test_wrong_strata_are_told(cast: Cast, case: Case, strata: tuple[Stratum, ...], sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        survey.open_survey(case, frame=replace(assessing.FRAME, strata=strata), by=cast.county, at=cast.at)
    assert sentence in refused.value.sentence
    assert [fault.field for fault in refused.value.faults] == ["strata"]


def test_a_survey_without_strata_goes_on_as_before(cast: Cast, case: Case) -> None:
    plain = replace(assessing.FRAME, strata=())
    row = survey.open_survey(case, frame=plain, by=cast.county, at=cast.at)
    links = survey_links.issue_links(case, count=3, by=cast.county, at=cast.at)
    assert (row.strata, row.seed, parts_of(row), doors_of(row)) == ([], "", [], [])
    assert [link.stratum for link in links] == [None, None, None]


def test_the_page_proposes_grids_and_a_sample_and_shows_the_strata(
    cast: Cast, case: Case, sign_in: SignIn
) -> None:
    county, url = sign_in("county"), f"/cases/{case.pk}/survey/"
    grids = grids_of(case)
    page = county.get(url).content.decode()
    assert grids and f"第1网格 {grids[0]}" in page
    assert f'name="frame_size" value="{sum(grids)}"' in page
    assert 'name="sample_size" value="319"' in page
    frame = {"frame": "名册", "frame_size": 1860, "sample_size": 20, "sampling": "分层随机"}
    wrong = post(county, url, "open", **frame, strata="第1网格 930\n第2网格")
    assert wrong.status_code == 422
    assert "“第2网格”无法识别" in text(wrong)
    assert "第1网格 930" in wrong.content.decode()
    assert county.get(f"{url}households/").status_code == 404
    right = post(county, url, "open", **frame, strata="第1网格 930\n第2网格 930")
    assert right.status_code == 302
    page = county.get(url).content.decode()
    assert 'name="count" value="20"' in page
    assert "第2网格" in page and "各层回收" in page
    doors = text(sign_in("surveyor").get(f"{url}households/"))
    row = SurveyRound.objects.get()
    assert row.seed in doors
    assert "、".join(str(number) for number in doors_of(row)[0].sample) in doors
    assert sign_in("clerk").get(f"{url}households/").status_code == 403


def test_the_printed_list_names_the_stratum_of_each_sheet(cast: Cast, case: Case, sign_in: SignIn) -> None:
    opened(cast, case)
    county, url = sign_in("county"), f"/cases/{case.pk}/survey/"
    page = text(post(county, url, "issue", count=20, output="page", once="a"))
    assert page.count("第1网格") == 10 and page.count("第3网格") == 3
    rows = post(county, url, "issue", count=2, output="csv", once="b").content.decode("utf-8-sig")
    assert rows.splitlines()[0] == "编号,链接,分层"


def test_the_page_makes_the_same_queries_with_one_stratum_and_with_three(
    cast: Cast, case: Case, sign_in: SignIn
) -> None:
    county, url = sign_in("county"), f"/cases/{case.pk}/survey/"
    row = opened(cast, case)
    survey_links.issue_links(case, count=20, by=cast.county, at=cast.at)
    found = []
    for strata in (row.strata, row.strata[:1]):
        row.strata = strata
        row.save()
        county.get(url)
        with CaptureQueriesContext(connection) as caught:
            assert county.get(url).status_code == 200
        found.append(len(caught))
    assert found[0] == found[1]


def test_the_data_of_a_survey_that_has_ended_come_with_labels_and_without_day_person_or_sheet(
    cast: Cast, case: Case, sign_in: SignIn
) -> None:
    county, url = sign_in("county"), f"/cases/{case.pk}/survey/1/data/"
    assessing.open_survey(cast, case, cast.at)
    assert county.get(url).status_code == 404
    survey.void_survey(case, reason="重来", by=cast.county, at=cast.at)
    assessing.ask(cast, case, cast.at)
    answer = county.get(f"/cases/{case.pk}/survey/2/data/")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as files:
        names = sorted(files.namelist())
        table = files.read(names[0]).decode("utf-8-sig").splitlines()
        labels = files.read(names[1]).decode("utf-8-sig")
    assert [name.rsplit(".")[-1] for name in names] == ["csv", "sps"]
    assert table[0].startswith("id,mode,counted,resident,overall")
    given = sum(assessing.LEVELS.values())
    assert len(table) == given + 1
    assert sum(row.split(",")[1] == "2" for row in table[1:]) == 1, "the one entered by the surveyor"
    assert names[0] in labels and "2026-" not in "\n".join(table)
    assert sign_in("clerk").get(f"/cases/{case.pk}/survey/2/data/").status_code == 403
    page = text(county.get(f"/cases/{case.pk}/survey/"))
    assert "各题平均分（5分制）" in page and "下载问卷数据" in page
    row = SurveyRound.objects.get(state="closed")
    assert row.figures["means"]["overall"] == "4.53"
