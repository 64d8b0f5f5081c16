"""What `ekiben deploy` prints, held to the same checks as the files that it is made of: every target, every app,
with and without replicas. Nothing of an example may be left in it, and the commands that it names are typed.
"""

import pathlib
import re
import tempfile

import compose
import fly
import kubernetes
import openshift
import program
import typed
import units
from checking import documents

DIGEST = "sha256:" + "0123456789abcdef" * 4
IMAGE = f"registry.test:5000/ekiben/box@{DIGEST}"
HOST = "shop.example.net"
SIZES = ["--memory", "300", "--storage", "3"]
EXAMPLE = re.compile(r"[\w.-]*(example\.(?:com|org)|0{40}|-staging|isuumo\.stg)[\w.-]*")


def made(folder, target, app, *more):
    """The files of a target by their names, and what is to be typed next."""
    folder = pathlib.Path(folder, f"{target}-{app}-{len(more)}")
    image = [] if target == "systemd" else ["--image", IMAGE]
    arguments = ["--app", app, "--host", HOST, "--name", "shop", *image, *SIZES, *more]
    done = program.ask("deploy", target, *arguments, "--out", str(folder))
    if done.returncode != 0:
        raise SystemExit(f"ekiben deploy {target} {' '.join(arguments)}: {done.stderr}")
    _, _, lines = done.stderr.partition("next:\n")
    return {path.name: path for path in sorted(folder.iterdir())}, [line.strip() for line in lines.splitlines()]


def secret(app):
    """The variable of an app's secret, if it has users."""
    return f"{app.upper()}_SECRET" if f"{app}.secret_file" in program.settings() else None


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
                    files, lines = made(folder, target, app, *more)
                    findings.saw(len(files))
                    with tempfile.TemporaryDirectory() as machine:
                        found = problems(target, files) + typed.problems(target, lines, files, secret(app), machine)
                    for what in found:
                        findings.add(f"{target} {app} {' '.join(more)}", what)
        negative(findings, folder)
        # An example that is left is found.
        changed = made(folder, "compose", "people", "--replicas", "0")[0]["compose.yaml"]
        changed.write_text(changed.read_text().replace(HOST, "shop.example.com"))
        findings.must_find("a host that was not filled in", "is left of an example", problems("compose", {changed.name: changed}))


# What of printed commands is changed, and what has to be found then.
MISTYPED = [
    ("kubernetes", "conduit", r"^openssl .*", "kubectl create secret generic ekiben --from-literal=conduit-secret=$(openssl rand -hex 32)", "is an argument"),
    ("kubernetes", "conduit", r".* ekiben-tls .*", "true", "nobody makes the Secret ekiben-tls"),
    ("kubernetes", "people", r".* rollout .*", "true", "nobody waits for StatefulSet ekiben-primary"),
    ("kubernetes", "people", r"apply -f \S+", "apply -f other.yaml", "there is no other.yaml"),
    ("openshift", "people", r".* rollout .*", "true", "nobody waits for Deployment shop"),
    ("openshift", "english", r"^openssl .*", "oc create secret generic shop", "ENGLISH_SECRET arrives nowhere"),
    ("fly", "english", r"^echo .*", "true", "ENGLISH_SECRET arrives nowhere"),
    ("compose", "conduit", r"umask 077", "umask 022", "can be read by everybody"),
    ("systemd", "people", r".*tmpfiles.d.*", "true", "ekiben.tmpfiles is installed nowhere"),
]


def negative(findings, folder):
    """Commands that are wrong are found, one at a time."""
    for number, (target, app, pattern, other, expected) in enumerate(MISTYPED):
        place = pathlib.Path(folder, f"mistyped-{number}")
        place.mkdir()
        files, lines = made(place, target, app)
        changed = [re.sub(pattern, lambda _, by=other: by, line) for line in lines]
        found = typed.problems(target, changed, files, secret(app), place)
        findings.must_find(f"{target} of {app} with {other}", expected, found)
