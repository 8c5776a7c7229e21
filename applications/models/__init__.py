"""Tables of the applications app, by subject."""

from .access import Access
from .case import Assignment, Case, Recusal
from .community import Community, Membership, Organisation, StandIn
from .intake import CheckDraft, Defect, IntakeDecision, Recall, Submission
from .job import Job, JobLine, SavedView
from .material import Award, Claim, DeclaredFact, Evidence, EvidenceLink, Particulars
from .paper import OfficialPaper
from .people import Region, User
from .security import Authenticator, RecoveryCode, SignIn
from .standard import Batch, Standard
from .turn import (
    AnchorMark,
    CalendarDay,
    CalendarYear,
    ClockOffset,
    ClockStep,
    Deadline,
    DeadlineEntry,
    DeadlineRung,
    Event,
    Matter,
    StageRun,
    Todo,
    TodoBar,
)
from .watch import Watch

__all__ = [
    "Access",
    "AnchorMark",
    "Assignment",
    "Authenticator",
    "Award",
    "Batch",
    "CalendarDay",
    "CalendarYear",
    "Case",
    "CheckDraft",
    "Claim",
    "ClockOffset",
    "ClockStep",
    "Community",
    "Deadline",
    "DeadlineEntry",
    "DeadlineRung",
    "DeclaredFact",
    "Defect",
    "Event",
    "Evidence",
    "EvidenceLink",
    "IntakeDecision",
    "Job",
    "JobLine",
    "Matter",
    "Membership",
    "OfficialPaper",
    "Organisation",
    "Particulars",
    "Recall",
    "RecoveryCode",
    "Recusal",
    "Region",
    "SavedView",
    "SignIn",
    "StageRun",
    "StandIn",
    "Standard",
    "Submission",
    "Todo",
    "TodoBar",
    "User",
    "Watch",
]
