"""Refusals as sentences with a code; views and the API turn them into answers, never into a bare 500."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from applications.core.verdict import Verdict


class Refused(Exception):
    """An action refused for a reason that the person is told."""

    code = "refused"
    status = 409

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotAllowed(Refused):
    """A colleague without the right: 403 with the reason."""

    code = "not_allowed"
    status = 403


class Hidden(Refused):
    """A stranger: 404, as if there were nothing."""

    code = "hidden"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("没有找到您要的内容。"))


class AlreadyDone(Refused):
    """The loser of a race reads who did it and when."""

    code = "already_done"

    def __init__(self, who: str, when: datetime | None) -> None:
        from applications.clock import LOCAL  # clock reads settings and models; errors is imported by both

        moment = date_format(when.astimezone(LOCAL), "DATETIME_FORMAT") if when else ""
        super().__init__(
            _("该事项已由%(who)s于%(when)s办理，未重复提交。您填写的内容仍保留在页面上。")
            % {"who": who or _("系统"), "when": moment}
        )


@dataclass(frozen=True)
class FieldFault:
    """One fault of an input: the form field (empty for the whole form) and the sentence shown beside it."""

    field: str
    sentence: str


class Invalid(Refused):
    """Input that cannot be taken: one sentence per field, nothing written."""

    code = "invalid"
    status = 422

    def __init__(self, faults: Sequence[FieldFault] | str) -> None:
        if isinstance(faults, str):
            faults = [FieldFault("", faults)]
        self.faults = list(faults)
        super().__init__(" ".join(fault.sentence for fault in self.faults))


def require(verdict: Verdict) -> None:
    """Raise ``NotAllowed`` with the verdict's reason unless it is a yes."""
    if not verdict.ok:
        raise NotAllowed(verdict.reason)


class StoreAway(OSError):
    """The store of files does not answer, or refuses: nothing of what was asked for was done."""
