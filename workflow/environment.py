"""Readers of environment variables that refuse nonsense in a sentence."""

import os
import secrets
import tomllib
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str = "") -> str:
    """Return the variable as it stands, stripped, or the default where it is unset."""
    return os.environ.get(name, default).strip()


def flag(name: str, default: bool = False) -> bool:
    """Return a yes/no variable; anything but 1/0, true/false, yes/no, on/off is refused."""
    raw = os.environ.get(name)
    if raw is None:
        return default
    value = raw.strip().lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={raw!r} is neither yes nor no; write {name}=1 or {name}=0.")


def whole(name: str, default: int, *, low: int, high: int) -> int:
    """Return a whole number between ``low`` and ``high``, both included."""
    raw = os.environ.get(name)
    if raw is None or not raw.strip():
        return default
    try:
        value = int(raw)
    except ValueError:
        raise ImproperlyConfigured(
            f"{name}={raw!r} is not a whole number; write one from {low} to {high}."
        ) from None
    if not low <= value <= high:
        raise ImproperlyConfigured(f"{name}={value} is out of range; write {low} to {high}.")
    return value


def words(name: str, default: str = "") -> list[str]:
    """Return a comma-separated variable as a list without empty entries."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def folder(name: str, default: Path) -> Path:
    """Return a folder, created where it does not exist yet."""
    path = Path(text(name)) if text(name) else default
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name}={str(path)!r} cannot be used as a folder ({error.strerror}); name one that can be written."
        ) from None
    return path


def database(url: str, data: Path) -> dict[str, object]:
    """Return Django's database settings for an empty URL (SQLite under ``data``), ``sqlite:///PATH`` or ``postgres://``.

    SQLite always runs with BEGIN IMMEDIATE, WAL and synchronous=FULL: without them concurrent writers fail
    (measured, see decision record 0002).
    """
    if not url:
        return sqlite(data / "xingping.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return sqlite(Path(unquote(parts.path[1:])))
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            f"DATABASE_URL begins with {parts.scheme or url!r}; write postgres://user:password@host:port/name or sqlite:///path."
        )
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise ImproperlyConfigured(
            "DATABASE_URL names no database; write postgres://user:password@host:port/name."
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": "-c lock_timeout=15000 -c statement_timeout=60000 -c jit=off"},
    }


def sqlite(path: Path) -> dict[str, object]:
    """Return the settings of one SQLite file."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 15,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        },
    }


def local_secret(path: Path) -> str:
    """Return the key of a local installation, made once and kept in its data folder with mode 600."""
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_urlsafe(64))
    return path.read_text().strip()


def file_storage() -> dict[str, object]:
    """Return where evidence lies: the data folder, or an S3 bucket where ``S3_BUCKET`` names one (always private)."""
    bucket = text("S3_BUCKET")
    if not bucket:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    return {
        "BACKEND": "workflow.objectstore.ObjectStore",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": text("S3_ENDPOINT") or None,
            "region_name": text("S3_REGION") or None,
            "access_key": text("S3_ACCESS_KEY"),
            "secret_key": text("S3_SECRET_KEY"),
            "default_acl": "private",
            "querystring_auth": True,
            "file_overwrite": False,
        },
    }


def release(base: Path) -> str:
    """Return the version of the code as the project file states it."""
    with (base / "pyproject.toml").open("rb") as stream:
        return str(tomllib.load(stream)["project"]["version"])
