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


@public
def heads(request: HttpRequest) -> HttpResponse:
    """List the lines, newest first, with the key that proves them."""
    page = Paginator(anchors.Published(), PER_PAGE).get_page(request.GET.get("page"))
    lines = [{**line, "shown": line["heads"][:SHOWN], "more": len(line["heads"]) - SHOWN} for line in page]
    return render(request, "portal/heads.html", {"page": page, "lines": lines, "key": anchors.public_key()})


@public
def heads_file(request: HttpRequest) -> HttpResponse:
    """All lines, each signed, to be kept and compared by anyone."""
    lines = [
        json.dumps(anchors.signed(line), sort_keys=True, separators=(",", ":"))
        for line in reversed(anchors.Published())
    ]
    answer = HttpResponse(
        "".join(f"{line}\n" for line in lines), content_type="application/x-ndjson; charset=utf-8"
    )
    answer["Content-Disposition"] = 'attachment; filename="heads.jsonl"'
    return answer
