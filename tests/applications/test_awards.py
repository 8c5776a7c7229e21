"""Commendations: entered by the community, confirmed by the province."""

from dataclasses import replace
from datetime import date

import pytest

from applications.actions import awards, evidence, intake
from applications.actions.awards import AwardEntry
from applications.errors import Hidden, Invalid, NotAllowed, Refused
from applications.models import Award, Case, Event
from applications.queries.dossier import dossier_of
from tests import papers, road
from tests.cast import Cast

PLAIN = AwardEntry("全省示范社区", "示范", "provincial", date(2025, 5, 1), "江西省民政厅", "collective")


@pytest.fixture
def case(cast: Cast) -> Case:
    """An application that is being filled in."""
    return road.open_case(cast)


def counted(case: Case) -> dict[str, bool]:
    """Which awards count, by title."""
    dossier = dossier_of(case, on=date(2026, 3, 2))
    titles = {str(award.pk): award.title for award in dossier.awards}
    return {titles[line.award.id]: line.counted for line in dossier.result.awards}


def test_of_one_matter_the_highest_counts_once_and_old_ones_do_not_count(cast: Cast, case: Case) -> None:
    for entry in (
        PLAIN,
        replace(PLAIN, title="全国示范社区", level="national"),
        replace(PLAIN, title="过期", matter="别的", date=date(2023, 12, 31)),
    ):
        awards.add_award(case, entry=entry, by=cast.clerk, at=cast.at)
    assert counted(case) == {"全省示范社区": False, "全国示范社区": True, "过期": False}
    assert dossier_of(case, on=date(2026, 3, 2)).result.bonus == 3


def test_an_award_from_the_future_is_refused(cast: Cast, case: Case) -> None:
    with pytest.raises(Invalid, match="2026年3月3日"):
        awards.add_award(case, entry=replace(PLAIN, date=date(2026, 3, 3)), by=cast.clerk, at=cast.at)


def test_a_certificate_must_be_a_file_of_this_case(cast: Cast, case: Case) -> None:
    done = evidence.upload(
        case, files=[papers.upload("证书.pdf", papers.pdf())], indicators=[], by=cast.clerk, at=cast.at
    )
    row = awards.add_award(case, entry=replace(PLAIN, evidence=done.rows[0].pk), by=cast.clerk, at=cast.at)
    assert row.evidence == done.rows[0]
    with pytest.raises(Invalid, match="重新选择"):
        awards.add_award(case, entry=replace(PLAIN, evidence=10**6), by=cast.clerk, at=cast.at)


def test_an_award_taken_back_keeps_its_row(cast: Cast, case: Case) -> None:
    row = awards.add_award(case, entry=PLAIN, by=cast.clerk, at=cast.at)
    awards.remove_award(case, award=row.pk, by=cast.clerk, at=cast.at)
    assert counted(case) == {}
    assert Award.objects.get(pk=row.pk).removed_at == cast.at
    with pytest.raises(Hidden):
        awards.remove_award(case, award=row.pk, by=cast.clerk, at=cast.at)


def test_awards_change_only_where_they_were_returned(cast: Cast, case: Case) -> None:
    road.to_street(cast, case)
    intake.send_back(case, opinion="请补正。", defects={"1.1.a": "缺。"}, by=cast.street, at=cast.at)
    with pytest.raises(Refused, match="加分项"):
        awards.add_award(case, entry=PLAIN, by=cast.clerk, at=cast.at)


def test_the_province_says_with_a_reason_whether_an_award_counts(cast: Cast) -> None:
    case = road.to_street(cast)
    row = Award.objects.filter(case=case).first()
    assert row is not None
    with pytest.raises(Invalid, match="理由"):
        awards.confirm_award(case, award=row.pk, counts=False, reason=" ", by=cast.province, at=cast.at)
    awards.confirm_award(
        case, award=row.pk, counts=False, reason="授予机关不符。", by=cast.province, at=cast.at
    )
    row.refresh_from_db()
    assert (row.confirmed, row.confirmed_by, row.confirm_reason) == (False, cast.province, "授予机关不符。")
    assert counted(case)[row.title] is False
    assert Event.objects.get(case=case, verb="confirm_award").data["reason"] == "授予机关不符。"
    for who in ("city", "county", "clerk", "publisher", "auditor"):
        with pytest.raises(NotAllowed):
            awards.confirm_award(case, award=row.pk, counts=True, reason="可以。", by=cast[who], at=cast.at)
