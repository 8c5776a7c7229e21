"""Official papers as PDF: who may open which, and the paper set from what was frozen when it was issued."""

from typing import Any

import segno
from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from applications.core.verdict import YES, Verdict, no
from applications.models import Case, OfficialPaper, User
from applications.queries.papers import OF_INTAKE, intake_papers, papers_of
from review.core.wording import honour, place_words, star_words
from review.models import StarAward
from review.queries.ratings import visible_ratings
from workflow import pdf

TEMPLATES = dict.fromkeys(OF_INTAKE, "notice") | {OfficialPaper.Kind.REPORT: "report"}


def readable_papers(user: User, case: Case) -> QuerySet[OfficialPaper]:
    """Return the papers of a case that a person, who sees it, may open, newest first.

    The intake's papers are for the applicant and the offices that check; a report for whoever may see its rating.
    """
    ratings = [f"rating:{pk}" for pk in visible_ratings(user, case).values_list("pk", flat=True)]
    reports = Q(kind=OfficialPaper.Kind.REPORT, about__in=ratings)
    return papers_of(case).filter(intake_papers(user, case) | reports)


def may_read(user: User, paper: OfficialPaper) -> Verdict:
    """Whether a person, who sees the case, may open this paper."""
    if readable_papers(user, paper.case).filter(pk=paper.pk).exists():
        return YES
    if paper.kind == OfficialPaper.Kind.REPORT:
        return no(_("评定委员会作出决定后，社区才能查看评定报告。"))
    return no(_("该文书仅限申报社区和审核单位查看。"))


def paper_pdf(paper: OfficialPaper) -> bytes:
    """Return the paper as PDF; the same paper always gives the same bytes."""
    kind = OfficialPaper.Kind(paper.kind)
    content = {**paper.content, "kind": str(kind), "number": paper.number, "digest": paper.digest}
    content.setdefault("on", content.get("decision", {}).get("on", ""))
    return pdf.render(TEMPLATES[kind], content, archival=True)


def certificate_content(award: StarAward) -> dict[str, Any]:
    """Return what a certificate prints: what the announcement said, its code and the address that verifies it."""
    publication, content = award.publication, award.publication.content
    url = settings.SITE_URL + reverse("portal_verify", kwargs={"code": award.code})
    return {
        "number": publication.number,
        "code": award.code,
        "on": publication.published_on.isoformat(),
        "standard": {key: content["standard"][key] for key in ("code", "title")},
        "star": 0 if "star_words" in content else award.star,
        "star_words": star_words(content),
        "honour": honour(content),
        "place": place_words(content),
        "community": content["community"]["name"],
        "batch": content["batch"]["name"],
        "valid_from": award.valid_from.isoformat(),
        "valid_until": award.valid_until.isoformat(),
        "qr": segno.make(url, error="q").svg_inline(scale=4, border=2),
        "url": url,
        "digest": publication.digest,
        "office": content["batch"]["organiser"],
        "demo": bool(content["community"]["is_demo"]),
    }


def certificate_pdf(award: StarAward) -> bytes:
    """Return the certificate as PDF."""
    return pdf.render("certificate", certificate_content(award), archival=True)
