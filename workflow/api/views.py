"""Published results as JSON: reads the same rows as the portal, for anybody, without a key (R3-064)."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page

from applications import clock
from applications.errors import Refused
from applications.limits import Limit, TooMany, sender_of, spend
from review.models import Publication, PublicRecord
from workflow.portal import queries
from workflow.portal.views.results import search_of

CALLS = Limit("api", 240, 60)
SIZE, MOST = 50, 200
NOT_TAKEN = 405
Answer = dict[str, Any]


class Unknown(Refused):
    """Nothing published under this address or code."""

    code = "not_found"
    status = 404


def answered(view: Callable[..., Answer]) -> Callable[..., HttpResponse]:
    """Answer in JSON that caches may keep; refusals as ``{"code", "error"}`` with their status."""

    @wraps(view)
    def call(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if request.method not in {"GET", "HEAD"}:
                raise Wrong(_("本接口只供读取，请使用GET。"), NOT_TAKEN)
            spend(CALLS, sender_of(request), clock.now())
            response = _json(view(request, *args, **kwargs))
            patch_cache_control(response, public=True, max_age=60)
        except Refused as error:
            response = _json({"code": error.code, "error": error.sentence}, error.status)
            patch_cache_control(response, no_store=True)
            if isinstance(error, TooMany):
                response["Retry-After"] = str(error.seconds)
            if error.status == NOT_TAKEN:
                response["Allow"] = "GET, HEAD"
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
        response["Access-Control-Allow-Origin"] = "*"
        return response

    shown: Callable[..., HttpResponse] = csrf_exempt(conditional_page(call))
    return shown


class Wrong(Refused):
    """A question that cannot be answered as it was asked."""

    code = "bad_request"

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.status = status


def _json(content: Answer, status: int = 200) -> JsonResponse:
    return JsonResponse(content, status=status, json_dumps_params={"ensure_ascii": False})


def _whole(request: HttpRequest, name: str, default: int, most: int) -> int:
    raw = request.GET.get(name, "").strip()
    if not raw:
        return default
    if not raw.isascii() or not raw.isdecimal() or len(raw) > 9 or not 1 <= int(raw) <= most:
        raise Wrong(
            _("参数%(name)s为“%(value)s”，应为1到%(most)s的整数。")
            % {"name": name, "value": raw[:20], "most": most}
        )
    return int(raw)


def paged(request: HttpRequest, rows: QuerySet[Any], shape: Callable[[Any], Answer]) -> Answer:
    """Return a page of rows with the address of the next one; a page beyond the last is empty."""
    size = _whole(request, "size", SIZE, MOST)
    number = _whole(request, "page", 1, 999_999_999)
    paginator = Paginator(rows, size)
    beyond = number > paginator.num_pages
    found = [] if beyond else [shape(row) for row in paginator.page(number)]
    answer: Answer = {"count": paginator.count, "page": number, "size": size, "next": None, "results": found}
    if number < paginator.num_pages:
        asked = {**request.GET.dict(), "page": str(number + 1), "size": str(size)}
        answer["next"] = request.build_absolute_uri(f"{request.path}?{urlencode(asked)}")
    return answer


@answered
def results(request: HttpRequest) -> Answer:
    """The announced results, searched and filtered as on the portal: ``q, city, county, star, page, size``."""
    return paged(request, queries.records(search_of(request)), _record)


def _record(row: PublicRecord) -> Answer:
    return {
        "code": row.code,
        "name": row.name,
        "city": row.city,
        "county": row.county,
        "street": row.street,
        "star": row.star,
        "batch": row.batch,
        "announced_on": row.announced_on,
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
        "revoked": row.revoked,
        "is_demo": row.is_demo,
        "publication": row.publication_id,
    }


@answered
def community(request: HttpRequest, code: str) -> Answer:
    """What was published of a community: its newest snapshot and every announcement."""
    profile = queries.profile(code, clock.today())
    if profile is None:
        raise Unknown(_("没有代码为“%(code)s”的已公布社区。") % {"code": code[:20]})
    return {
        "code": profile.code,
        "standing": profile.standing or None,
        "content": profile.content,
        "announcements": [_publication(row) for row in profile.announced],
        "notice": _publication(profile.notice) if profile.notice else None,
        "rectification": profile.progress,
    }


@answered
def notices(request: HttpRequest) -> Answer:
    """The notices whose period runs, or with ``state=over`` those that are over."""
    state = request.GET.get("state", "open")
    if state not in {"open", "over"}:
        raise Wrong(_("参数state为“%(value)s”，应为open或over。") % {"value": state[:20]})
    return paged(request, queries.notices(clock.today(), running=state == "open"), _publication)


def _publication(row: Publication) -> Answer:
    return {
        "id": row.pk,
        "kind": row.kind,
        "number": row.number,
        "title": row.title,
        "text": row.text,
        "community": row.community_code,
        "star": row.star,
        "published_on": row.published_on,
        "notice_from": row.notice_from,
        "notice_until": row.notice_until,
        "superseded_by": row.superseded_by.pk if hasattr(row, "superseded_by") else None,
        "digest": row.digest,
        "content": row.content,
    }


@answered
def nothing(request: HttpRequest) -> Answer:
    """Any other address of the interface."""
    raise Unknown(_("没有这个接口。可用的接口：results、communities/<code>、notices。"))
