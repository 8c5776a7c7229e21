"""Tags and filters that the components of ``templates/cotton`` are made of; pages use the components."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.template import Context
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from applications.models import Batch
from applications.queries.standards import plan_of, standard_of
from applications.words import (
    data_words,
    grade_words,
    number_words,
    own_grade,
    points_words,
    printed,
    term_words,
)
from workflow import icons, ruler

register = template.Library()

STATUS_ICONS = {
    "todo": "circle",
    "doing": "circle-dot",
    "done": "check",
    "ok": "check",
    "returned": "undo-2",
    "need": "file-exclamation-point",
    "diff": "scale",
    "soon": "clock-alert",
    "overdue": "triangle-alert",
    "paused": "pause",
    "ended": "circle-x",
}
FILE_ICONS = {"image": "image", "pdf": "file-text", "sheet": "file-spreadsheet", "file": "file"}
NOTICE_ICONS = {"info": "info", "ok": "circle-check", "warn": "triangle-alert", "danger": "circle-alert"}


def _alone(context: Context) -> bool:
    """Whether no end of page will print the symbols: a fragment, a form's own template, an error without a request."""
    request = context.get("request")
    return request is None or bool(getattr(request, "htmx", False))


def _note(context: Context, name: str) -> None:
    """Remember that the page shows this icon."""
    context["request"].__dict__.setdefault("icons_used", {})[name] = None


@register.simple_tag(takes_context=True)
def icon(context: Context, name: str, size: object = 20, label: str = "") -> SafeString:
    """One icon, ``size`` in pixels at normal type; without a label it is ornament and hidden from readers.

    A page prints each drawing once, at its end; here stands a reference to it.
    """
    shown, alone = icons.known(str(name)), _alone(context)
    if not alone:
        _note(context, shown)
    return _icon(shown, str(size), str(label), alone)


@lru_cache(maxsize=512)
def _icon(shown: str, size: str, label: str, alone: bool) -> SafeString:
    """An icon as HTML: a long list has hundreds of the same few."""
    side = f"{float(size) / 16:g}rem"
    voice = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    if alone:
        look, inside = mark_safe(icons.look(shown)), mark_safe(icons.paths(shown))  # noqa: S308 (our own markup)
    else:
        look, inside = "", format_html('<use href="#i-{}"/>', shown)
    return format_html('<svg class="i" width="{0}" height="{0}" {1} {2}>{3}</svg>', side, voice, look, inside)


@register.simple_tag(takes_context=True)
def icon_symbols(context: Context) -> SafeString:
    """The drawings of all icons that the page has used so far; belongs at the end of the body."""
    request = context.get("request")
    used = getattr(request, "icons_used", {})
    drawings = format_html_join("", "{}", ((mark_safe(icons.symbol(name)),) for name in used))  # noqa: S308
    return format_html('<svg id="icons" hidden>{}</svg>', drawings)


@register.simple_tag(takes_context=True)
def stars_drawing(context: Context, lit: object) -> SafeString:
    """Five stars in one drawing, ``lit`` of them filled."""
    alone = _alone(context)
    if not alone:
        _note(context, "rating")
    return _stars(_whole(lit) or 0, alone)


@lru_cache(maxsize=32)
def _stars(count: int, alone: bool) -> SafeString:
    if alone:
        star = '<svg x="{}" width="24" height="24"{}>' + icons.RATING + "</svg>"
    else:
        star = '<use href="#i-rating" x="{}" width="24" height="24"{}/>'
    off = mark_safe(' class="off"')
    stars = format_html_join("", star, ((25 * place, "" if place < count else off) for place in range(5)))
    return format_html('<svg viewBox="0 0 124 24" aria-hidden="true">{}</svg>', stars)


@register.filter
def star_name(star: object) -> str:
    """``3`` -> 三星级."""
    return ruler.star_name(star)


@register.filter
def grade(batch: Batch, star: int) -> str:
    """What a level of the batch's standard is called."""
    return grade_words(plan_of(batch).standard, star)


@register.filter
def own_grade_of(batch: Batch, star: int | None) -> str:
    """The name that stands in place of the drawing of stars where the batch's standard has names of its own."""
    if star is None:
        return ""
    read = Batch.standard.is_cached(batch)  # type: ignore[attr-defined]
    return data_words(own_grade(standard_of(batch.standard) if read else plan_of(batch).standard, star))


@register.filter
def granted(content: Mapping[str, Any]) -> str:
    """What a published result is called: the words it was published with, else the usual name of the star."""
    return data_words(content.get("star_words", "")) or ruler.star_name(content.get("star"))


@register.filter
def status_icon(kind: str) -> str:
    return STATUS_ICONS.get(kind, "circle")


@register.filter
def said(text: Any) -> str:
    """Return a text of a standard in the reader's language, with the signs of that language."""
    return printed(str(text))


@register.filter
def noted(text: str) -> str:
    """Return a stored reason in the reader's language where the product wrote it; what a person wrote stays as it is."""
    return _(text) if text else ""


@register.filter
def number(value: Any) -> str:
    """Return an amount as the reader's language writes it; not for codes, years and the values of inputs."""
    return number_words(value)


@register.filter
def term(days: int, unit: str) -> str:
    """A term in words: 5个工作日, 7天."""
    return term_words(days, unit)


@register.filter
def amount(points: object) -> str:
    """Points with their unit: 1.5分."""
    return points_words(points)


@register.filter
def until(start: date, end: date) -> str:
    """A period from day to day: 2026年11月29日至2026年12月5日; nothing where there is none."""
    if not start or not end:
        return ""
    days = {"start": date_format(start, "DATE_FORMAT"), "end": date_format(end, "DATE_FORMAT")}
    return _("%(start)s至%(end)s") % days


@register.filter
def file_icon(kind: str) -> str:
    return FILE_ICONS.get(kind, "file")


@register.filter
def notice_icon(kind: str) -> str:
    return NOTICE_ICONS.get(kind, "info")


@register.filter
def message_kind(tags: str) -> str:
    """Django's message level as a notice: success -> ok, warning -> warn, error -> danger."""
    names = {"success": "ok", "warning": "warn", "error": "danger"}
    return next((names[tag] for tag in str(tags).split() if tag in names), "info")


@register.simple_tag
def ruler_of(
    bands: Iterable[Any], self_score: object, reviewed: object, maximum: object
) -> ruler.Ruler | None:
    """The star ruler's geometry; bands are (star, lowest points) pairs or objects with ``star`` and ``floor``."""
    pairs = [band if isinstance(band, (tuple, list)) else (band.star, band.floor) for band in bands or ()]
    if not pairs:
        return None
    return ruler.star_ruler(pairs, self_score=self_score, reviewed=reviewed, maximum=maximum)


@register.filter
def percent(value: Decimal) -> str:
    """A share of the width for an SVG attribute; always with a decimal point, whatever the language."""
    return f"{value:.2f}%"


@register.filter
def day_text(value: object) -> str:
    """A day as the language writes it (11月23日), with the hour if it has one; text passes through."""
    if hasattr(value, "hour"):
        moment = localtime(value) if value.tzinfo else value  # type: ignore[attr-defined,arg-type]
        return f"{date_format(moment, 'MONTH_DAY_FORMAT')} {moment:%H:%M}"  # type: ignore[str-format]
    if isinstance(value, date):
        return date_format(value, "MONTH_DAY_FORMAT")
    return "" if value is None else str(value)


@register.filter
def urgency(days: object) -> str:
    """``late``, ``today``, ``soon`` (up to three days) or ``calm``; ``none`` when there is no number."""
    left = _whole(days)
    if left is None:
        return "none"
    if left < 0:
        return "late"
    if left == 0:
        return "today"
    return "soon" if left <= 3 else "calm"


@register.filter
def magnitude(days: object) -> int:
    """The number of days without its sign."""
    return abs(_whole(days) or 0)


@register.simple_tag
def step_summary(steps: Iterable[Any]) -> dict[str, Any]:
    """What the folded stepper says on a phone: place of the current step, how many there are, what comes next."""
    listed = list(steps or ())
    current = next((place for place, step in enumerate(listed) if _field(step, "state") == "now"), None)
    if current is None:
        done = [place for place, step in enumerate(listed) if _field(step, "state") in {"done", "skipped"}]
        current = done[-1] if done else 0
    following = next((step for step in listed[current + 1 :] if _field(step, "state") != "skipped"), None)
    return {
        "place": current + 1,
        "count": len(listed),
        "label": _field(listed[current], "label") if listed else "",
        "next": _field(following, "label") if following is not None else "",
    }


@register.simple_tag
def field_errors(form: Any) -> list[tuple[str, str]]:
    """All errors of a form or of a list of forms as (id of the field, sentence), form-wide ones first."""
    forms = form if isinstance(form, (list, tuple)) else [form]
    found: list[tuple[str, str]] = []
    for each in forms:
        if not getattr(each, "is_bound", False):
            continue
        found += [("", sentence) for sentence in each.non_field_errors()]
        for field in each:
            found += [(anchor(field), sentence) for sentence in sentences(field)]
    return found


def anchor(field: Any) -> str:
    """The id of the input that a field's errors lead to: the first of a group of choices, else its own."""
    first = f"{field.auto_id}_0" if field.use_fieldset else field.auto_id
    return str(field.id_for_label or first)


@register.filter
def sentences(field: Any) -> list[str]:
    """A field's errors as sentences that name the field and what was written, whoever worded them.

    Django's own messages name neither; a message that already names the field is left as it is.
    """
    label = str(field.label)
    found: list[str] = []
    for error in field.errors.as_data():
        for message in error.messages:
            found.append(_sentence(field, label, str(error.code or ""), message))
    return found


def _sentence(field: Any, label: str, code: str, message: str) -> str:
    if label.split("（")[0] in message:
        return message
    if code == "required":
        widget = getattr(field.field.widget, "input_type", "")
        if widget == "checkbox":
            return _("请确认“%(field)s”。") % {"field": label.rstrip("。")}
        chosen = field.field.widget.__class__.__name__ not in {
            "TextInput",
            "Textarea",
            "DateInput",
            "PasswordInput",
        }
        return (_("请选择“%(field)s”。") if chosen else _("请填写“%(field)s”。")) % {"field": label}
    written = field.value()
    if isinstance(written, str) and written and getattr(field.field.widget, "input_type", "") != "password":
        return _("“%(field)s”填的是“%(value)s”：%(message)s") % {
            "field": label,
            "value": written if len(written) <= 30 else f"{written[:30]}…",
            "message": message,
        }
    return _("%(field)s：%(message)s") % {"field": label, "message": message}


@register.filter
def is_checkbox(field: Any) -> bool:
    """A single tick box, whose label stands behind it."""
    return getattr(field.field.widget, "input_type", "") == "checkbox" and not field.use_fieldset


@register.filter
def same(value: object, other: object) -> bool:
    """Whether two values are the same to a reader: ``3`` and ``"3"`` are."""
    return str(value) == str(other)


@register.simple_tag(takes_context=True)
def page_query(context: Context, number: object, param: str = "page") -> str:
    """The address of another page of the same list: the query string as it is, with another number."""
    query = context["request"].GET.copy()
    query[param] = str(number)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def fresh_id(context: Context, prefix: str) -> str:
    """An id that this page has not used yet."""
    request = context.get("request")
    holder: dict[str, int] = context.render_context if request is None else request.__dict__
    holder["ids_given"] = holder.get("ids_given", 0) + 1
    return f"{prefix}-{holder['ids_given']}"


@register.filter
def trimmed(text: object) -> SafeString:
    """Rendered markup without the space around it, so that an empty bar is really empty."""
    return mark_safe(str(text).strip())  # noqa: S308 (already rendered by the template)


@register.simple_tag
def page_links(page: Any) -> Iterable[Any]:
    """Page numbers to offer; a gap is the paginator's ellipsis."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)


@register.simple_tag
def days_words(days: object, unit: str) -> str:
    """How a deadline stands, in words: 剩2个工作日, 逾期1天, 今天到期."""
    left = _whole(days)
    if left is None:
        return _("无期限")
    if left == 0:
        return _("今天到期")
    amount = {"days": abs(left)}
    if unit == "calendar":
        return _("剩%(days)d天") % amount if left > 0 else _("超期%(days)d天") % amount
    return _("剩%(days)d个工作日") % amount if left > 0 else _("超期%(days)d个工作日") % amount


def _field(record: Any, name: str) -> Any:
    return record.get(name, "") if isinstance(record, dict) else getattr(record, name, "")


def _whole(value: object) -> int | None:
    try:
        return int(str(value))
    except ValueError:
        return None
