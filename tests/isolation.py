"""Gives a test run its own world; pytest loads this (``-p tests.isolation``) before Django reads its settings.

Every process of the run gets its own data folder below one temporary root, and no variable of the developer's shell
reaches the settings but ``DATABASE_URL`` and ``REDIS_URL``.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

OURS = (
    *("ALLOWED_HOSTS", "ANCHOR_FILE", "BEHIND_PROXY", "CSRF_TRUSTED_ORIGINS", "DATA_DIR", "DEBUG"),
    *("DEFAULT_FROM_EMAIL", "DEMO", "EMAIL_BACKEND", "EMAIL_HOST", "EMAIL_HOST_PASSWORD"),
    *("EMAIL_HOST_USER", "EMAIL_PORT", "EMAIL_USE_TLS", "EVIDENCE_MAX_MB", "LOG_LEVEL"),
    *(
        "MEDIA_ROOT",
        "MFA_ROLES",
        "FAIL_AT",
        "FAILPOINTS",
        "PRODUCTION",
        "S3_ACCESS_KEY",
        "S3_BUCKET",
        "S3_ENDPOINT",
        "S3_REGION",
        "S3_SECRET_KEY",
    ),
    *(
        "SECRET_KEY",
        "SESSION_HOURS",
        "SESSION_IDLE_MINUTES",
        "SITE_URL",
        "SSL_REDIRECT",
        "WEBHOOK_HOSTS",
        "WORKER",
    ),
)

ROOT = "XINGPING_TEST_ROOT"


def isolate() -> None:
    """Point the settings of this process at a folder of its own."""
    for name in OURS:
        os.environ.pop(name, None)
    if ROOT not in os.environ:
        os.environ[ROOT] = tempfile.mkdtemp(prefix="xingping-test-")
        atexit.register(shutil.rmtree, os.environ[ROOT], ignore_errors=True)
    process = os.environ.get("PYTEST_XDIST_WORKER", "main")
    os.environ["DATA_DIR"] = str(Path(os.environ[ROOT]) / process)
    # whitenoise warns of a missing folder, and a warning is an error here
    (Path(os.environ["DATA_DIR"]) / "static").mkdir(parents=True, exist_ok=True)
    os.environ["SECRET_KEY"] = "a key for tests, of no use to anybody, but long enough for every check"


isolate()
