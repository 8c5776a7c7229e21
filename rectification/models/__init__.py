"""Tables of the rectification app."""

from .after_closing import Chase, LookBack, SupervisionEntry, SupervisionOrder
from .complaint import Complainant, Complaint, ComplaintEntry, ComplaintFile
from .item import Extension, Progress, RectificationItem, Verification
from .sample import SampledStar, SpotCheck, YearlySample

__all__ = [
    "Chase",
    "Complainant",
    "Complaint",
    "ComplaintEntry",
    "ComplaintFile",
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
