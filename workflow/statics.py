"""Styles, scripts and icons of a production installation, gathered under names that change with their content."""

import fcntl
import json
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.management import call_command


def gather() -> None:
    """Gather them in ``STATIC_ROOT``; older ones stay, for pages that are open while a new release is put in.

    Replicas that share a data folder and start together gather one after the other.
    """
    root = Path(settings.STATIC_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    with (root.parent / "static.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        call_command("collectstatic", interactive=False, verbosity=0)


def gathered() -> dict[str, str]:
    """Return the names as written in templates with the names under which they are served."""
    manifest = Path(settings.STATIC_ROOT) / ManifestStaticFilesStorage.manifest_name
    paths: dict[str, str] = json.loads(manifest.read_text(encoding="utf-8"))["paths"]
    return paths
