"""Evidence in an object store (S3 and what speaks like it); one that is away is told like a disk that fails."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage

from applications.errors import StoreAway

Given = ParamSpec("Given")
Result = TypeVar("Result")

# A page does not wait for minutes: a store in the same house answers within milliseconds.
PATIENCE = Config(connect_timeout=3, read_timeout=20, retries={"max_attempts": 2}, signature_version="s3v4")
IN_MEMORY = 2 * 1024 * 1024  # bytes of a file that is read; the rest goes to the disk of this machine


def told(ask: Callable[Given, Result]) -> Callable[Given, Result]:
    """Let what goes wrong between here and the store be an ``OSError``, as of a disk; a file not found stays one."""

    @wraps(ask)
    def asked(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        try:
            return ask(*args, **kwargs)
        except (BotoCoreError, Boto3Error, ClientError) as error:
            raise StoreAway(f"The object store failed: {type(error).__name__}.") from error

    return asked


class ObjectStore(S3Storage):  # type: ignore[misc]
    """A private bucket. Files are read whole when they are opened, so that nothing fails in the middle of an answer."""

    def get_default_settings(self) -> dict[str, Any]:
        """Return the library's defaults with patience and memory limited."""
        return {**super().get_default_settings(), "client_config": PATIENCE, "max_memory_size": IN_MEMORY}

    @told
    def _open(self, name: str, mode: str = "rb") -> File:
        found: File = super()._open(name, mode)
        if "r" in mode:
            found.open()
        return found

    _save = told(S3Storage._save)
    delete = told(S3Storage.delete)
    exists = told(S3Storage.exists)
    listdir = told(S3Storage.listdir)
    size = told(S3Storage.size)
    get_modified_time = told(S3Storage.get_modified_time)
