"""Whether an installation is well: what a probe asks once a minute, and what its administrator reads in words."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError
from django.db.models import Max, Min
from django.utils.translation import gettext_lazy as _

from applications.models import ClockStep
from notifications import outbox
from notifications.models import Outbox
from workflow import datafolder

LATE = timedelta(minutes=5)  # the clock ticks once a minute; work leaves the outbox within seconds
ROOM = 500 * 1024 * 1024  # bytes that must be free where evidence, backups and SQLite lie
REDIS_KEY = "health"


@dataclass(frozen=True)
class Check:
    """One question: its name for machines, its words for people, whether all is well, and the remedy where not."""

    name: str
    label: Any
    ok: bool
    remedy: Any


def ready() -> bool:
    """Whether this process can answer pages: its database is there and as this version needs it."""
    try:
        return not datafolder.behind()
    except DatabaseError:
        return False


def checks(at: datetime) -> list[Check]:
    """Ask everything. The database is there (``ready``)."""
    return [Check(name, label, test(at), remedy) for name, label, test, remedy in QUESTIONS]


def _clock(at: datetime) -> bool:
    """Whether the clock has ticked lately; one that is ahead (the demo's date was moved back) counts."""
    last = ClockStep.objects.aggregate(last=Max("done_at"))["last"]
    return last is not None and at - last <= LATE


def _steps(at: datetime) -> bool:
    return not ClockStep.objects.filter(failures__gt=0).exists()


def _outbox(at: datetime) -> bool:
    oldest = outbox.waiting(at).aggregate(oldest=Min("not_before"))["oldest"]
    return oldest is None or at - oldest <= LATE


def _dead(at: datetime) -> bool:
    return not Outbox.objects.filter(dead_at__isnull=False).exists()


def _room(at: datetime) -> bool:
    folders = [folder for folder in (settings.DATA_DIR, settings.MEDIA_ROOT) if Path(folder).exists()]
    return all(shutil.disk_usage(folder).free >= ROOM for folder in folders)


def _redis(at: datetime) -> bool:
    """Whether what was put into the cache comes back: the cache itself forgives a Redis that is away."""
    if not settings.REDIS_URL:
        return True
    word = at.isoformat()
    cache.set(REDIS_KEY, word, 60)
    return bool(cache.get(REDIS_KEY) == word)


QUESTIONS: list[tuple[str, Any, Callable[[datetime], bool], Any]] = [
    (
        "clock",
        _("时钟"),
        _clock,
        _("五分钟内没有运行。请确认时钟进程（manage.py tick --loop 或 Celery beat）已经启动。"),
    ),
    ("steps", _("定时任务"), _steps, _("有任务失败，正在自动重试；原因见下方“定时任务”。")),
    (
        "outbox",
        _("消息发送"),
        _outbox,
        _("有消息等待超过五分钟。请确认工作进程（manage.py worker 或 Celery）已经启动。"),
    ),
    ("dead", _("消息送出"), _dead, _("有消息多次尝试后仍未发出，请在下方处理。")),
    ("room", _("磁盘空间"), _room, _("数据目录所在磁盘剩余空间不足 500 MB，请清理或扩容。")),
    (
        "redis",
        _("缓存"),
        _redis,
        _("Redis 没有应答。页面仍可使用，实时提醒会延迟；请检查 REDIS_URL 所指的服务。"),
    ),
]
