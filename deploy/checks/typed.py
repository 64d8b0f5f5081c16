"""The commands that `ekiben deploy` prints, typed in the folder of its files, with stand-ins for those of platforms: all
of them end well, no secret is an argument, and what the files need is there at the end (Secrets, variables, units,
somebody who waits for each workload). Places of the machine are in a folder here.
"""

import base64
import datetime
import os
import pathlib
import re
import shutil
import subprocess

from checking import DEPLOY, TOOLS, documents

SECRET = "5e" * 32
NOTED = ("kubectl", "oc", "fly", "docker", "systemctl", "systemd-sysusers", "systemd-tmpfiles")
# The last one is made by whoever types.
PLACES = (
    "/usr/local/bin",
    "/usr/lib/sysusers.d",
    "/usr/lib/tmpfiles.d",
    "/etc/systemd/system",
    "/var/backups/ekiben",
    "/etc/ekiben",
)
# Files that whoever types has: the certificate, and its key.
OWN = ("fullchain.pem", "privkey.pem")


class Machine:
    """Where commands are typed, and what they left."""

    def __init__(self, folder):
        self.root = pathlib.Path(folder, "machine")
        self.record = pathlib.Path(folder, "record")
        self.commands = pathlib.Path(folder, "commands")
        self.commands.mkdir(parents=True)
        for name in NOTED:
            shutil.copy(DEPLOY / "checks" / "standins" / "platform", self.commands / name)
        self.place("ekiben", f'[ "$1" != restore ] || for last in "$@"; do :; done\n[ -z "${{last:-}}" ] || exec test -f "$last"')
        self.place("sudo", 'shift 2; exec "$@"')
        # What a backup leaves.
        today = datetime.datetime.now(datetime.timezone.utc).strftime("%a")
        note = (self.commands / "systemctl").read_text()
        backup = f'case "$*" in *"start ekiben-backup") touch {self.root}/var/backups/ekiben/{today}.sqlite ;; esac\n'
        (self.commands / "systemctl").write_text(note.replace("while [", backup + "while [", 1))
        self.place("openssl", f"echo {SECRET}")
        # Users are the machine's.
        self.place("install", 'set -- $(echo "$*" | sed "s/-[og] ekiben//g")\nexec /usr/bin/install "$@"')
        for place in PLACES[:-1]:
            (self.root / place[1:]).mkdir(parents=True)

    def place(self, name, script):
        path = self.commands / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def type(self, lines, folder):
        """Types the lines; what is said if one of them fails."""
        for name in OWN:
            pathlib.Path(folder, name).touch()
        script = "\n".join(lines)
        for place in PLACES:
            script = script.replace(place, f"{self.root}{place}")
        given = {"PATH": f"{self.commands}{os.pathsep}{os.environ['PATH']}", "RECORD": str(self.record)}
        given |= {"REAL_KUBECTL": str(TOOLS / "bin" / "kubectl")}
        command = ["bash", "-euo", "pipefail", "-c", f"umask 022\n{script}"]
        done = subprocess.run(command, cwd=folder, env=os.environ | given, capture_output=True, text=True, check=False)
        return f"{done.stdout}{done.stderr}" if done.returncode else ""

    def noted(self):
        return self.record.read_text() if self.record.exists() else ""

    def secrets(self):
        """What was made of secrets on a platform."""
        path = pathlib.Path(f"{self.record}.secrets")
        return path.read_text() if path.exists() else ""

    def installed(self):
        """Names of files that were put into the machine's places, by their content."""
        return {path.read_text() for path in self.root.rglob("*") if path.is_file() and path.name != "ekiben"}


def problems(target, lines, files, secret, folder):
    """What is wrong with the lines that are printed for files, of an app with this variable for its secret, or none."""
    machine = Machine(folder)
    home = next(iter(files.values())).parent
    failed = machine.type(lines, home)
    if failed:
        return [f"what is to be typed fails: {failed[-600:]}"]
    noted = machine.noted()
    found = ["a secret is an argument, which everybody on the machine can see"] if SECRET in noted else []
    if secret:
        found += kept(machine, home, secret)
    if target in ("kubernetes", "openshift"):
        objects = [one for path in files.values() for one in documents(path.read_text())]
        objects = [part for one in objects for part in one.get("objects", [one])]
        found += waited(objects, files, noted)
        found += made(objects, noted)
    if target == "systemd":
        present = machine.installed()
        found += [f"{name} is installed nowhere" for name, path in files.items() if not any(path.read_text() in one for one in present)]
    else:
        found += [f"nothing is done with {name}" for name in files if name not in noted + " fly.toml compose.yaml"]
    return found


def kept(machine, home, secret):
    """The secret of an app with users has arrived where its files look for it, and nobody else can read it there."""
    files = [machine.root / "etc/ekiben/environment", home / ".env"]
    given = [path for path in files if path.exists() and f"{secret}={SECRET}\n" in path.read_text()]
    found = [f"{path.name} can be read by everybody: {path.stat().st_mode:o}" for path in given if path.stat().st_mode & 0o077]
    key = secret.lower().replace("_", "-")
    encoded = base64.b64encode(SECRET.encode()).decode()
    forms = [f"  {key}: {encoded}\n", f"  {secret}: {encoded}\n", f"{secret}={SECRET}\n"]
    if not given and not any(form in machine.secrets() for form in forms):
        found.append(f"{secret} arrives nowhere: {machine.secrets()}")
    return found


def waited(objects, files, noted):
    """Each workload is waited for; in a template it has the name that is its parameter's value."""
    found = []
    values = {}
    for path in files.values():
        values |= {str(path): re.findall(r"- name: NAME\n(?:.*\n)*?    value: \"(.*)\"", path.read_text())}
    names = [name for listed in values.values() for name in listed]
    for one in objects:
        if one["kind"] in ("Deployment", "StatefulSet"):
            for name in names or [one["metadata"]["name"]]:
                wanted = f"rollout status {one['kind'].lower()}/{name} "
                found += [] if wanted in noted else [f"nobody waits for {one['kind']} {name}"]
    return sorted(set(found))


def made(objects, noted):
    """Secrets that objects cannot do without are made."""
    names = set()
    for one in objects:
        spec = one.get("spec", {})
        names |= {tls.get("secretName") for tls in spec.get("tls", [])} if one["kind"] == "Ingress" else set()
        for listener in spec.get("listeners", []):
            names |= {reference["name"] for reference in listener.get("tls", {}).get("certificateRefs", [])}
        pod = spec.get("template", {}).get("spec", {}) if one["kind"] in ("Deployment", "StatefulSet") else {}
        for volume in pod.get("volumes", []):
            secret = volume.get("secret", {})
            names |= {secret["secretName"]} if secret and not secret.get("optional") else set()
    return [f"nobody makes the Secret {name}" for name in sorted(names) if not re.search(rf"create secret \S+ {name} ", noted)]
