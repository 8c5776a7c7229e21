"""How the star is made, what the figures are, whether a certificate holds, how accessible the pages are."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from applications import clock
from applications.errors import Hidden
from applications.limits import Limit, sender_of, spend
from applications.queries.standards import standard_of
from rectification.queries.complaints import public_figures
from review.core import validity
from review.queries import revocations
from workflow.levels import levels
from workflow.papers import certificate_pdf
from workflow.portal import queries
from workflow.portal.caching import public, remembered
from workflow.portal.starmap import star_map
from workflow.views.papers import as_pdf, at_once, tag_of

CHECKS = Limit("verify", 60, 600)


@public
def standard(request: HttpRequest, digest: str = "") -> HttpResponse:
    """The standard, readable: thresholds, dimensions, every indicator with its levels; older ones by their digest."""
    rows = list(queries.published_standards())
    row = next((row for row in rows if row.digest.startswith(digest)), None)
    if row is None:
        raise Hidden
    shown = {"row": row, "others": [other for other in rows if other != row], "standard": standard_of(row)}
    return render(request, "portal/standard.html", shown)


@public
def statistics(request: HttpRequest) -> HttpResponse:
    """How many communities have which star, by city, with the data to download."""
    return remembered(request, lambda: _statistics(request))


def _statistics(request: HttpRequest) -> HttpResponse:
    stars = levels()
    cities = queries.statistics([level.star for level in stars], clock.today())
    totals = [sum(city.by_star[place] for city in cities) for place in range(len(stars))]
    names = [level.name for level in stars]

    def labelled(numbers: list[int]) -> list[tuple[str, int]]:
        return list(zip(names, numbers, strict=True))  # on a phone each number stands beside its own name

    shown = {
        "stars": stars,
        "cities": [
            {"code": city.code, "name": city.name, "total": city.total, "cells": labelled(city.by_star)}
            for city in cities
        ],
        "totals": labelled(totals),
        "by_star": list(zip(stars, totals, strict=True)),
        "total": sum(totals),
        "map": star_map(clock.today()) if cities else None,
        "complaints": public_figures(clock.today()),
        "largest": max((city.total for city in cities), default=0),
    }
    return render(request, "portal/statistics.html", shown)


@public
def verify(request: HttpRequest, code: str = "") -> HttpResponse:
    """Whether a certificate holds today: valid, expired, revoked, lowered, or replaced by a newer one (R3-104)."""
    typed = code or request.GET.get("code", "").strip()[:40]
    if typed and not code:
        award = queries.award_by_code(typed)
        if award is not None:
            return redirect("portal_verify", code=award.code)
    award = queries.award_by_code(code) if code else None
    if typed and award is None:
        spend(CHECKS, sender_of(request), clock.now())
        return render(request, "portal/verify.html", {"typed": typed}, status=404)
    if award is None:
        return render(request, "portal/verify.html", {})
    today = clock.today()
    shown = {
        "award": award,
        "content": award.publication.content,
        "standing": revocations.standing(award, today),
        "today": today,
        "years": validity.YEARS,
        "newer": revocations.newer_result(award, today),
        "returned": revocations.certificate_of(award),
        "return_by": revocations.certificate_due(award),
    }
    return render(request, "portal/verify.html", shown)


@public
def certificate(request: HttpRequest, code: str) -> HttpResponse:
    """A certificate that holds today, as PDF; of any other the verification page tells what became of it."""
    award = queries.award_by_code(code)
    if award is None:
        raise Hidden
    if revocations.standing(award, clock.today()) != validity.VALID:
        return redirect("portal_verify", code=award.code)
    name = f"星级证书 {award.publication.content['community']['name']}.pdf"
    return as_pdf(at_once(certificate_pdf, award), name, "", tag_of(award.publication.digest))


@public
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return render(request, "portal/accessibility.html")
