"""The child process: ``python -m applications.rendering.child EXTENSION SOURCE FOLDER FIRST LAST``.

It writes ``manifest.json`` and the pages FIRST to LAST (from 1) into the folder. What it reads may be hostile: memory,
processor time, file size and open files are limited before the first byte is looked at, and its parent ends it after a
time. It exits with 0 where the folder holds what was asked for, with 3 where the file cannot be shown.
"""

import json
import resource
import sys
from pathlib import Path
from typing import Any

from applications.rendering import office, pages, tables

MEMORY = 1536 * 1024 * 1024
PROCESSOR_SECONDS = 25
LARGEST_FILE = 64 * 1024 * 1024
OPEN_FILES = 64
UNSHOWABLE = 3


def limit() -> None:
    """Bind this process to its limits; none can be raised again."""
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, PROCESSOR_SECONDS),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def write(folder: Path, name: str, content: Any) -> None:
    """Write JSON into the folder."""
    (folder / name).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Do what the command line says."""
    extension, source, target, first, last = arguments
    limit()
    folder = Path(target)
    try:
        if extension in ("jpg", "png", "webp"):
            manifest = pages.picture(Path(source), folder)
        elif extension == "pdf":
            manifest = pages.document(Path(source), folder, int(first), int(last))
        else:
            reader = {"docx": office.word, "pptx": office.slides, "xlsx": tables.workbook, "txt": tables.text}
            sheets = reader[extension](Path(source), folder)
            for place, sheet in enumerate(sheets, 1):
                write(folder, f"p{place}.json", sheet)
            manifest = {"form": "blocks", "count": len(sheets), "titles": [row["title"] for row in sheets]}
    except Exception:  # whatever a reader stumbles over, the file cannot be shown
        return UNSHOWABLE
    write(folder, "manifest.json", manifest)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
