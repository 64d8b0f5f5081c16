"""Negative samples that are a shipped file with one change: negative/PLATFORM.yaml lists them. Each names a file of
the repository, what is changed in it, and what has to be found then. Since the rest is what is shipped today,
nothing else can be what is found, and a sample whose text the file no longer has ends the check.
"""

import dataclasses
import pathlib

import yaml

from checking import NEGATIVE, ROOT

KEYS = {"name", "file", "from", "to", "cut", "expects"}


@dataclasses.dataclass
class Sample:
    """A changed file, and what has to be found in it."""

    name: str
    file: pathlib.Path
    text: str
    expected: str

    def placed(self, folder):
        """The changed file in a folder, under its own name."""
        path = pathlib.Path(folder, self.file.name)
        path.write_text(self.text)
        return path


def of(platform):
    """The samples of a platform."""
    path = NEGATIVE / f"{platform}.yaml"
    return [sample(path, entry) for entry in yaml.safe_load(path.read_text())]


def sample(path, entry):
    if set(entry) - KEYS or not {"name", "file", "expects"} <= set(entry):
        raise SystemExit(f"{path}: {entry} has other keys than {sorted(KEYS)}")
    file = ROOT / entry["file"]
    return Sample(entry["name"], file, changed(f"{path.name}: {entry['name']}", file, entry), entry["expects"])


def changed(where, file, entry):
    """The text of a file with `to` wherever `from` is, or without what is from one text of `cut` up to the other."""
    text = file.read_text()
    if "cut" in entry:
        first, behind = entry["cut"]
        start = text.find(first)
        end = text.find(behind, start + len(first))
        if start < 0 or end < 0:
            raise SystemExit(f"{where}: {file.name} has no {first!r} with {behind!r} behind it")
        return text[:start] + text[end:]
    if entry["from"] not in text:
        raise SystemExit(f"{where}: {file.name} has no {entry['from']!r}")
    return text.replace(entry["from"], entry["to"])
