"""Official papers: issued once, numbered, frozen, printed whole, opened only by those they are for."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
from django.db import connection
from django.test import Client

from applications.actions import intake
from applications.core.standard import default
from applications.models import Case, Event, OfficialPaper, Organisation, Recusal
from applications.models.append_only import AppendOnlyError
from review.actions import revocation
from review.models import StarAward
from tests import road
from tests.cast import AT, Cast
from tests.review import publishing
from workflow import papers, pdf
from workflow.verification import broken_chains

SignIn = Callable[[str], Client]
LATER = AT + timedelta(days=60)
HOSTILE = '#let x = 1 $a^2$ \\ *粗* _斜_ `码` <label> @ref [a](b) // 注 /* 注 */ #panic("x") ”“ {} ;#sys.inputs ~ -- …'


def words_of(body: bytes) -> str:
    """The text of a PDF, without the line ends that the width of the page made."""
    document = pypdfium2.PdfDocument(body)
    pages = [document[place].get_textpage() for place in range(len(document))]
    found = "".join(page.get_text_bounded() for page in pages)
    document.close()
    return "".join(found.replace("\u200b", "").split())


def paper(case: Case, kind: str) -> OfficialPaper:
    """The newest paper of a kind."""
    return OfficialPaper.objects.filter(case=case, kind=kind).latest("pk")


@pytest.fixture
def returned(cast: Cast) -> Case:
    """An application that the street sent back."""
    case = road.to_street(cast)
    defects = {"1.1.a": "缺居务监督委员会成立文件。", "population": f"与年报不一致。{HOSTILE}"}
    key = next(iter(default().facts))
    defects[key] = defects.pop("population")
    intake.send_back(case, opinion="请补正。", defects=defects, by=cast.street, at=cast.at)
    return case


def test_a_return_lists_every_defect_by_indicator_with_the_day_to_answer(returned: Case) -> None:
    row = paper(returned, "return")
    assert row.number == f"BZ{returned.number[2:]}-01"
    said = words_of(papers.paper_pdf(row))
    for part in (
        "公园街道办事处",
        "退回补正通知书",
        "翠湖社区居民委员会：",
        "1.1.a",
        "缺居务监督委员会成立文件。",
        "2项",
    ):
        assert part in said
    assert "".join(HOSTILE.split()) in said  # as typed, and nothing of it was obeyed
    assert row.content["due"]
    assert "月" in said


def test_an_acceptance_is_the_word_of_the_province(cast: Cast) -> None:
    case = road.to_preparation(cast)
    said = words_of(papers.paper_pdf(paper(case, "acceptance")))
    assert "江西省民政厅" in said
    assert "现予受理" in said
    assert OfficialPaper.objects.filter(case=case).count() == 1  # the lower levels pass on without a paper


def test_a_refusal_to_accept_gives_its_reason(cast: Cast) -> None:
    case = road.to_street(cast)
    intake.decline(case, opinion="不在评定范围内。", by=cast.street, at=cast.at)
    said = words_of(papers.paper_pdf(paper(case, "decline")))
    assert "决定不予受理" in said
    assert "不在评定范围内。" in said


def test_the_same_paper_always_has_the_same_bytes_and_says_what_it_said(returned: Case) -> None:
    row = paper(returned, "return")
    first = papers.paper_pdf(row)
    returned.community.name = "改名社区"
    returned.community.save()
    for office in Organisation.objects.filter(name="公园街道办事处"):
        office.name = "改名办事处"
        office.save()
    again = papers.paper_pdf(OfficialPaper.objects.get(pk=row.pk))
    assert hashlib.sha256(first).digest() == hashlib.sha256(again).digest()
    with pytest.raises(AppendOnlyError):
        row.save()


def test_the_log_vouches_for_every_paper(returned: Case) -> None:
    row = paper(returned, "return")
    event = Event.objects.get(case=returned, verb="issue_paper")
    assert event.data == {"paper": row.number, "kind": "return", "digest": row.digest}
    assert list(broken_chains()) == []
    with connection.cursor() as cursor:
        cursor.execute("update applications_officialpaper set content = '{}' where id = %s", [row.pk])
    (found,) = broken_chains()
    assert "文书与其摘要不符" in found.why


def test_the_report_has_its_four_parts_and_every_point(cast: Cast) -> None:
    case = road.to_publication(cast)
    row = paper(case, "report")
    said = words_of(papers.paper_pdf(row))
    for part in (
        "一、评价过程记录",
        "二、评价结论",
        "三、主要存在问题",
        "四、改进建议",
        "附件：逐项计分明细",
        case.number,
    ):
        assert part in said
    for key, indicator in default().indicators.items():
        assert key + "".join(indicator.short.split()) in said, key
    assert row.content["total"] in said


def test_a_certificate_says_what_was_announced_and_is_open_to_everybody(cast: Cast, client: Client) -> None:
    case = road.to_rectification(cast)
    award = StarAward.objects.get(case=case)
    answer = client.get(f"/public/certificates/{award.code}.pdf")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert not answer.cookies
    said = words_of(answer.content)
    for part in (
        "翠湖社区",
        "五星级“幸福社区”",
        award.code,
        award.publication.number,
        f"/public/verify/{award.code}/",
    ):
        assert "".join(part.split()) in said
    assert (
        client.get(answer.request["PATH_INFO"], headers={"if-none-match": answer["ETag"]}).status_code == 304
    )
    assert (
        f"/public/certificates/{award.code}.pdf"
        in client.get(f"/public/verify/{award.code}/").content.decode()
    )
    assert client.get("/public/certificates/ABCD-EFGH-JKLM-NPQR.pdf").status_code == 404


def test_a_revoked_certificate_is_not_handed_out(cast: Cast, client: Client) -> None:
    case = road.to_rectification(cast)
    award = StarAward.objects.get(case=case)
    proposal = revocation.propose(
        case, number="幸评撤〔2026〕1号", reason="申报材料弄虚作假。", by=cast.publisher, at=LATER
    )
    publishing.heard(cast, proposal, LATER)
    revocation.revoke(proposal, by=cast.publisher2, at=LATER)
    answer = client.get(f"/public/certificates/{award.code}.pdf")
    assert (answer.status_code, answer.url) == (302, f"/public/verify/{award.code}/")  # type: ignore[attr-defined]
    assert "已撤销" in client.get(answer.url).content.decode()  # type: ignore[attr-defined]


def test_who_opens_the_papers_of_the_intake(returned: Case, sign_in: SignIn) -> None:
    row = paper(returned, "return")
    wanted = {
        **dict.fromkeys(("clerk", "head", "street", "county", "city", "province", "auditor"), 200),
        "publisher": 403,
        **dict.fromkeys(("neighbour", "far_county", "other_street", "unassigned"), 404),
    }
    address = f"/cases/{returned.pk}/papers/{row.pk}.pdf"
    assert {who: sign_in(who).get(address).status_code for who in wanted} == wanted


def test_a_recused_official_and_a_stranger_open_nothing(
    cast: Cast, returned: Case, sign_in: SignIn, client: Client
) -> None:
    row = paper(returned, "return")
    Recusal.objects.create(case=returned, user=cast.county, reason="亲属在该社区任职", at=cast.at)
    assert sign_in("county").get(f"/cases/{returned.pk}/papers/{row.pk}.pdf").status_code == 404
    assert sign_in("county2").get(f"/cases/{returned.pk}/papers/{row.pk}.pdf").status_code == 200
    answer = client.get(f"/cases/{returned.pk}/papers/{row.pk}.pdf")
    assert (answer.status_code, "login" in answer.url) == (302, True)  # type: ignore[attr-defined]


def test_a_paper_is_not_found_under_another_case(cast: Cast, returned: Case, sign_in: SignIn) -> None:
    row = paper(returned, "return")
    other = road.cases.open_case(
        cast.batch, community=cast.communities["莲塘社区"], applied_star=3, by=cast.neighbour, at=cast.at
    )
    assert sign_in("neighbour").get(f"/cases/{other.pk}/papers/{row.pk}.pdf").status_code == 404


def test_the_page_lists_what_the_reader_may_open(
    cast: Cast, sign_in: SignIn, django_assert_num_queries: Any
) -> None:
    case = road.to_publication(cast)
    shown = {
        who: sign_in(who).get(f"/cases/{case.pk}/papers/").content.decode() for who in ("head", "reviewer")
    }
    assert ("受理通知书" in shown["head"], "星级评定报告" in shown["head"]) == (True, True)
    assert ("受理通知书" in shown["reviewer"], "星级评定报告" in shown["reviewer"]) == (False, True)
    assert f'href="/cases/{case.pk}/papers/"' in sign_in("head").get(f"/cases/{case.pk}/").content.decode()


def test_every_character_of_names_and_indicators_has_a_glyph() -> None:
    standard = default()
    texts = [indicator.content + indicator.short for indicator in standard.indicators.values()]
    texts += [part.name for part in standard.dimensions] + [
        str(spec.label) for spec in standard.facts.values()
    ]
    texts += [path.read_text(encoding="utf-8") for path in pdf.TEMPLATES.glob("*.typ")]
    texts += [
        (pdf.settings.BASE_DIR / "applications" / "data" / name).read_text(encoding="utf-8")
        for name in ("jiangxi-communities.csv", "jiangxi-regions.csv")
    ]
    texts.append("㛃𠮷䶮𬭎𫖯𠙶峣垚犇翀赟喆祎祺怡㐱㕧")
    missing = {
        sign
        for text in texts
        for sign in text
        if sign.isprintable() and ord(sign) not in pdf.known_characters()
    }
    assert missing == set()


def test_what_no_font_has_is_printed_as_the_printers_mark_and_nothing_unseen_stays() -> None:
    assert pdf.printable("甲\u202e乙\u200d\x07丙😀\r\n丁\ufeff") == "甲乙丙〓\n丁"


def test_a_font_that_lacks_the_characters_is_an_error_and_not_a_box(
    monkeypatch: pytest.MonkeyPatch, returned: Case
) -> None:
    bare = pdf.typst.Fonts(include_system_fonts=False, font_paths=[])
    monkeypatch.setattr(pdf, "fonts", lambda: bare)
    with pytest.raises((pdf.NoFont, pdf.typst.TypstError)):
        papers.paper_pdf(paper(returned, "return"))


def test_data_beyond_any_real_paper_are_refused() -> None:
    with pytest.raises(ValueError, match="bytes"):
        pdf.render("evidence", {"title": "长" * pdf.MOST_BYTES})
