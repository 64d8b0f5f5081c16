"""Style: every YAML file by yamllint, every script by shellcheck, the Dockerfile by hadolint, and that each
file of deploy/ says in its first lines what it is for.
"""

import json
import pathlib
import tempfile

from checking import DEPLOY, NEGATIVE, ROOT, expected_of, run

STYLE = json.dumps(
    {
        "extends": "default",
        "rules": {
            "line-length": {"max": 160},
            "document-start": "disable",
            "comments": {"min-spaces-from-content": 1},
            "braces": {"max-spaces-inside": 0},
            "truthy": {"check-keys": False},
            "indentation": {"spaces": 2, "indent-sequences": "whatever"},
        },
    }
)
# Made by programs, or read by programs that want no comment.
GENERATED = ("checks/package-lock.json", "checks/package.json", "checks/requirements.txt", "grafana/ekiben.json")
PLAIN = (".json", ".txt", ".tpl", ".values")
# The first is about SHELL, which images in the OCI format cannot have; the second about names with spaces, of
# which there are none among targets.
DOCKERFILE = ["--ignore", "DL4006", "--ignore", "SC2013"]


def files():
    listed = run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "deploy"], cwd=ROOT).stdout
    return [ROOT / line for line in listed.splitlines() if (ROOT / line).is_file()]


def shipped(path):
    return NEGATIVE not in path.parents


def is_shell(path):
    with path.open("rb") as file:
        first = file.readline()
    return path.suffix == ".sh" or first.startswith((b"#!/bin/sh", b"#!/usr/bin/env bash"))


def yaml_problems(paths):
    done = run(["yamllint", "--strict", "--format", "parsable", "--config-data", STYLE, *paths], check=False)
    return done.stdout.splitlines()


def shell_problems(paths):
    return run(["shellcheck", "--format", "gcc", *paths], check=False).stdout.splitlines()


def docker_problems(path):
    return run(["hadolint", "--no-color", *DOCKERFILE, path], check=False).stdout.splitlines()


def headless(path):
    """Whether a file begins with what it is for: a comment, or a string in Python."""
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#!")]
    return not lines or not lines[0].startswith(("#", "//", '"""', "{{/*"))


def is_yaml(path):
    return path.suffix in (".yaml", ".yml") and "templates" not in path.parts


def check(findings):
    known = [path for path in files() if shipped(path)]
    yaml = [path for path in known if is_yaml(path) and "kubectl" not in path.parts]
    shell = [path for path in known if is_shell(path)] + [ROOT / ".ci" / "run"]
    findings.saw(len(known))
    for what in yaml_problems(yaml) + shell_problems(shell) + docker_problems(ROOT / "Dockerfile"):
        findings.add("lint", what)
    for path in known:
        name = str(path.relative_to(DEPLOY))
        for what in own_style(path, name):
            findings.add(name, what)
    negative(findings)


def own_style(path, name):
    """What the house's own rules say against a file: a head, and a length that is read at once."""
    given = path.suffix in PLAIN or name in GENERATED or "templates" in path.parts or "manifest" in name
    found = []
    if not given and headless(path) and path.suffix in (".py", ".sh", "", ".mjs", ".groovy", ".toml", ".service"):
        found.append("does not begin with what it is for")
    if path.suffix in (".py", ".mjs", ".groovy") and len(path.read_text().splitlines()) > 300:
        found.append("is longer than 300 lines")
    return found


def negative(findings):
    checks = {".yaml": yaml_problems, ".sh": shell_problems, ".Dockerfile": lambda paths: docker_problems(paths[0])}
    for sample in sorted((NEGATIVE / "lint").iterdir()):
        findings.must_find(sample.name, expected_of(sample), checks[sample.suffix]([sample]))
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "x.py")
        path.write_text("import os\n" * 301)
        for expected in ("does not begin with what it is for", "is longer than 300 lines"):
            findings.must_find("x.py", expected, own_style(path, "x.py"))
