"""Celery, the engine of larger installations (``WORKER=celery``).

``celery -A workflow.celery worker`` carries work, one ``celery -A workflow.celery beat`` keeps the time. The truth stays in
the outbox and in the database: a task says only "look", so a lost or repeated task is harmless.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workflow.settings")

DRAIN, TICK = "xingping.drain", "xingping.tick"

app = Celery("xingping", include=["workflow.tasks"])
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_ignore_result=True,
    task_publish_retry=False,  # a page does not wait for a broker that is away: beat finds the work within seconds
    broker_connection_timeout=2,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        **app.conf.broker_transport_options,
        "socket_connect_timeout": 2,
        "socket_timeout": 5,
        "max_retries": 1,
        "interval_start": 0,
        "interval_max": 0.1,
    },
    beat_schedule={
        "drain": {"task": DRAIN, "schedule": 5.0, "options": {"expires": 5}},
        "tick": {"task": TICK, "schedule": 60.0, "options": {"expires": 60}},
    },
    beat_schedule_filename=os.path.join(os.environ.get("DATA_DIR") or "var", "beat"),
)
