"""Tables of the rectification app."""

from .after_closing import Chase, LookBack, SupervisionEntry, SupervisionOrder
from .item import Extension, Progress, RectificationItem, Verification
from .sample import SampledStar, SpotCheck, YearlySample

__all__ = [
    "Chase",
    "Extension",
    "LookBack",
    "Progress",
    "RectificationItem",
    "SampledStar",
    "SpotCheck",
    "SupervisionEntry",
    "SupervisionOrder",
    "Verification",
    "YearlySample",
]
