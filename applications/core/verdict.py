"""The answer of every check: whether it may be done and, where not, why, as a sentence a person reads."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """``ok`` and the reason of a refusal; the same sentence stands on the button, in the API and in the log."""

    ok: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.ok


YES = Verdict(True)


def no(reason: str) -> Verdict:
    """Return a refusal with its reason."""
    return Verdict(False, reason)
