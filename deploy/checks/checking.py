"""What all checks of deploy/ share: where things are, running tools, reading YAML, and saying what is wrong.

A check is a file with a function `check(findings)`. It looks at what is shipped, and then at negative
samples: faults of the kinds that deployments have had, each of which it must find. A check that finds a
fault nowhere, or not in its sample, is how one notices that it stopped looking.
"""

import os
import pathlib
import subprocess

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"
NEGATIVE = DEPLOY / "checks" / "negative"
TOOLS = pathlib.Path(os.environ.get("EKIBEN_DEPLOY_TOOLS", ROOT / "target" / "tools" / "deploy"))
BINARY = os.environ.get("EKIBEN_BINARY", str(ROOT / "target" / "debug" / "ekiben"))


class Findings:
    """What is wrong, and how much was looked at."""

    def __init__(self):
        self.wrong = []
        self.seen = 0

    def add(self, where, what):
        self.wrong.append(f"{where}: {what}")

    def saw(self, number=1):
        self.seen += number

    def must_find(self, sample, expected, problems):
        """Notes a negative sample in which a check does not find what is wrong with it."""
        self.saw()
        if not any(expected in problem for problem in problems):
            self.add(sample, f"nothing says {expected!r}; found {problems or 'nothing'}")


def run(command, check=True, **options):
    """Runs a tool and gives its result; the paths of tools come first in PATH."""
    environment = {**os.environ, "PATH": tool_path(), **options.pop("extra", {})}
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, env=environment, check=False, **options
    )
    if check and done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done


def tool_path():
    """PATH with the tools that deploy/check installed before everything else."""
    own = [TOOLS / "bin", TOOLS / "venv" / "bin", TOOLS / "node_modules" / ".bin"]
    return os.pathsep.join([*map(str, own), os.environ["PATH"]])


def documents(text):
    """The documents of a YAML text that hold something."""
    return [document for document in yaml.safe_load_all(text) if document]


def name_of(document):
    """Kind and name of an object, for messages."""
    return f"{document.get('kind')}/{document.get('metadata', {}).get('name')}"


def expected_of(path):
    """What a negative sample says on one of its first lines that has to be found in it."""
    mark = "expects: "
    for line in path.read_text().splitlines()[:3]:
        if mark in line:
            return line.split(mark, 1)[1]
    raise SystemExit(f"{path}: its first lines do not say what is expected")
