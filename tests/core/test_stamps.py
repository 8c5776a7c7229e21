"""When and where by a phone: taken as far as it can be true, never a reason to refuse."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from review.core.stamps import Stamp, read_stamp

NOW = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)


def test_moment_and_place_are_read() -> None:
    read = read_stamp("2026-11-30T02:10:00.123Z", "28.682013,115.857941,14.6", now=NOW)
    moment = datetime(2026, 11, 30, 2, 10, 0, 123000, tzinfo=UTC)
    assert read == Stamp(moment, Decimal("28.68201"), Decimal("115.85794"), 14)


@pytest.mark.parametrize(
    ("when", "taken"),
    [
        (NOW + timedelta(minutes=5), True),
        (NOW + timedelta(minutes=6), False),
        (NOW - timedelta(days=30), True),
        (NOW - timedelta(days=31), False),
    ],
)
def test_a_clock_that_is_wrong_is_left_out(when: datetime, taken: bool) -> None:
    assert read_stamp(when.isoformat(), "", now=NOW) == (Stamp(when) if taken else Stamp())


@pytest.mark.parametrize("when", ["", "gestern", "2026-11-30T02:10:00", "2026-13-30T02:10:00Z"])
def test_what_is_no_moment_is_left_out(when: str) -> None:
    assert read_stamp(when, "0,0,5", now=NOW) == Stamp(None, Decimal(0), Decimal(0), 5)


@pytest.mark.parametrize(
    "where",
    [
        "",
        "28.6",
        "28.6,115.8",
        "91,0,5",
        "0,181,5",
        "0,0,-1",
        "0,0,100001",
        "x,y,z",
        "NaN,0,5",
        "0,0,Infinity",
        "1,2,3,4",
    ],
)
def test_what_is_no_place_is_left_out(where: str) -> None:
    assert read_stamp("", where, now=NOW) == Stamp()
