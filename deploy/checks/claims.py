"""Do manifests fit the program? Variables, values, ports, probes, commands, times, images, secrets, and what
a primary needs: the other half of what schemas cannot see.
"""

import functools
import re
import tempfile
import urllib.parse

import program
from checking import name_of
from objects import Objects, containers, mode, ours, pod, ports

DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")
SECRET = re.compile(r"(SECRET|TOKEN|PASSWORD|PASSWD|PASS|KEY)$", re.IGNORECASE)


def problems(documents):
    """What does not fit the program."""
    objects = Objects(documents)
    found = []
    for workload in objects.workloads():
        for container in containers(workload):
            where = f"{name_of(workload)}: {container['name']}"
            found += [f"{where}: {what}" for what in image(container)]
            if ours(container):
                for check in (variables, listening, probes, command, secret_files):
                    found += [f"{where}: {what}" for what in check(objects, workload, container)]
        for check in (times, data, storage):
            found += [f"{name_of(workload)}: {what}" for what in check(objects, workload)]
    return found + releases(objects) + literals(objects) + hosts(objects) + proxied(objects)


def image(container):
    if not DIGEST.search(container["image"]):
        return [f"{container['image']} is no digest"]
    return []


def releases(objects):
    """All containers of Ekiben are of one image, so that what migrates is what serves."""
    images = {one["image"] for workload in objects.workloads() for one in containers(workload) if ours(one)}
    primaries = [one for one in objects.workloads() if mode(objects, one) == "primary"]
    found = [f"several images in one release: {sorted(images)}"] if len(images) > 1 else []
    return found + ([f"{len(primaries)} primaries"] if len(primaries) > 1 else [])


def variables(objects, _workload, container):
    values = objects.settings(container)
    names = set(values) & {name for name in values if name.startswith("EKIBEN_") or name in program.ELSEWHERE}
    found = [f"the program takes no variable {name}" for name in sorted(names - program.variables())]
    found += [
        f"no program takes the variable {name}" for name in sorted(set(values) - names) if not name.startswith("INIT_")
    ]
    if found:
        return found
    given = {name: value for name, value in values.items() if value is not None}
    if any("secretRef" in source for source in container.get("envFrom", [])):
        # What the Secret holds is not said here: the key of an app with users, where no file has it.
        for app in ("CONDUIT", "ENGLISH"):
            if f"EKIBEN_{app}__SECRET_FILE" not in given:
                given[f"{app}_SECRET"] = "0123456789" * 4
    refusal = refused(frozenset(given.items()))
    return [f"the program refuses its variables: {refusal}"] if refusal else []


@functools.cache
def refused(given):
    """What the program says against variables, with a file for each that names one."""
    with tempfile.NamedTemporaryFile("w", suffix="-secret") as secret:
        secret.write("0123456789" * 4)
        secret.flush()
        files = {name: secret.name for name, _ in given if name.endswith("_FILE")}
        return program.refusal(dict(given) | files)


def setting(objects, container, key):
    name = "EKIBEN_" + key.upper().replace(".", "__")
    return objects.settings(container).get(name) or program.settings()[key]


def listening(objects, _workload, container):
    """The named ports are those on which the program listens."""
    port = objects.settings(container).get("PORT") or program.port_of(setting(objects, container, "listen"))
    expected = {"http": int(port), "admin": program.port_of(setting(objects, container, "admin.listen"))}
    found = []
    for given in container.get("ports", []):
        if expected.get(given.get("name")) != given["containerPort"]:
            found.append(f"port {given.get('name')} is {given['containerPort']}, the program listens on {expected}")
    names = {given.get("name") for given in container.get("ports", [])}
    if names and "http" not in names:
        found.append("it has no port http")
    local = setting(objects, container, "admin.listen").startswith("127.")
    if "admin" in names and local:
        found.append("nobody reaches the port admin at 127.0.0.1")
    return found


def probes(_objects, workload, container):
    found = []
    for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
        request = container.get(kind, {}).get("httpGet")
        if request:
            if request["path"] not in program.paths():
                found.append(f"{kind}: the program has no path {request['path']}")
            if ports(workload).get(request["port"]) != ports(workload).get("http"):
                found.append(f"{kind}: port {request['port']} is not that of requests")
        arguments = container.get(kind, {}).get("exec", {}).get("command", ["/ekiben", "check"])
        if arguments[0] != "/ekiben" or arguments[1] not in program.commands():
            found.append(f"{kind}: the image has no {arguments[0]}, or no such command")
    return found


def command(_objects, _workload, container):
    found = []
    if "command" in container and container["command"] != ["/ekiben"]:
        found.append(f"the image has no {container['command'][0]}")
    arguments = container.get("args", [])
    if arguments and arguments[0] not in program.commands():
        found.append(f"the program has no command {arguments[0]}")
    return found


def secret_files(objects, workload, container):
    """A file that a variable names is a key of a Secret, mounted there."""
    found = []
    volumes = {one["name"]: one for one in pod(workload).get("volumes", [])}
    present = set()
    for mount in container.get("volumeMounts", []):
        for item in volumes.get(mount["name"], {}).get("secret", {}).get("items", []):
            present.add(f"{mount['mountPath']}/{item['path']}")
    for name, value in objects.settings(container).items():
        if name.endswith("_FILE") and value is not None and value not in present:
            found.append(f"{name}: no Secret is mounted as {value}")
    return found


def times(objects, workload):
    found = []
    grace = pod(workload).get("terminationGracePeriodSeconds", 30)
    for container in pod(workload)["containers"]:
        if ours(container) and mode(objects, workload):
            delay = int(setting(objects, container, "shutdown.delay_seconds"))
            needed = stopping(objects, container)
            if grace <= needed:
                found.append(f"killed after {grace} s, and needs {needed} to stop")
            if delay < 3:
                found.append(f"shutdown.delay_seconds is {delay}: endpoints lag behind")
    return found


def storage(objects, workload):
    """A copy of the data is elsewhere for each environment, and where it is can be reached."""
    found = []
    for container in containers(workload):
        place = objects.settings(container)
        if "LITESTREAM_BUCKET" not in place:
            continue
        if place.get("LITESTREAM_PATH", "") is not None:
            found.append(f"{container['name']}: another environment has the same folder in the storage")
        address = urllib.parse.urlsplit(place.get("LITESTREAM_ENDPOINT") or "https://s3.amazonaws.com")
        port = address.port or {"http": 80, "https": 443}[address.scheme]
        if port not in objects.outside(workload):
            found.append(f"{container['name']}: no NetworkPolicy lets it reach the port {port} of the storage")
    return found


def stopping(objects, container):
    """Seconds from the signal to the end: the delay, the timeout, and the one in which the process ends."""
    parts = ("shutdown.delay_seconds", "shutdown.timeout_seconds")
    return sum(int(setting(objects, container, part)) for part in parts) + 1


def data(objects, workload):
    """A primary is one, with a volume of its own and a migration before it; a replica has no volume."""
    serving = mode(objects, workload)
    spec = workload["spec"]
    claims = [claim["spec"] for claim in spec.get("volumeClaimTemplates", [])]
    for volume in pod(workload).get("volumes", []):
        name = volume.get("persistentVolumeClaim", {}).get("claimName")
        claim = name and objects.find("PersistentVolumeClaim", name)
        claims += [claim["spec"]] if claim else []
    if serving == "replica":
        return ["a replica has no volume"] if claims else []
    if serving != "primary":
        return []
    found = []
    if spec.get("replicas") != 1:
        found.append(f"a primary is one, and here it is {spec.get('replicas')}")
    if workload["kind"] == "Deployment" and spec.get("strategy", {}).get("type") != "Recreate":
        found.append("a second primary would start before the first has ended: strategy Recreate")
    if workload["kind"] == "StatefulSet" and spec.get("podManagementPolicy") != "Parallel":
        found.append("an update would wait for a pod that never gets ready: podManagementPolicy Parallel")
    if not any(claim["accessModes"][0].startswith("ReadWriteOnce") for claim in claims):
        found.append("a primary needs a claim ReadWriteOnce")
    mounted = {mount["mountPath"] for one in pod(workload)["containers"] if ours(one) for mount in one["volumeMounts"]}
    if "/data" not in mounted:
        found.append("nothing is mounted at /data")
    first = [(one.get("args") or one["command"])[0] for one in pod(workload).get("initContainers", []) if ours(one)]
    if "migrate" not in first:
        found.append("no init container migrates")
    names = [one["name"] for one in pod(workload).get("initContainers", [])]
    if names != sorted(names, key=["fetch", "migrate", "seed"].index):
        found.append(f"init containers in the wrong order: {names}")
    return found


def literals(objects):
    """No secret is written down: neither in a Secret nor as the value of a variable."""
    found = []
    for one in objects.of("Secret"):
        if one.get("data") or one.get("stringData"):
            found.append(f"{name_of(one)}: holds a literal secret")
    given = [(name_of(one), one.get("data", {})) for one in objects.of("ConfigMap")]
    given += [(name_of(one), objects.settings(each)) for one in objects.workloads() for each in containers(one)]
    for where, values in given:
        found += [f"{where}: {name} is a literal secret" for name, value in values.items() if SECRET.search(name) and value]
    return found


def hosts(objects):
    """What leads to the site has the host that the program is told of."""
    told = set()
    for one in objects.workloads():
        for container in containers(one):
            url = objects.settings(container).get("EKIBEN_SITE__PUBLIC_URL", "") if ours(container) else ""
            told |= {url.split("/")[2]} if url else set()
    led = set()
    for one in objects.of("Ingress"):
        led |= {rule.get("host") for rule in one["spec"]["rules"]}
    for one in objects.of("HTTPRoute"):
        led |= set(one["spec"].get("hostnames", []))
    for one in objects.of("VirtualService"):
        led |= set(one["spec"]["hosts"])
    for one in objects.of("Route"):
        led |= {one["spec"].get("host")}
    return [f"the site is at {told}, requests are led to {led}"] if led and led != told else []


def proxied(objects):
    """Behind a proxy, the program knows it, and keeps connections for longer than the proxy does."""
    if not objects.of("Ingress", "HTTPRoute", "VirtualService", "Route"):
        return []
    found = []
    for workload in objects.workloads():
        for container in pod(workload)["containers"]:
            if ours(container) and mode(objects, workload):
                idle = int(setting(objects, container, "limits.idle_seconds"))
                if idle < 3600:
                    found.append(f"{name_of(workload)}: closes what is idle for {idle} s, proxies send into it later")
                if setting(objects, container, "http.trusted_proxies") in ("", "[]"):
                    found.append(f"{name_of(workload)}: knows no proxy, so all clients are one")
    return found
