"""The residents' search over 10,000 communities with an announced result, words of two characters included.

Each page is measured in turns with a trivial public one: same client, same middlewares, nobody signed in.
Run with ``python -m tests.bench.search_bench [REQUESTS]``; ``DATABASE_URL`` chooses PostgreSQL.
"""

# isort: off
from tests.bench.desk_bench import measure
# isort: on

import sys
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import get_runner, setup_test_environment

from review.core.searching import core_of, pieces
from review.models import Publication, PublicPiece, PublicRecord
from tests import cast as stage
from tests.review import publishing

SIZE = 10_000
ONE = "东南西北春夏秋冬金银铜铁松竹梅兰红黄蓝绿青白大小上下前后新老长平安康乐福禄寿喜"
TWO = "湖山桥门街园苑庄村塘岭溪泉井亭台楼阁坊里港湾洲滩坪坝城关林田水江海洋花草"
CITIES, COUNTIES, STREETS = 11, 100, 1_000
PAGES = (
    "/public/communities/",
    "/public/communities/?q=翠湖",  # two characters
    "/public/communities/?q=东湖",
    "/public/communities/?q=春山社区",
    "/public/communities/?q=春山 例7县",  # word by word
    "/public/communities/?q=春川江",  # nothing as typed: by pieces
    "/public/communities/?q=湖",  # one character
    "/public/communities/?q=360007",  # the beginning of a code
    "/public/communities/?star=5",
    "/public/communities/?county=36004",
    "/public/communities/?page=100",
)


class Passer(Client):
    """Somebody else with every request: one address may not ask without end."""

    asked = 0

    def get(self, *args: Any, **extra: Any) -> Any:
        """Ask from the next address."""
        self.asked += 1
        address = f"10.{self.asked >> 16 & 255}.{self.asked >> 8 & 255}.{self.asked & 255}"
        return super().get(*args, REMOTE_ADDR=address, **extra)


def announced(row: Publication) -> None:
    """Write the records of ten thousand communities as an announcement writes one."""
    names = [f"{one}{two}" for one in ONE for two in TWO]
    records = []
    for number in range(SIZE):
        county, street = number % COUNTIES, number % STREETS
        name = f"{names[number % len(names)]}{number // len(names) or ''}社区"
        where = (f"例{county % CITIES}市", f"例{county}县", f"{names[street]}街道")
        records.append(
            PublicRecord(
                code=f"36{county:04d}{number:06d}",
                name=name,
                city_code=f"36{county % CITIES:02d}",
                city=where[0],
                county_code=f"36{county:04d}",
                county=where[1],
                street=where[2],
                words=core_of("".join([*where, name])),
                star=3 + number % 3,
                batch="2026年度幸福社区评定",
                year=2026,
                announced_on=date(2026, 3, 10),
                valid_from=date(2026, 3, 10),
                valid_until=date(2029, 3, 9),
                publication=row,
            )
        )
    made = PublicRecord.objects.bulk_create(records, 1000)
    PublicPiece.objects.bulk_create(
        (
            PublicPiece(record=record, piece=piece)
            for record in made
            for piece in sorted(pieces(record.words))
        ),
        5000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def main() -> None:
    """Measure on a database of its own that is thrown away."""
    setup_test_environment()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    runner = get_runner(settings)(verbosity=0, interactive=False)
    old = runner.setup_databases()
    try:
        requests = int(sys.argv[1]) if len(sys.argv) > 1 else 60
        cast = stage.build()
        announced(publishing.announced(cast, publishing.on_notice(cast)))
        with override_settings(ROOT_URLCONF="tests.bench.desk_urls"):
            for path in PAGES:
                measure(
                    Passer(), f"{connection.vendor}, {SIZE:,} communities", path, requests, "/public/trivial/"
                )
    finally:
        runner.teardown_databases(old)


if __name__ == "__main__":
    main()
