"""Runs the pods of the rendered manifests under podman: the init container first, then the server, with the
rendered settings, volumes and restrictions. A migration that fails keeps the server down.

EKIBEN_IMAGE names the image of isuumo, or those of all apps with {app} in it: localhost/ekiben-{app}:ci.
EKIBEN_PODMAN is the command that has them (with --root, for example). Without an image nothing is run, which
is said. What podman does not know (probes, spreads, fsGroup, Services) is taken out before.
"""

import base64
import datetime
import json
import os
import pathlib
import resource
import shlex
import subprocess
import tempfile
import time

import yaml

import kubernetes
import program
import server
from checking import documents

NAMES = os.environ.get("EKIBEN_IMAGE", "")
IMAGE = NAMES.format(app="isuumo")
KEYS = ("admin-token", "conduit-secret", "english-secret")
TOKEN = "of-this-check-and-nothing-else"
ENCODED = base64.b64encode(TOKEN.encode()).decode()
PODMAN = shlex.split(os.environ.get("EKIBEN_PODMAN", "podman --cgroup-manager=cgroupfs --runtime runc"))
# podman's own limits are beyond what may be set in a container.
FILES = min(20000, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
ENGINE = f'[containers]\ndefault_ulimits = ["nofile={FILES}:{FILES}", "nproc=4096:4096"]\n'


def configuration(folder):
    """Variables that give podman limits which may be set in a container, by a file in a folder."""
    path = pathlib.Path(folder, "containers.conf")
    path.write_text(ENGINE)
    return {"CONTAINERS_CONF": str(path)}


class Engine:
    """podman, over a folder for its configuration."""

    def __init__(self, folder):
        self.folder = folder
        self.started = []
        self.variables = configuration(folder)

    def run(self, *arguments, check=False):
        environment = os.environ | self.variables
        done = subprocess.run(
            [*PODMAN, *arguments], capture_output=True, text=True, env=environment, check=False, timeout=120
        )
        if check and done.returncode != 0:
            raise SystemExit(f"podman {' '.join(arguments)}\n{done.stdout}{done.stderr}")
        return done

    def play(self, name, objects):
        """Starts a pod with the ConfigMaps beside it; what podman says."""
        file = pathlib.Path(self.folder, f"{name}.yaml")
        file.write_text(yaml.safe_dump_all(objects))
        self.started.append(name)
        return self.run("kube", "play", str(file))

    def end(self, name):
        self.run("pod", "rm", "--force", "--time", "20", name)

    def address(self, name):
        """The address of a pod."""
        infra = json.loads(self.run("pod", "inspect", name, check=True).stdout)["InfraContainerID"]
        networks = self.container(infra)["NetworkSettings"]["Networks"]
        return next(iter(networks.values()))["IPAddress"]

    def container(self, name):
        """State of a container, or nothing if there is none."""
        done = self.run("inspect", name)
        return json.loads(done.stdout)[0] if done.returncode == 0 else None


def pod_of(app, rendered, kind, name, volume):
    """A Pod with the template of a workload, as podman takes it, and the ConfigMaps."""
    workload = next(one for one in rendered if one["kind"] == kind)
    spec = workload["spec"]["template"]["spec"] | {"restartPolicy": "Never"}
    for dropped in ("topologySpreadConstraints", "serviceAccountName", "securityContext"):
        spec.pop(dropped, None)
    for container in spec.get("initContainers", []) + spec["containers"]:
        container["image"] = NAMES.format(app=app)
        container["imagePullPolicy"] = "Never"
        for dropped in ("startupProbe", "livenessProbe", "readinessProbe", "ports"):
            container.pop(dropped, None)
    for mounted in spec.get("volumes", []):
        # This podman looks at what may be left out.
        mounted.get("secret", {}).setdefault("optional", False)
    if "volumeClaimTemplates" in workload["spec"]:
        spec.setdefault("volumes", []).append({"name": "data", "persistentVolumeClaim": {"claimName": volume}})
    settings = [one for one in rendered if one["kind"] == "ConfigMap" and "EKIBEN_APPS" in one["data"]]
    settings.append(
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "ekiben"}, "data": dict.fromkeys(KEYS, ENCODED)}
    )
    # So that what an init container did can still be looked at.
    metadata = {"name": name, "annotations": {"io.podman.annotations.init.container.type": "always"}}
    return [*settings, {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}]


def ready(engine, container):
    """Whether a server in a container gets ready, by the command that its image has."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and (engine.container(container) or {}).get("State", {}).get("Running"):
        if engine.run("exec", container, "/ekiben", "check").returncode == 0:
            return True
        time.sleep(0.2)
    return False


def check(findings):
    if not IMAGE:
        return "EKIBEN_IMAGE names no image"
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(folder)
        missing = []
        for app in ["isuumo"] if NAMES == IMAGE else program.apps():
            if engine.run("image", "exists", NAMES.format(app=app)).returncode == 0:
                of_app(findings, engine, app)
            else:
                missing.append(app)
    if "isuumo" in missing:
        findings.add("EKIBEN_IMAGE", f"podman has no {IMAGE}")
    return f"no image of {', '.join(missing)}" if missing else None


def of_app(findings, engine, app):
    """The pods of production, where a Secret is mounted and metrics are behind its token."""
    text = kubernetes.render(kubernetes.HOME / "overlays" / "production" / app)
    tag = f"ekiben-check-{os.getpid()}-{app}"
    engine.run("volume", "create", tag, check=True)
    try:
        if any(one["kind"] == "Deployment" for one in documents(text)):
            replica(findings, engine, app, text, f"{tag}-replica")
        primary(findings, engine, app, text, f"{tag}-primary", tag)
        broken(findings, engine, app, text, f"{tag}-broken", tag)
    finally:
        for name in engine.started:
            engine.end(name)
        engine.started = []
        engine.run("volume", "rm", "--force", tag)


def replica(findings, engine, app, text, name):
    findings.saw()
    said = engine.play(name, pod_of(app, documents(text), "Deployment", name, None))
    if not ready(engine, f"{name}-ekiben"):
        findings.add(name, f"does not get ready: {said.stderr} {engine.run('logs', f'{name}-ekiben').stderr[-500:]}")
    state = engine.container(f"{name}-ekiben") or {}
    if not state.get("HostConfig", {}).get("ReadonlyRootfs"):
        findings.add(name, "its root file system can be written")
    address = engine.address(name)
    answers = [
        server.fetch(f"http://{address}:1323/readyz")[0],
        server.fetch(f"http://{address}:1324/metrics")[0],
        # Some versions of podman mount what is to be decoded as it is.
        min(server.fetch(f"http://{address}:1324/metrics", Authorization=f"Bearer {one}")[0] for one in (TOKEN, ENCODED)),
    ]
    if answers != [200, 401, 200]:
        findings.add(name, f"readiness, metrics, metrics with the token: {answers}")
    engine.run("stop", "--time", "30", f"{name}-ekiben")
    code = (engine.container(f"{name}-ekiben") or {}).get("State", {}).get("ExitCode")
    seconds = stopping(engine.run("logs", f"{name}-ekiben").stderr)
    if code != 0 or not 4.5 < seconds < 16:
        findings.add(name, f"ends with {code} after {seconds:.1f} s, and not after its delay of 5 s")
    engine.end(name)


def stopping(log):
    """Seconds between the signal and the end, by the server's own log: podman may take its time."""
    times = {}
    for line in log.splitlines():
        if line.startswith("{"):
            entry = json.loads(line)
            times[entry["message"].split(":")[0]] = datetime.datetime.fromisoformat(entry["timestamp"].rstrip("Z"))
    if not {"stopping", "stopped"} <= set(times):
        return 0.0
    return (times["stopped"] - times["stopping"]).total_seconds()


def primary(findings, engine, app, text, name, volume):
    findings.saw()
    said = engine.play(name, pod_of(app, documents(text), "StatefulSet", name, volume))
    if not ready(engine, f"{name}-ekiben"):
        findings.add(name, f"does not get ready: {said.stderr} {engine.run('logs', f'{name}-ekiben').stderr[-500:]}")
    migrated = (engine.container(f"{name}-migrate") or {}).get("State", {})
    serving = (engine.container(f"{name}-ekiben") or {}).get("State", {})
    if migrated.get("ExitCode") != 0 or not migrated.get("FinishedAt", "z") < serving.get("StartedAt", ""):
        findings.add(name, f"has not migrated before it serves: {migrated}")
    engine.end(name)


def broken(findings, engine, app, text, name, volume):
    """Data that cannot be migrated: damaged in the volume of the primary that has just run."""
    findings.saw()
    folder = pathlib.Path(engine.run("volume", "inspect", "--format", "{{.Mountpoint}}", volume, check=True).stdout.strip())
    for file in folder.glob("*.primary.*.sqlite"):
        with file.open("r+b") as data:
            data.truncate(4096)
    engine.play(name, pod_of(app, documents(text), "StatefulSet", name, volume))
    migrated = (engine.container(f"{name}-migrate") or {}).get("State", {})
    serving = (engine.container(f"{name}-ekiben") or {}).get("State", {})
    if migrated.get("ExitCode") != 6 or serving.get("Running"):
        findings.add(name, f"serves although the migration failed: {migrated.get('ExitCode')}, {serving.get('Status')}")
    engine.end(name)
