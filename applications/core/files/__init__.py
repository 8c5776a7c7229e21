"""What an uploaded file really is: pure functions from bytes to a kind, or to the sentence that refuses it."""

from .kinds import KINDS, BadFile, FileKind
from .names import clean_name
from .sniff import inspect

__all__ = ["KINDS", "BadFile", "FileKind", "clean_name", "inspect"]
