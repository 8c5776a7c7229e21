"""Evidence in a backup: taken through the storage, so that a folder and a bucket are treated alike."""

import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.management.base import CommandError
from django.db import connection, models
from django.utils.translation import gettext as _

from workflow.backup import manifest

FOLDER = "files"
MADE_AGAIN = {"renditions"}  # pages for the viewer: made from the files whenever they are missing


def stored(folder: str = "", *, torn: bool = False) -> Iterator[str]:
    """Yield the names of all files in the storage; what is still being written is not one yet (``torn``: it, too)."""
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(names):
        if torn or not name.endswith(".part"):
            yield f"{folder}/{name}" if folder else name
    for inner in sorted(set(folders) if folder else set(folders) - MADE_AGAIN):
        yield from stored(f"{folder}/{inner}" if folder else inner, torn=torn)


def columns() -> list[tuple[str, str]]:
    """Return table and column of everything in the database that names a stored file."""
    return sorted(
        {
            (model._meta.db_table, part.column)
            for model in apps.get_models()
            for part in model._meta.local_fields
            if isinstance(part, models.FileField)
        }
    )


def named() -> set[str]:
    """Return the files that the database names, in the transaction that is open."""
    found: set[str] = set()
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table, column in columns():
            cursor.execute(f"select {quote(column)} from {quote(table)}")  # noqa: S608  (names of our own models)
            found.update(row[0] for row in cursor.fetchall() if row[0])
    return found


def take(folder: Path, wanted: set[str]) -> dict[str, str]:
    """Copy every stored file into the backup; refused where one that the database names is missing."""
    taken = {}
    for name in stored():
        with default_storage.open(name, "rb") as source:
            taken[f"{FOLDER}/{name}"] = manifest.copy(source, folder / FOLDER / name)
    lost = sorted(name for name in wanted if f"{FOLDER}/{name}" not in taken)
    if lost:
        raise CommandError(
            _("数据库记录的文件“%(name)s”等%(count)s个在存储中找不到，备份没有完成。请先查明原因。")
            % {"name": lost[0], "count": len(lost)}
        )
    return taken


def put_back(folder: Path, names: list[str]) -> None:
    """Put the files of a backup into the storage, each whole or not at all; what is there already is replaced."""
    for name in names:
        source = folder / FOLDER / name
        try:
            target = Path(default_storage.path(name))
        except NotImplementedError:
            if default_storage.exists(name):
                default_storage.delete(name)
            with source.open("rb") as handle:
                default_storage.save(name, File(handle))
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f"{target.name}.part")
        shutil.copyfile(source, part)
        os.replace(part, target)


def remove_others(names: list[str]) -> int:
    """Remove the stored files that the backup does not hold; return how many."""
    others = set(stored()) - set(names)
    for name in others:
        default_storage.delete(name)
    return len(others)


def bytes_of(path: Path) -> io.BytesIO | None:
    """Return a small file as it stands at this moment, or None where there is none."""
    return io.BytesIO(path.read_bytes()) if path.exists() else None
