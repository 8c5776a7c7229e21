"""Tables of the rectification app."""

from .item import Extension, Progress, RectificationItem, Verification

__all__ = ["Extension", "Progress", "RectificationItem", "Verification"]
