"""The anchored heads for everybody: whoever keeps a copy can prove that no log was rewritten since.

A head is the hash of the last event of a case's log: no person, no place, no content.
"""

import json

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from workflow import anchors
from workflow.portal.caching import public

PER_PAGE = 20
SHOWN = 12  # heads of a line on the page; the file has them all
MOST = 2000  # lines of one download: what anybody may ask for costs the same however old the log is


@public
def heads(request: HttpRequest) -> HttpResponse:
    """List the lines, newest first, with the key that proves them."""
    published = anchors.Published()
    page = Paginator(published, PER_PAGE).get_page(request.GET.get("page"))
    lines = [{**line, "shown": line["heads"][:SHOWN], "more": len(line["heads"]) - SHOWN} for line in page]
    known = {"page": page, "lines": lines, "key": anchors.public_key(), "most": MOST, "all": len(published)}
    return render(request, "portal/heads.html", known)


@public
def heads_file(request: HttpRequest) -> HttpResponse:
    """Lines to be kept and compared by anyone, each signed, in the order of the log.

    ``?from=N`` begins with line N; without it they are the newest. One answer has at most ``MOST`` lines; where there
    are more, the header ``Link`` names the address of the next.
    """
    published = anchors.Published()
    newest = max(len(published) - MOST + 1, 1)
    first = _number(request.GET.get("from"), newest)
    lines = [
        json.dumps(line, sort_keys=True, separators=(",", ":"))
        for line in anchors.all_signed(published.some(first, MOST))
    ]
    answer = HttpResponse(
        "".join(f"{line}\n" for line in lines), content_type="application/x-ndjson; charset=utf-8"
    )
    answer["Content-Disposition"] = 'attachment; filename="heads.jsonl"'
    if first + MOST <= len(published):
        answer["Link"] = f'<{request.path}?from={first + MOST}>; rel="next"'
    return answer


def _number(typed: str | None, otherwise: int) -> int:
    """Return a line number as it was typed, the usual one for anything else."""
    if typed and typed.isascii() and typed.isdecimal() and len(typed) < 13:
        return max(int(typed), 1)
    return otherwise
