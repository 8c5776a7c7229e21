"""Tables of the rectification app."""

from .after_closing import Chase, LookBack, SupervisionEntry, SupervisionOrder
from .item import Extension, Progress, RectificationItem, Verification

__all__ = [
    "Chase",
    "Extension",
    "LookBack",
    "Progress",
    "RectificationItem",
    "SupervisionEntry",
    "SupervisionOrder",
    "Verification",
]
