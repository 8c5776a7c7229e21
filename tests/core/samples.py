"""The worked example, changed at will, and the standards the core is tried on."""

from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from applications.core import documents, standard
from applications.core.faults import Faults
from applications.core.rating import Result, Sheet, rate
from applications.core.standard import Standard

FOLDER = Path(__file__).resolve().parent.parent / "standards"
SAMPLE_FILE = FOLDER / "sample-factsheet.yaml"


@cache
def shipped() -> Standard:
    """DB36/T 1609-2022."""
    return standard.default()


@cache
def small(name: str) -> Standard:
    """One of the invented standards."""
    return standard.load(FOLDER / f"{name}.yaml")


@cache
def _sample() -> dict[str, Any]:
    data = documents.read_bytes(SAMPLE_FILE.read_bytes())
    assert isinstance(data, dict)
    return data


def sample(facts: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """The worked example with some facts and keys changed."""
    sheet = deepcopy(_sample())
    sheet["facts"] |= facts or {}
    return sheet | changes


def rated(facts: dict[str, Any] | None = None, **changes: Any) -> Result:
    """The worked example, changed and rated under DB36/T 1609-2022."""
    return rate(shipped(), Sheet.from_mapping(shipped(), sample(facts, **changes)))


def refused(mapping: object, used: Standard | None = None) -> dict[str, str]:
    """The sentences by key with which a sheet is refused; empty where it is not."""
    found: dict[str, str] = {}
    try:
        Sheet.from_mapping(used or shipped(), mapping)
    except Faults as faults:
        for fault in faults:
            found[fault.key] = found.get(fault.key, "") + fault.sentence
    return found


def shipped_data() -> dict[str, Any]:
    """The shipped standard as data that a test may break."""
    data = documents.read_bytes(standard.DEFAULT_FILE.read_bytes())
    assert isinstance(data, dict)
    return data
