"""No file above 400 lines, no function above 40."""

from pathlib import Path

from tests.house.source import functions, named, project_files, python_files

FILE = 400
FUNCTION = 40
SCENE = 65  # a test may set a scene that is a list of values


def counted(path: Path) -> bool:
    """Whether the limit holds for the file: written by hand, not generated and not from elsewhere."""
    return path.suffix in {".py", ".css", ".js", ".html"} and not {"migrations", "vendor"} & set(path.parts)


def test_no_file_is_longer_than_400_lines() -> None:
    lengths = {
        named(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in project_files()
        if counted(path)
    }
    assert {name: length for name, length in lengths.items() if length > FILE} == {}


def test_no_function_is_longer_than_40_lines() -> None:
    lengths = {
        f"{named(path)}:{function.lineno} {function.name}": (function.end_lineno or 0) - function.lineno + 1
        for path in python_files()
        for function in functions(path)
    }
    too_long = {
        name: length
        for name, length in lengths.items()
        if length > (SCENE if name.startswith("tests/") else FUNCTION)
    }
    assert too_long == {}
