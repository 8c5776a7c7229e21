"""Tables of the review app."""

from .after_award import AwardMoment, CertificateReturn, ProposalStatement
from .decision import Ballot, BallotSeat, Decision, Vote
from .facts import FactCheck
from .finding import Finding
from .judgement import HandIn, Judgement, Opinion, Settlement
from .objection import Objection, ObjectionRuling, Reassessor, ReassessorExit, Rejudgement
from .observation import Observation, PostedOnce
from .plan import AssessmentPlan, Briefing
from .publication import (
    AwardRevocation,
    ChannelRecord,
    DraftEntry,
    FactsConfirmation,
    NoticeDraft,
    Publication,
    RevocationProposal,
    StarAward,
)
from .rating import Rating, RatingLine
from .record import PublicDimension, PublicPiece, PublicRecord
from .services import ServiceRecord, ServiceSummary
from .survey import SurveyAnswer, SurveyLink, SurveyRound
from .team import Declaration, TeamMember

__all__ = [
    "AssessmentPlan",
    "AwardMoment",
    "AwardRevocation",
    "Ballot",
    "BallotSeat",
    "Briefing",
    "CertificateReturn",
    "ChannelRecord",
    "Decision",
    "Declaration",
    "DraftEntry",
    "FactCheck",
    "FactsConfirmation",
    "Finding",
    "HandIn",
    "Judgement",
    "NoticeDraft",
    "Objection",
    "ObjectionRuling",
    "Observation",
    "Opinion",
    "PostedOnce",
    "ProposalStatement",
    "PublicDimension",
    "PublicPiece",
    "PublicRecord",
    "Publication",
    "Rating",
    "RatingLine",
    "Reassessor",
    "ReassessorExit",
    "Rejudgement",
    "RevocationProposal",
    "ServiceRecord",
    "ServiceSummary",
    "Settlement",
    "StarAward",
    "SurveyAnswer",
    "SurveyLink",
    "SurveyRound",
    "TeamMember",
    "Vote",
]
