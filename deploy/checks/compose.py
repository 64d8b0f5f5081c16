"""The Compose file: resolved by Compose itself, valid by its schema, and with what production needs. With an
image (EKIBEN_IMAGE, EKIBEN_PODMAN) both services are brought up by podman-compose and asked.
"""

import contextlib
import json
import os
import pathlib
import re
import shlex
import shutil
import tempfile

import yaml

import changes
import pods
import program
import server
from checking import DEPLOY, run

FILE = DEPLOY / "compose.yaml"
ONE_EACH = {"EKIBEN_LIMITS__CLIENT_REQUESTS_PER_SECOND": "0.001", "EKIBEN_LIMITS__CLIENT_BURST": "1"}


def resolved(path, **variables):
    """The file as Compose understands it, or what it says against it."""
    everything = ["docker-compose", "-f", path, "--profile", "*", "config", "--format", "json"]
    done = run(everything, check=False, extra=variables)
    return (json.loads(done.stdout), []) if done.returncode == 0 else (None, [done.stderr.strip()])


def seconds(text):
    """The seconds of a duration as Compose writes it: 1m30s."""
    return sum(int(number) * {"m": 60, "s": 1}[unit] for number, unit in re.findall(r"(\d+)([ms])", text))


def problems(path):
    project, found = resolved(path)
    schema = run(["check-jsonschema", "--builtin-schema", "vendor.compose-spec", path], check=False)
    if schema.returncode != 0:
        found.append(schema.stdout)
    if "version:" in path.read_text().split("services:")[0]:
        found.append("a version of the file is obsolete")
    if project:
        primaries = 0
        for name, service in project["services"].items():
            primaries += service.get("environment", {}).get("EKIBEN_MODE") == "primary"
            found += [f"{name}: {what}" for what in of_service(service)]
        if primaries != 1:
            found.append(f"{primaries} primaries")
    return found


def of_service(service):
    # With those that are empty: the program has to take them for what is not given.
    values = {name: value or "" for name, value in (service.get("environment") or {}).items()}
    found = [f"the program takes no variable {name}" for name in values if name not in program.variables()]
    refusal = "" if found else program.refusal(values)
    found += [f"the program refuses its variables: {refusal}"] if refusal else []
    for name, value in values.items():
        if value and re.search(r"(SECRET|TOKEN|PASSWORD)$", name):
            found.append(f"{name} is a literal secret")
    for port in service.get("ports", []):
        expected = int(values.get("PORT") or program.port_of(program.settings()["listen"]))
        if port["target"] != expected:
            found.append(f"port {port['target']} is published, the program listens on {expected}")
        if port.get("host_ip") != "127.0.0.1":
            found.append("published to everybody: 127.0.0.1 before a proxy")
    wanted = {
        "read_only": service.get("read_only") is True,
        "cap_drop ALL": service.get("cap_drop") == ["ALL"],
        "no-new-privileges": "no-new-privileges:true" in service.get("security_opt", []),
        "a limit on memory": "mem_limit" in service,
        "restart": service.get("restart") in ("unless-stopped", "always"),
        "healthcheck by /ekiben check": (service.get("healthcheck") or {}).get("test") == ["CMD", "/ekiben", "check"],
    }
    found += [f"lacks {what}" for what, given in wanted.items() if not given]
    found += program.unproxied(values) if service.get("ports") else []
    needed = 1
    for key in ("shutdown.delay_seconds", "shutdown.timeout_seconds"):
        needed += int(program.value(values, key))
    grace = seconds(service.get("stop_grace_period", "10s"))
    if grace <= needed:
        found.append(f"killed after {grace} s, and needs {needed} to stop")
    data = [one for one in service.get("volumes", []) if one["target"] == "/data" and one["type"] == "volume"]
    if values.get("EKIBEN_MODE") == "primary" and not data:
        found.append("a primary needs a volume at /data")
    return found


def check(findings):
    findings.saw()
    for what in problems(FILE):
        findings.add(FILE.name, what)
    for app in program.apps():
        project, found = resolved(FILE, APP=app, DUMPS=f"dataset/{app}", EKIBEN_IMAGE="")
        services = project["services"] if project else {}
        for name in services:
            if services[name]["image"] != f"ekiben-{app}":
                found.append(f"{name} is of {services[name]['image']}")
        for what in found:
            findings.add(f"{FILE.name} of {app}", what)
    for sample in changes.of("compose"):
        with tempfile.TemporaryDirectory() as folder:
            findings.must_find(sample.name, sample.expected, problems(sample.placed(folder)))
    if pods.IMAGE and shutil.which("podman-compose"):
        run_it(findings)
        return None
    return "not brought up, EKIBEN_IMAGE names no image"


def run_it(findings):
    """Brings services up and asks them: podman-compose, a podman with our flags, and the file as it is, with the
    secrets that it leaves empty."""
    findings.saw(2)
    primary, replica = server.free_port(), server.free_port()
    with brought_up("isuumo", primary, replica) as said:
        found = [clients(port) if ready(port) else "nothing" for port in (primary, replica)]
        if found != [[200, 429, 200]] * 2:
            findings.add(FILE.name, f"a client, the same one again and another are answered {found}: {said}")
    if pods.NAMES == pods.IMAGE:
        return
    # An app with users, whose primary makes its own secret; a replica cannot.
    with brought_up("conduit", primary, replica) as said:
        if not ready(primary):
            findings.add(FILE.name, f"a primary of conduit does not answer without a secret: {said}")


@contextlib.contextmanager
def brought_up(app, primary, replica):
    """The services of an app at these ports, until they are no longer needed; what was said."""
    with tempfile.TemporaryDirectory() as folder:
        podman = pathlib.Path(folder, "podman")
        podman.write_text(f'#!/bin/sh\nexec {shlex.join(pods.PODMAN)} "$@"\n')
        podman.chmod(0o755)
        places = {"PRIMARY_PORT": str(primary), "REPLICA_PORTS": str(replica), "EKIBEN_IMAGE": pods.NAMES.format(app=app)}
        file = pathlib.Path(folder, "compose.yaml")
        file.write_text(yaml.safe_dump(simplified(resolved(FILE, APP=app, **places)[0])))
        variables = pods.configuration(folder)
        command = ["podman-compose", "--podman-path", podman, "-p", f"check{os.getpid()}", "-f", file]
        try:
            done = run([*command, "up", "-d"], check=False, extra=variables, timeout=120)
            yield f"{done.stdout[-600:]}{done.stderr[-600:]}"
        finally:
            run([*command, "down", "-v", "-t", "20"], check=False, extra=variables, timeout=120)


def clients(port):
    """What a proxy on this machine is answered for one client, for the same one again and for another, where one
    request is all that a client has."""
    address = f"http://127.0.0.1:{port}/api/chair/1"
    return [server.fetch(address, **{"X-Forwarded-For": f"198.51.100.{number}"})[0] for number in (1, 1, 2)]


def simplified(project):
    """The resolved file as the podman-compose of Debian takes it: without profiles, with short forms. Limits on
    files and health timers need a system that is not here."""
    services = project["services"]
    for service in services.values():
        for dropped in ("profiles", "build", "healthcheck", "logging", "restart", "command", "entrypoint"):
            service.pop(dropped, None)
        service["environment"] |= ONE_EACH
        service["ports"] = [f"{one['host_ip']}:{one['published']}:{one['target']}" for one in service["ports"]]
        service["volumes"] = [f"{one['source']}:{one['target']}" for one in service.get("volumes", [])]
    return {"services": services, "volumes": {"data": {}}}


def ready(port):
    try:
        server.wait_for(f"http://127.0.0.1:{port}/readyz", seconds=40)
    except SystemExit:
        return False
    return True
