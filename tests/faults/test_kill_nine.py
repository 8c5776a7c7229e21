"""The installed product on the road while its server, worker, clock, Redis and PostgreSQL are killed with signal 9."""

import random
import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as product_settings
from django.db import connection, connections
from django.test import Client

from applications.actions import submission
from applications.clock import now
from applications.models import Case, Event, IntakeDecision, User
from notifications.models import Delivery, Outbox
from tests import cast as stage
from tests import invariants, papers, road
from tests.cast import Cast
from tests.faults.engines import Cluster, Redis, wait_until
from tests.faults.installation import Installation
from tests.faults.mayhem import Mayhem, Press, stubborn
from tests.following import put_in_order
from tests.worlds import World

FIRST, LAST = 3, 28  # of the road's actions: a kill falls between these
BY_FORM = {
    "莲塘社区": ("neighbour", "neighbour_head", ("street", "county", "city", "province")),
    "庐峰社区": ("far_clerk", "far_head", ("far_street", "far_county", "far_city", "province")),
}
LEVELS = ("street", "county", "city", "province")
CHECKED = {
    "verb": "pass",
    "opinion": "材料齐全，同意推荐。",
    "answers": ["complete", "well_formed", "acceptable"],
}


@dataclass
class Scene:
    """What runs: the product, and what it stands on where that is a test's own, too."""

    product: Installation
    redis: Redis | None
    cluster: Cluster | None

    def victims(self) -> list[str]:
        """Who may be killed."""
        services = ["redis", "postgresql"] if self.cluster else []
        return [*services, "server", "worker", "clock"]


@pytest.fixture
def scene(own_world: World, tmp_path: Path) -> Iterator[Scene]:
    """The world of the test, moved to where everything in it may be killed."""
    with ExitStack() as afterwards:
        redis = cluster = None
        environment = {"DATABASE_URL": f"sqlite:///{own_world.database}"}
        if connection.vendor == "postgresql":
            cluster, redis = Cluster(), Redis()
            afterwards.callback(cluster.remove)
            afterwards.callback(redis.remove)
            cluster.start()
            redis.start()
            afterwards.callback(_as_it_was(dict(connection.settings_dict)))
            _into(cluster, own_world)
            environment = {
                "DATABASE_URL": f"postgres://postgres@127.0.0.1:{cluster.port}/postgres",
                "REDIS_URL": redis.url,
            }
        product = Installation(tmp_path / "data", environment)
        afterwards.callback(product.stop)
        yield Scene(product, redis, cluster)


def _into(cluster: Cluster, world: World) -> None:
    """Let this process work with the cluster's copy of the world, as the product does: a commit is on the disk."""
    name = cluster.take_in(world.database)
    connections.close_all()
    options = connection.settings_dict["OPTIONS"]["options"].replace(
        "synchronous_commit=off", "synchronous_commit=on"
    )
    place = {"HOST": "127.0.0.1", "PORT": str(cluster.port), "NAME": name, "USER": "postgres"}
    connection.settings_dict.update({**place, "OPTIONS": {"options": options}})


def _as_it_was(known: dict[str, Any]) -> Any:
    """Return a function that lets this process work with the database it came from."""

    def back() -> None:
        connections.close_all()
        connection.settings_dict.update(known)

    return back


def forms(cast: Cast) -> list[Press]:
    """Bring two cases to their street and return the eight checks that people send through the browser."""
    presses = []
    for place, (clerk, head, officers) in BY_FORM.items():
        case = road.cases.open_case(
            cast.batch, community=cast.communities[place], applied_star=4, by=cast[clerk], at=cast.at
        )
        papers.fill_in(case, by=cast[clerk], at=cast.at)
        submission.submit(case, by=cast[head], at=cast.at)
        for level, officer in zip(LEVELS, officers, strict=True):
            path = f"/cases/{case.pk}/check/"
            presses.append(Press(path, session_of(cast[officer]), CHECKED, (case.pk, level)))
    return sorted(presses, key=lambda press: LEVELS.index(press.decides[1]))


def session_of(person: User) -> str:
    """Sign a person in and return the session's key."""
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies[product_settings.SESSION_COOKIE_NAME].value


def whole_road(cast: Cast, case: Case) -> None:
    """Walk it to the end by the actions people use."""
    for through in (
        road.through_application,
        road.through_preparation,
        road.through_collection,
        road.through_review,
        road.through_scoring,
        road.through_publication,
    ):
        case = through(cast, case)


def plan(scene: Scene, kills: int, chance: random.Random) -> dict[int, str]:
    """Choose who is killed before which action: everybody once, then at random; the services first."""
    victims = scene.victims()
    rest = [chance.choice(victims) for _ in range(max(0, kills - len(victims)))]
    chosen = victims[:kills] + rest
    if scene.cluster and kills == 3:
        chosen[2] = chance.choice(victims[2:])
    chance.shuffle(chosen)
    moments = sorted(chance.sample(range(FIRST, LAST + kills), kills))
    return dict(zip(moments, chosen, strict=True))


@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.nightly)])
def test_nothing_is_lost_doubled_or_stuck_whoever_is_killed(scene: Scene, kills: int) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    cast = stage.find() or stage.build()
    presses, case = forms(cast), road.open_case(cast)
    scene.product.start()
    chance = random.Random(seed)
    mayhem = Mayhem(scene.product, plan(scene, kills, chance), scene.redis, scene.cluster, chance)
    browser = threading.Thread(target=mayhem.press_all, args=(presses,), daemon=True)
    browser.start()
    try:
        with stubborn(mayhem):
            whole_road(cast, case)
        mayhem.settle()
    finally:
        print(dict(mayhem.killed), mayhem.faults)
    mayhem.over = True
    browser.join(120)
    assert not browser.is_alive(), "waited 120 s for the last form"
    back = wait_until("everybody runs again", scene.product.whole, 60)
    caught_up = settled(patience=60 if kills > 3 else 8)
    print(
        f"{dict(mayhem.killed)}; answers {dict(mayhem.answers)}; back {back:.1f} s, caught up {caught_up:.1f} s"
    )
    said = scene.product.stop()

    assert not mayhem.faults, "\n".join([*mayhem.faults, said[-3000:]])
    assert sum(mayhem.killed.values()) == kills, mayhem.when
    nothing_lost_or_doubled(case, mayhem)
    sent_once(scene.product.folder)
    put_in_order(now() + timedelta(seconds=61))
    assert invariants.unsound() == []
    assert invariants.stuck_work(now() + timedelta(seconds=61)) == []


def settled(patience: int) -> float:
    """Wait for the worker; what still lies under a dead worker's lease after ``patience`` waits for the lease's end."""
    leased = Outbox.objects.filter(done_at__isnull=True, dead_at__isnull=True, not_before__lte=now())
    try:
        return wait_until("the outbox is empty", lambda: not leased.exists(), patience)
    except AssertionError:
        if patience < 60 and not leased.filter(lease_until__isnull=True).exists():
            return float(patience)
        raise


def nothing_lost_or_doubled(case: Case, mayhem: Mayhem) -> None:
    """What was acknowledged stands there, once."""
    decided = list(IntakeDecision.objects.exclude(case=case).values_list("case", "level"))
    assert sorted(decided) == sorted(press.decides for press in mayhem.acknowledged)
    assert len(decided) == 8
    case.refresh_from_db()
    assert case.state == "rectification"
    log = list(Event.objects.filter(case=case).exclude(verb="deadline_rung").values_list("verb", flat=True))
    for verb in ("open_case", "submit", "form_team", "approve_notice", "publish_notice", "announce"):
        assert log.count(verb) <= 1, f"{verb} happened {log.count(verb)} times"
    assert log.count("announce") == 1


def sent_once(folder: Path) -> None:
    """Every message that counts as sent lies in the mailbox; a repeat after a kill carries the same number."""
    mailbox = "".join(
        path.read_text(encoding="utf-8", errors="replace") for path in (folder / "mail").glob("*.log")
    )
    sent = Delivery.objects.filter(sent_at__isnull=False, channel="email").values_list("pk", flat=True)
    assert all(f"<n-{pk}@" in mailbox for pk in sent)


def test_the_tools_of_the_kill_are_there() -> None:
    """Where PostgreSQL is tested, its programs and Redis's are installed: the killed ones are the test's own."""
    if connection.vendor == "postgresql":
        assert shutil.which("redis-server"), "install redis-server; the test kills one of its own"
        assert list(Path("/usr/lib/postgresql").glob("*/bin/initdb")), (
            "install postgresql; the test kills its own"
        )
