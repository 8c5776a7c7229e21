"""Which standard and which plan a case is rated by."""

from functools import lru_cache

from django.utils.translation import gettext as _

from applications.core import standard as core
from applications.core.plan import Plan, compile_plan
from applications.errors import Refused
from applications.models import Batch, Standard


def standard_of(row: Standard) -> core.Standard:
    """Return the core's standard of a row, refusing content that no longer matches its digest."""
    return _parsed(row.pk, row.digest)


def plan_of(batch: Batch) -> Plan:
    """Return the plan of a batch: its frozen standard under its frozen policy (the content is read once a process)."""
    if Batch.standard.is_cached(batch):  # type: ignore[attr-defined]
        return compile_plan(standard_of(batch.standard), batch.policy)
    digest = Standard.objects.values_list("digest", flat=True).get(pk=batch.standard_id)
    return compile_plan(_parsed(batch.standard_id, digest), batch.policy)


@lru_cache(maxsize=32)
def _parsed(pk: int, digest: str) -> core.Standard:
    content = Standard.objects.values_list("content", flat=True).get(pk=pk)
    parsed = core.parse(content)
    if parsed.digest != digest:
        raise Refused(_("标准内容与登记的摘要不符，已停止使用，请联系系统管理员。"))
    return parsed
