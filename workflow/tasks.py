"""What Celery carries: "look into the outbox" and "it is a minute later"."""

from applications.clock import now
from notifications import outbox
from workflow import clock
from workflow.celery import DRAIN, TICK, app


@app.task(name=DRAIN)
def drain() -> None:
    """Deliver what waits in the outbox until nothing is left that may be taken."""
    while outbox.drain():
        pass


@app.task(name=TICK)
def tick() -> None:
    """Tick with the present moment of the one clock."""
    clock.tick(now())


def listen() -> None:
    """Let every post wake a worker after its commit."""
    if drain.delay not in outbox.LISTENERS:
        outbox.LISTENERS.append(drain.delay)
