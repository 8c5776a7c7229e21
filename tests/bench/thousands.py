"""Ten thousand cases at every step of the road: the stories of a small province, copied by the database itself.

The stories (``tests/browser/province.py``) are told once by the actions that people use, with all their rows: files,
judgements, votes, ratings, notices, objections, items, deadlines, to-dos, events, messages. Each copy lies in another
street of the real divisions, with communities, officers and numbers of its own and due dates a little apart. Histories
are not copied, and the chains of copied events do not verify; everything that a page shows is there.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import Model
from viewflow.workflow.models import Process

from applications.actions import basics
from applications.models import Case, Region, User
from tests.bench.crowd import run
from tests.cast import Cast

STEP = 1_000_000  # between the keys of a row and those of its copies
HOME, HOME_PATH = "360102002", "36/3601/360102/360102002/"
SPREAD = 90  # days over which due dates are spread
APPS = ("applications", "review", "rectification", "notifications", "viewflow", "guardian", "auth")
SHARED = {
    *("standard", "batch", "calendaryear", "calendarday", "clockstep", "clockoffset", "permission", "outbox"),
    "anchormark",
    *("job", "jobline", "savedview", "preference", "signin", "authenticator", "recoverycode", "standin"),
}
Found = dict[type[Model], list[Any]]


def divisions() -> list[Region]:
    """Load the real divisions; return the streets that copies lie in: half a county's first, then all counties in turn."""
    basics.load_regions(basics.region_rows())
    rows = Region.objects.filter(level="street").exclude(code=HOME).order_by("code")
    by_county: dict[str, list[Region]] = {}
    for row in rows:
        by_county.setdefault(row.code[:6], []).append(row)
    first = by_county["360102"][:8]
    turns = max(len(streets) for streets in by_county.values())
    rest = [streets[n] for n in range(turns) for streets in by_county.values() if n < len(streets)]
    return [*first, *(street for street in rest if street not in first)]


def told() -> Found:
    """Return the tables that hold something of the stories, each with the keys of what is copied."""
    found: Found = {
        Region: list(
            Region.objects.filter(
                path__startswith=HOME_PATH, level="community", code__startswith=f"{HOME}8"
            ).values_list("pk", flat=True)
        ),
        User: list(User.objects.filter(username__contains="-").values_list("pk", flat=True)),
        Process: list(Process.objects.filter(stage_run__isnull=False).values_list("pk", flat=True)),
    }
    tables = [
        model
        for model in apps.get_models()
        if model._meta.app_label in APPS
        and model._meta.model_name not in SHARED
        and not str(model._meta.model_name).startswith("historical")
    ]
    before = 0
    while before != len(found):
        before = len(found)
        for model in tables:
            keys = [] if model in found else _keys(model, found)
            if keys:
                found[model] = keys
    return found


def _keys(model: type[Model], found: Found) -> list[Any]:
    rows, name = model._default_manager.order_by(), model._meta.model_name
    if name == "notification":
        return list(rows.values_list("pk", flat=True))
    if name == "group":
        owner, keys = "memberships__region__in", found[Region]
    else:
        owners = [
            field for field in model._meta.fields if field.is_relation and field.related_model in found
            and field.related_model is not User and not field.null
        ]  # fmt: skip
        if not owners:
            return []
        owner, keys = f"{owners[0].name}__in", found[owners[0].related_model]  # type: ignore[index]
    return list(rows.filter(**{owner: keys}).distinct().values_list("pk", flat=True))


def copy(found: Found, streets: list[Region]) -> None:
    """Copy everything found into each of the streets."""
    postgres = connection.vendor == "postgresql"
    run("CREATE TEMPORARY TABLE copies (k integer PRIMARY KEY, street bigint, code text, path text)")
    with connection.cursor() as cursor:
        rows = [(k, row.pk, row.code, row.path) for k, row in enumerate(streets, start=1)]
        cursor.executemany("INSERT INTO copies VALUES (%s, %s, %s, %s)", rows)
    run("SET session_replication_role = replica" if postgres else "PRAGMA foreign_keys = OFF")
    for model, keys in found.items():
        quoted = ", ".join(
            f"'{getattr(key, 'hex', key)}'" if not isinstance(key, int) else str(key) for key in keys
        )
        table, pk = model._meta.db_table, model._meta.pk
        columns = [field.column for field in model._meta.concrete_fields]
        values = [_value(field, found, postgres) for field in model._meta.concrete_fields]
        run(
            f"INSERT INTO {table} ({', '.join(f'{chr(34)}{name}{chr(34)}' for name in columns)}) "
            f"SELECT {', '.join(values)} FROM {table} t CROSS JOIN copies c "
            f"WHERE t.{pk.column} IN ({quoted})"  # type: ignore[union-attr]
        )
    run("SET session_replication_role = DEFAULT" if postgres else "PRAGMA foreign_keys = ON")
    run("ANALYZE")


def _value(field: models.Field[Any, Any], found: Found, postgres: bool) -> str:
    """Return the SQL of a column's value in copy ``c.k`` of row ``t``."""
    here, name = f't."{field.column}"', f"{field.model._meta.model_name}.{field.name}"
    if isinstance(field, models.UUIDField):
        return "gen_random_uuid()" if postgres else "lower(hex(randomblob(16)))"
    if name == "region.parent":
        return "c.street"
    target = field.related_model if field.is_relation else None
    if field.primary_key or name in ("notification.subject",):
        return f"{here} + c.k * {STEP}"
    if target in (Region, User) or (target and target._meta.model_name in ("organisation", "group")):
        few = ", ".join(map(str, found.get(target, []))) or "NULL"  # type: ignore[call-overload]
        return f"CASE WHEN {here} IN ({few}) THEN {here} + c.k * {STEP} ELSE {here} END"
    if target in found:
        return f"{here} + c.k * {STEP}"
    if name == "groupobjectpermission.object_pk":
        return f"CAST(CAST({here} AS bigint) + c.k * {STEP} AS text)"
    if name == "officialpaper.about":  # decision:17
        place = f"{'strpos' if postgres else 'instr'}({here}, ':')"
        number = f"CAST(substr({here}, {place} + 1) AS bigint) + c.k * {STEP}"
        return f"substr({here}, 1, {place}) || CAST({number} AS text)"
    if name == "stagerun.key":
        digits = f"{here} ~ '^[0-9]+$'" if postgres else f"{here} GLOB '[0-9]*'"
        return f"CASE WHEN {digits} THEN CAST(CAST({here} AS bigint) + c.k * {STEP} AS text) ELSE {here} END"
    if field.name == "due_on":
        days = f"(c.k * 37 + {here.replace('due_on', 'id')} * 13) % {SPREAD} - {SPREAD // 3}"
        return f"{here} + CAST({days} AS int)" if postgres else f"date({here}, ({days}) || ' days')"
    if isinstance(field, models.CharField):
        moved = f"replace(replace({here}, '{HOME_PATH}', c.path), '{HOME}', c.code)"
        if field.unique and field.max_length:
            length = field.max_length - 5
            return (
                f"CASE WHEN {moved} <> {here} THEN {moved} ELSE substr({here}, 1, {length}) || '~' || c.k END"
            )
        return moved
    return here


def build(cast: Cast, copies: int) -> int:
    """Copy the stories that have been told so many times; return how many cases there are."""
    found, streets = told(), divisions()[:copies]
    with transaction.atomic():
        copy(found, streets)
    return Case.objects.count()
