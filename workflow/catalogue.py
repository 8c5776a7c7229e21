"""The English catalogue of the interface: extraction, comparison and compilation by Babel, without the gettext programs.

The source strings are Chinese. A message stands in Python (``_("…")``, ``gettext``, ``ngettext``, ``pgettext``, their lazy
forms, and ``N_("…")`` where ``core`` names a sentence it may not translate itself) or in a template (``{% trans %}``,
``{% blocktrans %}`` with variables, contexts and plurals, and ``_("…")`` inside tags; also in attributes of components).
"""

import ast
import io
import os
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PO_FILE = ROOT / "workflow" / "locale" / "en" / "LC_MESSAGES" / "django.po"
APPS = ("applications", "notifications", "rectification", "review", "workflow")

_PLURAL = (1, 2)
_CONTEXT = ((1, "c"), 2)
_BOTH = ((1, "c"), 2, 3)
KEYWORDS = {
    **dict.fromkeys(("_", "_lazy", "N_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), _PLURAL),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), _CONTEXT),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), _BOTH),
}
# A percent sign before a space is a placeholder only in a text that is formatted: "90% of" stands in plain sentences.
_FORMATTED = re.compile(r"%(?:\((?P<name>\w+)\))?[#0\- +]*\d*(?:\.\d+)?(?P<kind>[a-zA-Z%])")
_PLAIN = re.compile(r"%(?:\((?P<name>\w+)\))?[#0\-+]*\d*(?:\.\d+)?(?P<kind>[a-zA-Z%])")
_BRACE = re.compile(r"\{\{|\}\}|\{(?P<name>[^{}]*)\}")


def sources(root: Path = ROOT) -> Iterator[Path]:
    """Yield every Python file and template whose strings people see, in a fixed order."""
    for app in APPS:
        yield from sorted(path for path in (root / app).rglob("*.py") if "migrations" not in path.parts)
    folders = [root / "templates", *(root / app / "templates" for app in APPS)]
    for folder in folders:
        found = (path for path in folder.rglob("*") if path.suffix in {".html", ".txt"})
        # the style guide's samples are shown to nobody
        yield from sorted(path for path in found if "styleguide" not in path.parts)


def template_as_python(text: str, name: str) -> str:
    """Return a template as lines of gettext calls with unchanged line numbers.

    Everything else has become runs of X; the indentation is dropped, since Python's tokeniser would stumble over it.
    """
    lines = templatize(text, name).splitlines()
    return "\n".join(line.strip() for line in lines)


def messages_in(path: Path) -> Iterator[tuple[int, object, list[str], str | None]]:
    """Yield line, message (a string, or singular and plural), translators' comments and context of one file."""
    text = path.read_text(encoding="utf-8")
    written = literals(text) if path.suffix == ".py" else None
    if written is None:
        text = template_as_python(text, str(path))
    found = extract("python", io.BytesIO(text.encode()), KEYWORDS, ("Translators:",), {"encoding": "utf-8"})
    for line, message, comments, context in found:
        parts = (message,) if isinstance(message, str) else message
        if written is None or {part for part in parts if part} <= written:
            yield line, message, comments, context


def literals(text: str) -> set[str]:
    """Return the texts that a Python file writes out as arguments of gettext calls.

    Babel takes every string between the brackets of a call for a message, the key in ``_(row["text"])`` too.
    """
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and _name(node.func) in KEYWORDS:
            found |= {part.value for part in node.args if isinstance(part, ast.Constant)}
    return {part for part in found if isinstance(part, str)}


def _name(called: ast.expr) -> str:
    return called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")


def template_catalogue(paths: Iterable[Path], root: Path = ROOT) -> Catalog:
    """Return all messages of the files, untranslated."""
    found = Catalog(locale="en")
    for path in paths:
        for _line, message, comments, context in messages_in(path):
            place = (path.relative_to(root).as_posix(), 0)
            found.add(message, None, locations=[place], auto_comments=comments, context=context)
    return found


def read(path: Path = PO_FILE) -> Catalog:
    """Return the catalogue as it stands; an empty one where there is none yet."""
    if path.exists():
        with path.open("rb") as handle:
            return read_po(handle, locale="en")
    fixed = datetime(
        2026, 1, 1, tzinfo=UTC
    )  # dates that change with every run would only make noise in the history
    return Catalog(
        locale="en",
        project="Xingping",
        version="1",
        header_comment="# The English interface of Xingping; the message ids are the Chinese source strings.",
        creation_date=fixed,
        revision_date=fixed,
        last_translator="Xingping",
        language_team="en",
        msgid_bugs_address="none",
        fuzzy=False,
    )


def updated(catalogue: Catalog, template: Catalog) -> Catalog:
    """Bring the catalogue up to date: new messages are added empty, those no longer in any source are dropped."""
    created = catalogue.creation_date
    catalogue.update(
        template, no_fuzzy_matching=True, update_header_comment=False, update_creation_date=False
    )
    catalogue.creation_date = created
    catalogue.obsolete.clear()
    return catalogue


def write(catalogue: Catalog, path: Path = PO_FILE) -> None:
    """Write the catalogue, its messages sorted and without line numbers, so that two branches merge easily."""
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=100, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    path.write_bytes(buffer.getvalue())


def problems(catalogue: Catalog, template: Catalog) -> Iterator[tuple[str, str, str]]:
    """Yield (kind, message, detail) of everything that is wrong; the kinds are missing, obsolete, fuzzy, placeholder."""
    for message in template:
        if message.id and _translation(catalogue, message) is None:
            yield "missing", _first(message), ", ".join(sorted({place for place, _ in message.locations}))
    for message in [*catalogue, *catalogue.obsolete.values()]:
        if not message.id:
            continue
        if template.get(message.id, message.context) is None:
            yield "obsolete", _first(message), ""
        elif message.fuzzy:
            yield "fuzzy", _first(message), ""
        elif detail := mismatch(message):
            yield "placeholder", _first(message), detail


def mismatch(message: Message) -> str:
    """Return which placeholders a translation lost or invented, in words; empty where they agree.

    A singular may leave out a number that its wording already says; the last form is for every other number.
    """
    originals = message.id if isinstance(message.id, (list, tuple)) else (message.id,)
    wanted = set().union(*(placeholders(text) for text in originals))
    formatted = any("%" in text and _PLAIN.search(text) for text in originals)
    told = [text for text in _strings(message) if text]
    for place, text in enumerate(told, start=1):
        given = placeholders(text, formatted=formatted)
        lost = set() if place < len(told) else wanted - given
        if lost or given - wanted:
            return f"{text!r}: {', '.join(sorted(f'-{x}' for x in lost) + sorted(f'+{x}' for x in given - wanted))}"
    return ""


def placeholders(text: str, *, formatted: bool = False) -> set[str]:
    """Return the %- and {}-placeholders of a text; unnamed ones carry their position."""
    found: set[str] = set()
    pattern = _FORMATTED if formatted else _PLAIN
    percent = [match for match in pattern.finditer(text) if match["kind"] != "%"]
    for position, match in enumerate(percent):
        found.add(
            f"%({match['name']}){match['kind']}"
            if match["name"]
            else f"%{match['kind']} (no. {position + 1})"
        )
    braces = [match for match in _BRACE.finditer(text) if match["name"] is not None]
    for position, match in enumerate(braces):
        found.add(f"{{{match['name'] or position}}}")
    return found


def compile_stale(folder: Path = PO_FILE.parent.parent.parent) -> list[Path]:
    """Compile every catalogue below the folder that is newer than its compiled form; return those compiled."""
    compiled = []
    for source in sorted(folder.rglob("*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns == source.stat().st_mtime_ns:
            continue
        partial = target.with_name(f"{target.name}.{os.getpid()}")
        stamp = source.stat().st_mtime_ns
        with partial.open("wb") as handle:
            write_mo(handle, read(source))
        os.utime(partial, ns=(stamp, stamp))
        partial.replace(target)  # several processes may do this at the same time
        compiled.append(target)
    return compiled


def _translation(catalogue: Catalog, message: Message) -> Message | None:
    known = catalogue.get(message.id, message.context)
    return known if known is not None and all(_strings(known)) and _strings(known) else None


def _strings(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, (list, tuple)) else (message.string,)


def _first(message: Message) -> str:
    return message.id[0] if isinstance(message.id, (list, tuple)) else message.id
