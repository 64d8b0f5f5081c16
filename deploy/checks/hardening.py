"""Has every pod the defaults of production? The restricted profile, no token, no variables of other Services,
requests and limits, the three probes, a NetworkPolicy; for replicas a budget and a spread.
"""

from checking import name_of
from objects import Objects, containers, mode, ours, pod, template


def problems(documents):
    """What a pod lacks."""
    objects = Objects(documents)
    found = []
    for workload in objects.workloads():
        lacks = of_pod(pod(workload)) + around(objects, workload)
        for container in containers(workload):
            lacks += [f"{container['name']}: {what}" for what in of_container(container)]
        for container in pod(workload)["containers"]:
            if ours(container) and mode(objects, workload):
                lacks += [f"{container['name']}: {what}" for what in watched(container)]
        found += [f"{name_of(workload)}: {what}" for what in lacks]
    for space in objects.of("Namespace"):
        if space["metadata"].get("labels", {}).get("pod-security.kubernetes.io/enforce") != "restricted":
            found.append(f"{name_of(space)}: does not enforce the restricted profile")
    return found


def of_pod(spec):
    security = spec.get("securityContext", {})
    wanted = {
        "automountServiceAccountToken false": spec.get("automountServiceAccountToken") is False,
        "enableServiceLinks false": spec.get("enableServiceLinks") is False,
        "runAsNonRoot true": security.get("runAsNonRoot") is True,
        "seccompProfile RuntimeDefault": security.get("seccompProfile", {}).get("type") == "RuntimeDefault",
        "no hostPath": not any("hostPath" in volume for volume in spec.get("volumes", [])),
        "no host network": not spec.get("hostNetwork") and not spec.get("hostPID"),
    }
    return [f"lacks {what}" for what, given in wanted.items() if not given]


def of_container(container):
    security = container.get("securityContext", {})
    resources = container.get("resources", {})
    wanted = {
        "allowPrivilegeEscalation false": security.get("allowPrivilegeEscalation") is False,
        "readOnlyRootFilesystem true": security.get("readOnlyRootFilesystem") is True,
        "capabilities drop ALL": security.get("capabilities", {}).get("drop") == ["ALL"],
        "requests for processor and memory": {"cpu", "memory"} <= set(resources.get("requests", {})),
        "a limit on memory": "memory" in resources.get("limits", {}),
    }
    return [f"lacks {what}" for what, given in wanted.items() if not given]


def watched(container):
    """Liveness must not look at the data, readiness must; a start may take its time."""
    expected = {"startupProbe": "/livez", "livenessProbe": "/livez", "readinessProbe": "/readyz"}
    found = []
    for kind, path in expected.items():
        probe = container.get(kind)
        if not probe:
            found.append(f"lacks {kind}")
        elif probe.get("httpGet", {}).get("path") != path:
            found.append(f"{kind} is not {path}")
    return found


def around(objects, workload):
    """What other objects there must be for a workload."""
    labels = template(workload)["metadata"]["labels"]

    def selects(kind, field):
        return any(
            workload in objects.selected(one["spec"][field].get("matchLabels", {})) for one in objects.of(kind)
        )

    found = [] if selects("NetworkPolicy", "podSelector") else [f"no NetworkPolicy for {labels}"]
    if mode(objects, workload) == "replica":
        if not selects("PodDisruptionBudget", "selector"):
            found.append("no PodDisruptionBudget")
        if not pod(workload).get("topologySpreadConstraints"):
            found.append("lacks topologySpreadConstraints")
        if workload["spec"].get("strategy", {}).get("rollingUpdate", {}).get("maxUnavailable") != 0:
            found.append("a rollout takes replicas away before others are there: maxUnavailable 0")
    return found
