"""What the layers above lend this app: the one clock, and what a person may see. The shell hands it over at start."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


def _missing(*_args: object) -> Any:
    raise RuntimeError("notifications were used before the shell lent them its clock and its rights")


@dataclass
class Lent:
    """``now()``: the present moment; ``subjects(user)``: the query of the keys of all cases the person may see."""

    now: Callable[[], datetime] = _missing
    subjects: Callable[[Any], Any] = _missing


lent = Lent()
