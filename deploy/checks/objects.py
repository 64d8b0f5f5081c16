"""Objects of one rendering, and how they name one another: pods, labels, ports, Services."""

WORKLOADS = ("Deployment", "StatefulSet", "Job", "CronJob")


class Objects:
    """The objects of a rendering by kind and name."""

    def __init__(self, documents):
        self.all = documents

    def of(self, *kinds):
        return [one for one in self.all if one["kind"] in kinds]

    def find(self, kind, name):
        found = [one for one in self.of(kind) if one["metadata"]["name"] == name]
        return found[0] if found else None

    def workloads(self):
        return [one for one in self.of(*WORKLOADS) if template(one)]

    def selected(self, labels):
        """Workloads whose pods have all these labels."""
        return [one for one in self.workloads() if labels and has(template(one)["metadata"]["labels"], labels)]

    def outside(self, workload):
        """Ports at which the pods of a workload may reach whatever there is."""
        found = set()
        for policy in self.of("NetworkPolicy"):
            if workload in self.selected(policy["spec"]["podSelector"].get("matchLabels", {})):
                for rule in policy["spec"].get("egress", []):
                    found |= {port["port"] for port in rule["ports"]} if "to" not in rule else set()
        return found

    def settings(self, container):
        """Variables of a container with their values: of ConfigMaps, then its own. None: not said here."""
        values = {}
        for source in container.get("envFrom", []):
            if "configMapRef" in source:
                found = self.find("ConfigMap", source["configMapRef"]["name"])
                values |= found["data"] if found else {}
        for variable in container.get("env", []):
            values[variable["name"]] = variable.get("value")
        return values


def template(workload):
    """The pod template of a workload."""
    spec = workload["spec"]
    if workload["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    return spec.get("template")


def pod(workload):
    return template(workload)["spec"]


def containers(workload):
    """Every container of a workload's pods, init containers first."""
    return pod(workload).get("initContainers", []) + pod(workload)["containers"]


def ours(container):
    """Whether a container runs Ekiben; others are sidecars."""
    return "ekiben" in container["image"]


def mode(objects, workload):
    """What Ekiben is in a workload: primary or replica; None where it does not serve."""
    for container in pod(workload)["containers"]:
        if ours(container) and (container.get("args") or ["serve"])[0] == "serve":
            return objects.settings(container).get("EKIBEN_MODE") or "replica"
    return None


def has(labels, wanted):
    return all(labels.get(key) == value for key, value in wanted.items())


def ports(workload):
    """Named and numbered ports of a workload's pods, both leading to the number."""
    found = {}
    for container in containers(workload):
        for port in container.get("ports", []):
            found[port["containerPort"]] = port["containerPort"]
            if "name" in port:
                found[port["name"]] = port["containerPort"]
    return found


def short(host):
    """The name of a Service in a host name of the cluster."""
    return host.split(".")[0]
