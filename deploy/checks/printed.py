"""What `ekiben deploy` prints, held to the same checks as the files that it is made of: every target, every app,
with and without replicas. Nothing of an example may be left in it.
"""

import pathlib
import re
import tempfile

import compose
import fly
import kubernetes
import openshift
import program
import units
from checking import documents

DIGEST = "sha256:" + "0123456789abcdef" * 4
IMAGE = f"registry.test:5000/ekiben/box@{DIGEST}"
HOST = "shop.example.net"
SIZES = ["--memory", "300", "--storage", "3"]
EXAMPLE = re.compile(r"[\w.-]*(example\.(?:com|org)|0{40}|-staging|isuumo\.stg)[\w.-]*")


def made(folder, target, app, *more):
    """The files of a target by their names."""
    folder = pathlib.Path(folder, f"{target}-{app}-{len(more)}")
    image = [] if target == "systemd" else ["--image", IMAGE]
    program.told("deploy", target, "--app", app, "--host", HOST, "--name", "shop", *image, *SIZES, *more, "--out", str(folder))
    return {path.name: path for path in sorted(folder.iterdir())}


def problems(target, files):
    found = []
    texts = {name: path.read_text() for name, path in files.items()}
    if target == "kubernetes":
        for text in texts.values():
            found += kubernetes.problems(documents(text))
    elif target == "openshift":
        for text in texts.values():
            found += openshift.problems(text, {})
    elif target == "fly":
        for text in texts.values():
            found += fly.problems(text)
    elif target == "compose":
        found += compose.problems(files["compose.yaml"])
    else:
        for name, path in files.items():
            found += units.problems(path) if path.suffix in (".service", ".timer") else []
        named = {line.split("=")[0] for line in texts["environment"].splitlines() if line and not line.startswith("#")}
        found += [f"the program takes no variable {name}" for name in named - set(program.variables())]
    for name, text in texts.items():
        found += [f"{name}: {left[0]} is left of an example" for left in EXAMPLE.finditer(text)]
    return found


def check(findings):
    with tempfile.TemporaryDirectory() as folder:
        for target in ("kubernetes", "openshift", "fly", "compose", "systemd"):
            for app in program.apps():
                both = [["--replicas", "3"]] if app == "isuumo" and target != "systemd" else []
                for more in [[], *both]:
                    files = made(folder, target, app, *more)
                    findings.saw(len(files))
                    for what in problems(target, files):
                        findings.add(f"{target} {app} {' '.join(more)}", what)
        # An example that is left is found.
        changed = made(folder, "compose", "people", "--replicas", "0")["compose.yaml"]
        changed.write_text(changed.read_text().replace(HOST, "shop.example.com"))
        findings.must_find("a host that was not filled in", "is left of an example", problems("compose", {changed.name: changed}))
