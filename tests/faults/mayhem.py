"""Kills at random while the road is walked: by actions in this process and by forms sent to the server beside it."""

import inspect
import random
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from django.db.models import Model

from applications import acting
from applications.errors import Refused
from tests.faults.engines import Cluster, Redis
from tests.faults.installation import Installation

ACTIONS = re.compile(r"(applications|review|rectification)\.actions\.")
PATIENCE = 90.0  # seconds for which a person keeps pressing the same button
AWAY = 1.0  # seconds for which Redis stays away


@dataclass(frozen=True)
class Press:
    """A form that a person sends: the address, the person's session, what is typed, and what it decides."""

    path: str
    session: str
    form: dict[str, object]
    decides: tuple[int, str]


@dataclass
class Mayhem:
    """``when``: before which actions of the road who is killed; everything else keeps account of what happened."""

    product: Installation
    when: dict[int, str]
    redis: Redis | None = None
    cluster: Cluster | None = None
    chance: random.Random = field(default_factory=random.Random)
    killed: Counter[str] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    acknowledged: list[Press] = field(default_factory=list)
    begun: int = 0
    over: bool = False
    _asking: threading.Event = field(default_factory=threading.Event)
    _killer: threading.Thread | None = None

    def strike(self) -> str:
        """Begin the kill that is due with the action that begins now, if one is; return who is killed."""
        victim = self.when.pop(self.begun, "")
        self.begun += 1
        if victim:
            self.settle()
            self._killer = threading.Thread(target=self._kill, args=(victim,), daemon=True)
            self._killer.start()
        return victim

    def settle(self) -> None:
        """Wait until the last kill is over."""
        if self._killer is not None:
            self._killer.join(PATIENCE)
            if self._killer.is_alive():
                raise AssertionError(f"waited {PATIENCE:.0f} s for a kill to be over")

    def _kill(self, victim: str) -> None:
        try:
            if victim == "server":  # in the middle of a request
                self._asking.wait(10)
            time.sleep(self.chance.uniform(0, 0.05))
            if victim == "postgresql" and self.cluster is not None:
                self.cluster.kill()
                self.cluster.start()
            elif victim == "redis" and self.redis is not None:
                self.redis.kill()
                time.sleep(AWAY)
                self.redis.start()
            else:
                self.product.kill(victim)
            self.killed[victim] += 1
        except Exception as error:
            self.faults.append(f"{victim} could not be killed: {error}")

    def press_all(self, presses: list[Press]) -> None:
        """Send every form until it is answered, looking at the desk in between until the road is walked."""
        try:
            share = max(self.when, default=0) / (len(presses) + 1)
            for number, press in enumerate(presses, start=1):
                while not self.over and self.begun < number * share:
                    self._ask("/desk/", press.session)
                self._press(press)
        except Exception as error:
            self.faults.append(f"the forms: {error}")

    def _press(self, press: Press) -> None:
        deadline, unheard = time.monotonic() + PATIENCE, False
        while time.monotonic() < deadline:
            status, page = self._ask(press.path, press.session, press.form)
            if status == 302 or (unheard and status in {403, 409} and "已由" in page):
                self.acknowledged.append(press)
                return
            if status not in {0, 503}:
                said = re.search(r'role="alert".{0,400}', page, re.S)
                self.faults.append(f"{press.path}: {status} {said.group() if said else page[:400]}")
                return
            unheard = True
            time.sleep(0.2)
        self.faults.append(f"{press.path}: nothing for {PATIENCE:.0f} s")

    def _ask(self, path: str, session: str, form: dict[str, object] | None = None) -> tuple[int, str]:
        self._asking.set()
        status, page = self.product.ask(path, session, form)
        self._asking.clear()
        self.answers[status] += 1
        if status == 500:
            self.faults.append(f"{path}: a server error")
        if status in {0, 503}:
            time.sleep(0.1)
        return status, page


@contextmanager
def stubborn(mayhem: Mayhem) -> Iterator[None]:
    """Let every action of the product be pressed again until it is answered, as people do, while things are killed."""
    kept: list[tuple[Any, str, Any]] = []
    for name, module in list(sys.modules.items()):
        if not ACTIONS.match(name):
            continue
        for attribute, value in list(vars(module).items()):
            if inspect.isfunction(value) and value.__module__ == name and value.__code__.co_name == "run":
                kept.append((module, attribute, value))
                setattr(module, attribute, _pressed_again(mayhem, value))
    try:
        yield
    finally:
        for module, attribute, value in kept:
            setattr(module, attribute, value)


def _pressed_again(mayhem: Mayhem, action: Any) -> Callable[..., Any]:
    name = inspect.getclosurevars(action).nonlocals["name"]

    def press(*args: Any, **kwargs: Any) -> Any:
        if connection.in_atomic_block:
            return action(*args, **kwargs)
        said: list[Any] = []
        again = acting.verb(name)(lambda *a, **k: said.append(action.__wrapped__(*a, **k)))
        victim, torn = mayhem.strike(), False
        while True:
            try:
                again(*args, **kwargs)
            except (OperationalError, InterfaceError):
                if torn and victim != "postgresql":
                    raise
                torn = True
                mayhem.settle()
                connection.close()
                for thing in [*args, *kwargs.values()]:
                    if isinstance(thing, Model) and thing.pk:
                        thing.refresh_from_db()
                continue
            except Refused:
                if not torn or not said:
                    raise  # else it was done, only the answer was lost
            if victim == "postgresql":
                mayhem.settle()
                connection.close()
            return said[-1]

    return press
