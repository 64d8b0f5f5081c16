"""Do pods live with the sidecars of a mesh? Jobs that would never end, containers that need the network before the
sidecar is there, requests that it cuts off, and a Prometheus that is not of the mesh.
"""

import ipaddress
import json
import re

import claims
from checking import name_of
from objects import Objects, mode, ours, pod, ports, template

OUT = "traffic.sidecar.istio.io/excludeOutboundPorts"
# From where a sidecar asks its server.
SIDECAR = ipaddress.ip_address("127.0.0.6")
IN = "traffic.sidecar.istio.io/excludeInboundPorts"


def problems(documents):
    """What goes wrong with sidecars, in a namespace that has them put into pods."""
    objects = Objects(documents)
    spaces = [one["metadata"].get("labels", {}) for one in objects.of("Namespace")]
    if not any(labels.get("istio-injection") == "enabled" for labels in spaces):
        return []
    found = []
    for workload in objects.workloads():
        if workload["kind"] in ("Job", "CronJob"):
            found += ends(name_of(workload), template(workload))
        else:
            for check in (early, drained, scraped, trusted):
                found += [f"{name_of(workload)}: {what}" for what in check(objects, workload)]
    return found


def ends(name, one):
    """A pod that is to end has no sidecar, which would go on and has no policy that lets it out."""
    inject = one["metadata"]["labels"].get("sidecar.istio.io/inject")
    return [] if inject == "false" else [f"{name}: a sidecar would keep it from ending"]


def annotation(workload, name):
    return template(workload)["metadata"].get("annotations", {}).get(name, "")


def early(objects, workload):
    """What init containers ask for outside goes around the sidecar, which is not there yet."""
    if all(ours(one) for one in pod(workload).get("initContainers", [])):
        return []
    excluded = annotation(workload, OUT).split(",")
    return [
        f"an init container reaches the port {port} by a sidecar that is not there yet"
        for port in sorted(objects.outside(workload))
        if str(port) not in excluded
    ]


def drained(objects, workload):
    """The sidecar stays for as long as the server may still answer."""
    told = json.loads(annotation(workload, "proxy.istio.io/config") or "{}").get("terminationDrainDuration", "5s")
    stays = int(re.fullmatch(r"(\d+)s", told)[1])
    for container in pod(workload)["containers"]:
        if ours(container) and mode(objects, workload):
            needed = claims.stopping(objects, container)
            if stays < needed:
                return [f"its sidecar ends after {stays} s, and the server answers for up to {needed}"]
    return []


def trusted(objects, workload):
    """Requests come from the sidecar, whose word on the address of a client has to count."""
    for container in pod(workload)["containers"]:
        if ours(container) and mode(objects, workload):
            networks = claims.setting(objects, container, "http.trusted_proxies").split(",")
            if not any(SIDECAR in ipaddress.ip_network(one) for one in networks):
                return [f"does not know its sidecar at {SIDECAR}, so all clients are one"]
    return []


def scraped(objects, workload):
    """Prometheus has no certificate of the mesh."""
    found = []
    for monitor in objects.of("PodMonitor"):
        if workload in objects.selected(monitor["spec"]["selector"]["matchLabels"]):
            for endpoint in monitor["spec"]["podMetricsEndpoints"]:
                port = ports(workload).get(endpoint["port"])
                if str(port) not in annotation(workload, IN).split(","):
                    found.append(f"{name_of(monitor)} would be refused at {port}: it is not of the mesh")
    return found
