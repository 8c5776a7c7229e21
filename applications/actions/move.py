"""The mover: the only place where a record's ``state`` is written."""

from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from applications.errors import Refused


def move(record: Any, to: str, *, fields: tuple[str, ...] = ()) -> None:
    """Move a record to a state that its ``TRANSITIONS`` allow, saving ``fields`` along with it.

    Raises ``Refused`` where the step is not in the table. The acting person and verb come from the action.
    """
    allowed: dict[str, set[str]] = record.TRANSITIONS
    if to not in allowed.get(record.state, set()):
        raise Refused(
            _("“%(record)s”当前为“%(state)s”，不能变为“%(to)s”。")
            % {
                "record": record,
                "state": record.get_state_display(),
                "to": dict(record.State.choices).get(to, to),
            }
        )
    record.state = to
    assert isinstance(record, models.Model)
    record.save(update_fields=["state", *fields])
