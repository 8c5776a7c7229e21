"""The flows of preparation, collection, third-party review, scoring and publication, a file each."""

from .assessment import ReviewFlow
from .collection import CollectionFlow
from .preparation import PreparationFlow
from .publication import ObjectionFlow, PublicationFlow, RevocationFlow
from .scoring import ScoringFlow

__all__ = [
    "CollectionFlow",
    "ObjectionFlow",
    "PreparationFlow",
    "PublicationFlow",
    "ReviewFlow",
    "RevocationFlow",
    "ScoringFlow",
]
