"""Prints the licence of every locked package that is installed; fails on one that was not weighed.

The product is AGPL-3.0-or-later, so permissive, weak copyleft and (A)GPL-compatible licences may be combined with it.
Names are those of the packages' own metadata: the SPDX expression, else the trove classifiers, else the free text.
"""

import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

ALLOWED = {
    *(
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "BSD",
        "BSD-2-CLAUSE",
        "BSD-3-CLAUSE",
        "ISC",
        "APACHE-2.0",
        "PSF-2.0",
        "0BSD",
        "ZLIB",
    ),
    *("UNLICENSE", "CC0-1.0", "HPND", "MPL-2.0", "LGPL-3.0-ONLY", "LGPL-3.0-OR-LATER", "AGPL-3.0-OR-LATER"),
}
# What the metadata of older packages say, in the words of SPDX.
SAME = {
    "MIT LICENSE": "MIT",
    "THE MIT LICENSE (MIT)": "MIT",
    "EXPAT LICENSE": "MIT",
    "BSD LICENSE": "BSD",
    "NEW BSD": "BSD-3-CLAUSE",
    "BSD 3-CLAUSE LICENSE": "BSD-3-CLAUSE",
    "3-CLAUSE BSD LICENSE": "BSD-3-CLAUSE",
    "ISC LICENSE (ISCL)": "ISC",
    "APACHE SOFTWARE LICENSE": "APACHE-2.0",
    "APACHE LICENSE 2.0": "APACHE-2.0",
    "APACHE-2": "APACHE-2.0",
    "APACHE 2.0": "APACHE-2.0",
    "PYTHON SOFTWARE FOUNDATION LICENSE": "PSF-2.0",
    "MOZILLA PUBLIC LICENSE 2.0 (MPL 2.0)": "MPL-2.0",
    "GNU LESSER GENERAL PUBLIC LICENSE V3 (LGPLV3)": "LGPL-3.0-ONLY",
    "GNU LESSER GENERAL PUBLIC LICENSE V3 OR LATER (LGPLV3+)": "LGPL-3.0-OR-LATER",
    "GNU AFFERO GENERAL PUBLIC LICENSE V3 OR LATER (AGPLV3+)": "AGPL-3.0-OR-LATER",
}
# Weighed one by one: package -> why it may be used although its metadata do not say an allowed licence.
WEIGHED: dict[str, str] = {
    "pypdfium2": "BSD-3-Clause or Apache-2.0; the wheel brings PDFium and its parts, all under such terms (decision 0005)",
}


def names(lock: Path) -> list[str]:
    """Return the package names of a lock."""
    return re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==", lock.read_text(), re.MULTILINE)


def licences(package: Distribution) -> list[str]:
    """Return what a package says of its licence, upper case."""
    meta = package.metadata
    if expression := meta.get("License-Expression"):
        return [word for word in re.split(r"\s+(?:AND|OR|WITH)\s+|[()]", expression.upper()) if word.strip()]
    classifiers = [
        line.split(" :: ")[-1] for line in meta.get_all("Classifier", []) if line.startswith("License ::")
    ]
    said = [line for line in classifiers if line != "OSI Approved"] or [
        (meta.get("License") or "").split("\n")[0]
    ]
    return [SAME.get(line.strip().upper(), line.strip().upper()) for line in said]


def main() -> int:
    """Check every package of the runtime lock that is installed here (other platforms' packages are not)."""
    refused, absent = [], []
    wanted = sorted(set(names(ROOT / "requirements.lock")))
    for name in wanted:
        try:
            said = licences(distribution(name))
        except PackageNotFoundError:
            absent.append(name)
            continue
        if not (said and set(said) <= ALLOWED) and name not in WEIGHED:
            refused.append(f"{name}: {', '.join(said) or 'nothing'}")
    print(
        f"{len(wanted) - len(absent)} licences checked; for other platforms: {', '.join(absent) or 'none'}."
    )
    for line in refused:
        print(f"Licence not weighed yet: {line}. Weigh it in .ci/licences.py or choose another package.")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
