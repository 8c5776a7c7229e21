"""A table of expectations as a text file: a row for each page or action, a column for each person."""

from dataclasses import dataclass, field
from pathlib import Path

from tests.rights.people import COLUMNS

FOLDER = Path(__file__).parent
NAME, CELL = 34, 6
SOME = ("clerk", "rcnty", "unas", "admn", "anon")  # try what is the same for everybody
Row = dict[str, str]


@dataclass
class Table:
    """Rows by section and name; a row without cells but with words is one that nobody calls from outside."""

    sections: dict[str, dict[str, Row]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> set[str]:
        """Every name that has a row in some section."""
        return {name for rows in self.sections.values() for name in rows} | set(self.words)


def read(name: str) -> Table:
    """Read a table; ``#`` begins a remark, ``[...]`` a section, ``name: words`` a row in words."""
    table, section = Table(), ""
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#") or line.startswith("who "):
            continue
        if line.startswith("["):
            section = line.strip("[] ")
            continue
        if ": " in line[:NAME] + " ":
            key, words = line.split(": ", 1)
            table.words[key] = words
            continue
        key, cells = line[:NAME].strip(), line[NAME:].split()
        if "everybody" in cells:
            table.sections.setdefault(section, {})[key] = _alike(cells)
            continue
        assert len(cells) == len(COLUMNS), f"{name}: the row {key} has {len(cells)} cells"
        table.sections.setdefault(section, {})[key] = dict(zip(COLUMNS, cells, strict=True))
    return table


def _alike(cells: list[str]) -> Row:
    """Return the row of a page that is the same for everybody, or for everybody signed in, for some of them."""
    row = dict.fromkeys(SOME, cells[0])
    return {**row, "anon": "in"} if "signed" in cells else row


def line(name: str, row: Row) -> str:
    """Return a row as it stands in the file."""
    return f"{name:<{NAME}}" + "".join(f"{row[key]:<{CELL}}" for key in COLUMNS).rstrip()


def head() -> str:
    """Return the line of headings."""
    return line("who", {key: key for key in COLUMNS})


def differences(section: str, name: str, expected: Row, found: Row) -> list[str]:
    """Return in words where a row is not as expected."""
    return [
        f"[{section}] {name}: {key} gets {found[key]}, the table says {said}"
        for key, said in expected.items()
        if found[key] != said
    ]
