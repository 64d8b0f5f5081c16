"""Units of systemd: verified by systemd itself, where an unknown key is a line of output and no error, so that
any output counts; exposed as little as its own measure says; variables, commands and times as the program has
them.
"""

import configparser
import functools
import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import urllib.request

import changes
import program
import server
from checking import BINARY, DEPLOY, run

HOME = DEPLOY / "systemd"
# Of 10; systemd calls what is below 2.0 "OK" at worst.
EXPOSURE = 2.0


class Repeated(dict):
    """Values of keys that may stand several times, joined by line ends."""

    def __setitem__(self, key, value):
        if isinstance(value, list) and key in self:
            self[key].extend(value)
        else:
            super().__setitem__(key, value)


def parse(text):
    parser = configparser.RawConfigParser(
        dict_type=Repeated, strict=False, interpolation=None, comment_prefixes=("#",), delimiters=("=",)
    )
    parser.optionxform = str
    parser.read_string(text)
    return parser


def values(unit, section, key):
    return unit.get(section, key, fallback="").splitlines() if unit.has_section(section) else []


def problems(path):
    """What is wrong with a unit."""
    found = verified(path)
    if path.suffix == ".service":
        unit = parse(path.read_text())
        found += exposed(path) + variables(unit) + commands(unit) + times(unit) + calls(unit)
    return found


def placed(path, folder):
    """The unit in a folder with the program that was built, and what units beside it name."""
    beside = [one for one in [*HOME.glob("*.service"), *HOME.glob("*.timer")] if one.name != path.name]
    for other in [*beside, path]:
        text = other.read_text().replace("/usr/local/bin/ekiben", BINARY)
        pathlib.Path(folder, other.name).write_text(text)
    return pathlib.Path(folder, path.name)


def verified(path):
    with tempfile.TemporaryDirectory() as folder:
        unit = placed(path, folder)
        done = run(["systemd-analyze", "verify", "--man=no", unit], check=False)
    return [line for line in (done.stdout + done.stderr).splitlines() if path.stem in line]


def exposed(path):
    with tempfile.TemporaryDirectory() as folder:
        unit = placed(path, folder)
        limit = ["--threshold", str(int(EXPOSURE * 10))]
        done = run(["systemd-analyze", "security", "--offline=true", "--no-pager", *limit, unit], check=False)
    level = re.search(r"Overall exposure level for .*: ([0-9.]+)", done.stdout + done.stderr)
    if not level:
        return [f"no exposure level: {done.stderr}"]
    return [f"exposed by {level[1]} of 10"] if float(level[1]) > EXPOSURE else []


def variables(unit):
    found = []
    given = dict(line.split("=", 1) for line in values(unit, "Service", "Environment") if line)
    for name in given:
        if name.startswith("EKIBEN_") and name not in program.variables():
            found.append(f"the program takes no variable {name}")
        if re.search(r"(SECRET|TOKEN|PASSWORD)$", name):
            found.append(f"{name} is a literal secret")
    serves = any(" serve" in line for line in values(unit, "Service", "ExecStart"))
    found += program.unproxied(given) if serves else []
    refusal = program.refusal(given) if not found else ""
    return found + ([f"the program refuses its variables: {refusal}"] if refusal else [])


def commands(unit):
    found = []
    for key in ("ExecStartPre", "ExecStart"):
        for line in values(unit, "Service", key):
            command = re.search(r"/usr/local/bin/ekiben (\S+)", line)
            if not command or command[1] not in program.commands():
                found.append(f"{key}: the program has no such command: {line}")
    serves = any(" serve" in line for line in values(unit, "Service", "ExecStart"))
    if serves and not any("ekiben migrate" in line for line in values(unit, "Service", "ExecStartPre")):
        found.append("nothing migrates before it serves")
    if unit.get("Service", "User", fallback="root") == "root":
        found.append("it runs as root")
    return found


def times(unit):
    if not any(" serve" in line for line in values(unit, "Service", "ExecStart")):
        return []
    given = dict(line.split("=", 1) for line in values(unit, "Service", "Environment") if line)
    needed = 1
    for key in ("shutdown.delay_seconds", "shutdown.timeout_seconds"):
        needed += int(program.value(given, key))
    stop = int(unit.get("Service", "TimeoutStopSec", fallback="90"))
    return [f"killed after {stop} s, and needs {needed} to stop"] if stop <= needed else []


def allowed(names):
    """System calls of these sets and names, as systemd has them."""
    found = set()
    for name in names:
        if name.startswith("@"):
            told = run(["systemd-analyze", "syscall-filter", "--no-pager", name]).stdout.splitlines()
            found |= allowed([line.strip() for line in told[1:] if line.strip() and not line.strip().startswith("#")])
        else:
            found.add(name)
    return found


def filtered(unit):
    """What the filter of a unit lets through: sets that are added and, with ~, taken away."""
    passed = set()
    for line in values(unit, "Service", "SystemCallFilter"):
        if line.startswith("~"):
            passed -= allowed(line[1:].split())
        else:
            passed |= allowed(line.split())
    return passed


@functools.cache
def used():
    """System calls of a server that starts, takes a write, signs somebody up and ends, as strace counts them."""
    with tempfile.TemporaryDirectory() as folder:
        port = server.free_port()
        environment = {key: value for key, value in os.environ.items() if not key.startswith("EKIBEN_")}
        environment |= {"EKIBEN_LISTEN": f"127.0.0.1:{port}", "EKIBEN_APPS": "conduit", "EKIBEN_ADMIN__LISTEN": "127.0.0.1:0"}
        command = ["strace", "-f", "-c", "-o", f"{folder}/calls", "-I", "2", BINARY, "serve"]
        process = subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.DEVNULL)
        server.wait_for(f"http://127.0.0.1:{port}/readyz", alive=lambda: process.poll() is None)
        user = {"user": {"username": "ann", "email": "ann@example.com", "password": "correct horse"}}
        body = json.dumps(user).encode()
        with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}/api/users", data=body), timeout=60):
            pass
        (child,) = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(child), signal.SIGTERM)
        process.wait()
        return set(re.findall(r"^ .* (\w+)$", pathlib.Path(folder, "calls").read_text(), re.MULTILINE)) - {"syscall", "total"}


def calls(unit):
    """System calls that the server makes and the unit's filter refuses."""
    if not any(" serve" in line for line in values(unit, "Service", "ExecStart")):
        return []
    passed = filtered(unit)
    if not passed:
        return []
    return [f"the filter refuses {name}" for name in sorted(used() - passed)]


def check(findings):
    for path in sorted(HOME.glob("*.service")) + sorted(HOME.glob("*.timer")):
        findings.saw()
        for what in problems(path):
            findings.add(path.name, what)
    for sample in changes.of("systemd"):
        with tempfile.TemporaryDirectory() as folder:
            findings.must_find(sample.name, sample.expected, problems(sample.placed(folder)))
