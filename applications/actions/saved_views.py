"""The filters that a person keeps under a name. They hold no rights: the list they open is filtered as ever."""

from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from django.utils.translation import gettext as _

from applications.errors import FieldFault, Invalid, Refused
from applications.models import SavedView, User

PAGES = ("desk", "cases")
KEYS = ("tab", "due", "q", "stage", "region", "star")
MOST = 20
LONGEST = 24


def cleaned(query: str) -> str:
    """Return a query string with the known filters only."""
    asked = dict(parse_qsl(query[:2000]))
    return urlencode({key: asked[key][:80] for key in KEYS if asked.get(key)})


def save(page: str, name: str, query: str, *, by: User, at: datetime) -> SavedView:
    """Keep a filter; the same name again takes the new filter."""
    name = "".join(sign for sign in name if sign.isprintable()).strip()
    if page not in PAGES:
        raise Refused(_("没有可以保存视图的列表“%(page)s”。") % {"page": page[:20]})
    if not 1 <= len(name) <= LONGEST:
        raise Invalid([FieldFault("name", _("视图名称须为1至%(most)s个字。") % {"most": LONGEST})])
    kept = SavedView.objects.filter(user=by, page=page)
    if not kept.filter(name=name).exists() and kept.count() >= MOST:
        raise Refused(_("最多保存%(most)s个视图，请先删除不用的。") % {"most": MOST})
    query = cleaned(query)
    if len(query) > 400:
        raise Refused(_("筛选条件过长，无法保存，请缩短搜索词。"))
    row, _made = SavedView.objects.update_or_create(
        user=by, page=page, name=name, defaults={"query": query, "at": at}
    )
    return row


def delete(pk: int, *, by: User) -> SavedView | None:
    """Forget one's own filter; anybody else's is nobody's."""
    row = SavedView.objects.filter(pk=pk, user=by).first()
    if row is not None:
        row.delete()
    return row
