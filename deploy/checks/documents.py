"""The guides: every link and anchor leads somewhere, every path and command of the program exists, and the
`console` blocks of docs/deploy run from top to bottom in a rehearsal, where the commands of clusters and
engines only take notes.
"""

import pathlib
import re
import shutil
import tempfile

import program
from alerts import wrong_settings
from checking import DEPLOY, NEGATIVE, ROOT, expected_of, run
from rehearsal import STANDINS, Rehearsal
from typed import Machine

GUIDES = ROOT / "docs" / "deploy"
LINK = re.compile(r"\]\(([^)\s]+)\)")
PATH = re.compile(r"(?<![\w./-])(?:deploy|docs)/[\w./-]+\w")
# What is made up as a secret, and variables that hold one.
SECRETS = re.compile(r"\$\(openssl rand|\$\{?\w*(SECRET|TOKEN|PASSWORD|KEY)\b")
# What only exists elsewhere, or is made by what comes before.
NOTED = ("oc", "helm", "curl")


def anchors(path):
    """The anchors of a page, as its headings give them."""
    found = set()
    for heading in re.findall(r"^#+ (.*)$", without_code(path.read_text()), re.MULTILINE):
        plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        found.add(re.sub(r"[^\w\- ]", "", plain).replace(" ", "-"))
    return found


def without_code(text):
    return re.sub(r"^ *```.*?^ *```", "", text, flags=re.MULTILINE | re.DOTALL)


def links(path):
    """Links of a page that lead nowhere."""
    found = []
    for target in LINK.findall(without_code(path.read_text())):
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, anchor = target.partition("#")
        other = (path.parent / name).resolve() if name else path
        if not other.exists():
            found.append(f"there is no {target}")
        elif anchor and other.suffix == ".md" and anchor not in anchors(other):
            found.append(f"{name or path.name} has no heading #{anchor}")
    return found


def blocks(path, kinds):
    """Texts of the blocks of code of these kinds."""
    pattern = r"^( *)```(?:" + "|".join(kinds) + r")\n(.*?)^ *```"
    for indent, text in re.findall(pattern, path.read_text(), re.MULTILINE | re.DOTALL):
        yield "".join(line.removeprefix(indent) for line in text.splitlines(keepends=True))


def commands(path):
    """The commands of a page's console blocks, with their continuation lines."""
    found = []
    for text in blocks(path, ["console"]):
        for line in text.splitlines():
            if line.startswith("$ "):
                found.append(line[2:])
            elif found and found[-1].endswith("\\"):
                found[-1] += "\n" + line
    return found


def named(path):
    """Paths and commands in a page's blocks that do not exist."""
    found = []
    for text in blocks(path, ["console", "sh", "yaml", "toml"]):
        found += [f"there is no {one}" for one in PATH.findall(text) if not (ROOT / one).exists()]
        for command, rest in re.findall(r"(?:/|exec |\bsudo -u ekiben |^)ekiben ([a-z]+)\b([^\n;&|\"]*)", text, re.MULTILINE):
            if command not in program.commands():
                found.append(f"the program has no command {command}")
                continue
            known = program.told(command, "--help")
            found += [f"{command} has no {one}" for one in re.findall(r"(?<=\s)--[a-z-]+", rest) if one not in known]
    for one in re.findall(r"`([a-z]+\.[a-z_]+)`", path.read_text()):
        if not one.endswith((".py", ".csv", ".env", ".md", ".sh", ".toml", ".yaml")):
            found += wrong_settings(one)
    for name in re.findall(r"\bEKIBEN_[A-Z_]*[A-Z]\b(?!\*)", path.read_text()):
        if name not in program.variables() | {"EKIBEN_IMAGE", "EKIBEN_BINARY"}:
            found.append(f"the program takes no variable {name}")
    return found


def shown(path):
    """Commands of a page's blocks that have a secret among their arguments, which everybody on a machine can see. The
    shell's own commands and its assignments have none."""
    found = []
    for text in blocks(path, ["console", "sh"]):
        for command in re.split(r"(?<!\|)\|(?!\|)|&&|;|\n(?!\s)", text.replace("\\\n", "")):
            first = re.sub(r"^[\s$(]*(umask 077)?", "", command)
            if SECRETS.search(first) and not re.match(r"(echo|printf|export|test|\[|[A-Z_]+=)", first):
                found.append(f"a secret is an argument: {first.strip()}")
    return found


def typed(path):
    """What goes wrong when a page's console blocks are typed, one after the other, in a rehearsal."""
    script = commands(path)
    if not script:
        return []
    with tempfile.TemporaryDirectory() as folder:
        rehearsal = Rehearsal(folder)
        for name in NOTED:
            rehearsal.place(name, rehearsal.commands / name, reads=True)
        shutil.copy(STANDINS / "docker", rehearsal.commands)
        file = pathlib.Path(folder, "page.sh")
        file.write_text("set -euo pipefail\n" + "\n".join(script) + "\n")
        done = rehearsal.run(["bash", "-x", file], CONDUIT_SECRET="0123456789" * 4)
        return [] if done.returncode == 0 else [f"{done.stdout[-600:]}{done.stderr[-1200:]}"]


def on_a_machine(findings):
    """The page of systemd, typed from top to bottom: every unit and the variables are where units look for them, and
    what is put back is what was put away."""
    path = GUIDES / "systemd.md"
    lines = [line for text in blocks(path, ["sh"]) for line in text.splitlines() if not line.startswith("ekiben deploy")]
    findings.saw(len(lines))
    for what in typed_on_a_machine(lines):
        findings.add(path.name, what)
    without = [line for line in lines if "deploy/systemd/environment" not in line]
    findings.must_find("a page without variables", "environment is installed nowhere", typed_on_a_machine(without))
    without = [line for line in lines if not line.endswith("/ekiben.old")]
    findings.must_find("a page that keeps nothing", "ekiben.old", typed_on_a_machine(without))


def typed_on_a_machine(lines):
    with tempfile.TemporaryDirectory() as folder:
        rehearsal = Rehearsal(folder)
        machine = Machine(pathlib.Path(folder, "typed"))
        built = rehearsal.folder / "target" / "release" / "ekiben"
        built.parent.mkdir(parents=True)
        built.write_text("#!/bin/sh\n")
        failed = machine.type(lines, rehearsal.folder)
        if failed:
            return [f"what is to be typed fails: {failed[-600:]}"]
        present = machine.installed()
        return [f"{one.name} is installed nowhere" for one in sorted((DEPLOY / "systemd").iterdir()) if one.read_text() not in present]


def check(findings):
    listed = run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"], cwd=ROOT).stdout
    for name in listed.splitlines():
        if (ROOT / name).exists():
            findings.saw()
            for what in links(ROOT / name):
                findings.add(name, what)
    for path in sorted(GUIDES.glob("*.md")):
        findings.saw(len(commands(path)))
        for what in named(path) + shown(path) + typed(path):
            findings.add(path.name, what)
        if "What of this page was typed" not in path.read_text():
            findings.add(path.name, "does not say what was tried")
        if f"docs/deploy/{path.name}" not in (DEPLOY / "README.md").read_text():
            findings.add("deploy/README.md", f"does not name {path.name}")
    on_a_machine(findings)
    for sample in sorted((NEGATIVE / "documents").glob("*.txt")):
        findings.must_find(sample.name, expected_of(sample), links(sample) + named(sample) + shown(sample) + typed(sample))
