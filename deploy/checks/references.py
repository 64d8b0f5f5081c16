"""Does everything that an object names exist? Selectors and labels, Services and their ports, hosts, subsets,
volumes, ConfigMaps: what schemas cannot see.
"""

from checking import name_of
from objects import Objects, containers, has, pod, ports, short, template


def problems(documents):
    """What is named and does not exist."""
    objects = Objects(documents)
    found = []
    for check in (
        selectors,
        services,
        autoscalers,
        policies,
        mounts,
        ingresses,
        routes,
        meshes,
        one_namespace,
    ):
        found += check(objects)
    return found


def selectors(objects):
    found = []
    for workload in objects.workloads():
        if "selector" in workload["spec"]:
            wanted = workload["spec"]["selector"]["matchLabels"]
            if not has(template(workload)["metadata"]["labels"], wanted):
                found.append(f"{name_of(workload)}: its selector is not its pods' labels")
        for spread in pod(workload).get("topologySpreadConstraints", []):
            if workload not in objects.selected(spread["labelSelector"]["matchLabels"]):
                found.append(f"{name_of(workload)}: a topology spread selects other pods")
        governing = workload["spec"].get("serviceName")
        if workload["kind"] == "StatefulSet":
            service = objects.find("Service", governing)
            if not service or service["spec"].get("clusterIP") != "None":
                found.append(f"{name_of(workload)}: serviceName {governing} is no headless Service")
    for kind in ("PodDisruptionBudget", "PodMonitor"):
        for one in objects.of(kind):
            if not objects.selected(one["spec"]["selector"]["matchLabels"]):
                found.append(f"{name_of(one)}: selects no pods")
    return found


def services(objects):
    found = []
    for service in objects.of("Service"):
        selected = objects.selected(service["spec"]["selector"])
        if not selected:
            found.append(f"{name_of(service)}: selects no pods")
        for port in service["spec"]["ports"]:
            target = port.get("targetPort", port["port"])
            if any(target not in ports(workload) for workload in selected):
                found.append(f"{name_of(service)}: no pod has the port {target}")
    for monitor in objects.of("PodMonitor"):
        for workload in objects.selected(monitor["spec"]["selector"]["matchLabels"]):
            for endpoint in monitor["spec"]["podMetricsEndpoints"]:
                if endpoint["port"] not in ports(workload):
                    found.append(f"{name_of(monitor)}: {name_of(workload)} has no port {endpoint['port']}")
    return found


def autoscalers(objects):
    found = []
    for scaler in objects.of("HorizontalPodAutoscaler"):
        target = scaler["spec"]["scaleTargetRef"]
        workload = objects.find(target["kind"], target["name"])
        if not workload or workload["apiVersion"] != target["apiVersion"]:
            found.append(f"{name_of(scaler)}: {target['kind']} {target['name']} does not exist")
        elif "replicas" in workload["spec"]:
            found.append(f"{name_of(workload)}: replicas beside a HorizontalPodAutoscaler")
        elif "volumeClaimTemplates" in workload["spec"]:
            found.append(f"{name_of(scaler)}: a primary cannot be scaled")
    return found


def policies(objects):
    found = []
    for policy in objects.of("NetworkPolicy"):
        selected = objects.selected(policy["spec"]["podSelector"].get("matchLabels", {}))
        if not selected:
            found.append(f"{name_of(policy)}: selects no pods")
        for rule in policy["spec"].get("ingress", []):
            for port in rule.get("ports", []):
                if any(port["port"] not in ports(workload) for workload in selected):
                    found.append(f"{name_of(policy)}: a pod has no port {port['port']}")
    return found


def mounts(objects):
    found = []
    # Claims that a StatefulSet makes for its first pod.
    made = {
        f"{claim['metadata']['name']}-{one['metadata']['name']}-0"
        for one in objects.of("StatefulSet")
        for claim in one["spec"].get("volumeClaimTemplates", [])
    }
    for workload in objects.workloads():
        claims = workload["spec"].get("volumeClaimTemplates", [])
        volumes = {claim["metadata"]["name"] for claim in claims}
        for volume in pod(workload).get("volumes", []):
            volumes.add(volume["name"])
            claim = volume.get("persistentVolumeClaim", {}).get("claimName")
            outside = claim and not volume["persistentVolumeClaim"].get("readOnly")
            if outside and claim not in made and not objects.find("PersistentVolumeClaim", claim):
                found.append(f"{name_of(workload)}: the claim {claim} does not exist")
            settings = volume.get("configMap", {}).get("name")
            if settings and not objects.find("ConfigMap", settings):
                found.append(f"{name_of(workload)}: the ConfigMap {settings} does not exist")
        for container in containers(workload):
            for mount in container.get("volumeMounts", []):
                if mount["name"] not in volumes:
                    found.append(f"{name_of(workload)}: no volume {mount['name']}")
            for source in container.get("envFrom", []):
                settings = source.get("configMapRef", {}).get("name")
                if settings and not objects.find("ConfigMap", settings):
                    found.append(f"{name_of(workload)}: the ConfigMap {settings} does not exist")
    account = {one["metadata"]["name"] for one in objects.of("ServiceAccount")}
    for workload in objects.workloads():
        named = pod(workload).get("serviceAccountName")
        if named and named not in account:
            found.append(f"{name_of(workload)}: the ServiceAccount {named} does not exist")
    return found


def service_port(objects, name, port):
    """What is wrong with a Service and a port of it, by number or name; nothing if both exist."""
    service = objects.find("Service", short(name))
    if not service:
        return f"the Service {name} does not exist"
    known = {key for one in service["spec"]["ports"] for key in (one["port"], one.get("name"))}
    return "" if port in known else f"the Service {name} has no port {port}"


def ingresses(objects):
    found = []
    for ingress in objects.of("Ingress"):
        spec = ingress["spec"]
        secured = {host for tls in spec.get("tls", []) for host in tls["hosts"]}
        for rule in spec["rules"]:
            if rule.get("host") not in secured:
                found.append(f"{name_of(ingress)}: no TLS for {rule.get('host')}")
            for path in rule["http"]["paths"]:
                backend = path["backend"]["service"]
                wrong = service_port(objects, backend["name"], next(iter(backend["port"].values())))
                found += [f"{name_of(ingress)}: {wrong}"] if wrong else []
    return found


def routes(objects):
    found = []
    for route in objects.of("HTTPRoute"):
        spec = route["spec"]
        for parent in spec["parentRefs"]:
            gateway = objects.find("Gateway", parent["name"])
            listeners = gateway["spec"]["listeners"] if gateway else []
            meant = [one for one in listeners if one["name"] == parent.get("sectionName", one["name"])]
            if not meant:
                found.append(f"{name_of(route)}: no listener {parent}")
            for host in spec.get("hostnames", []):
                if not any(one.get("hostname", host) == host for one in meant):
                    found.append(f"{name_of(route)}: no listener for {host}")
        for rule in spec["rules"]:
            for backend in rule.get("backendRefs", []):
                wrong = service_port(objects, backend["name"], backend["port"])
                found += [f"{name_of(route)}: {wrong}"] if wrong else []
    return found


def meshes(objects):
    found = []
    subsets = {}
    for rule in objects.of("DestinationRule"):
        service = objects.find("Service", short(rule["spec"]["host"]))
        if not service:
            found.append(f"{name_of(rule)}: the Service {rule['spec']['host']} does not exist")
            continue
        for subset in rule["spec"].get("subsets", []):
            subsets[short(rule["spec"]["host"]), subset["name"]] = True
            if not objects.selected(service["spec"]["selector"] | subset["labels"]):
                found.append(f"{name_of(rule)}: no pods are of the subset {subset['name']}")
    for virtual in objects.of("VirtualService"):
        gateways = [objects.find("Gateway", name) for name in virtual["spec"].get("gateways", [])]
        if not all(gateways):
            found.append(f"{name_of(virtual)}: a gateway does not exist")
        open_hosts = {host for one in gateways if one for server in one["spec"]["servers"] for host in server["hosts"]}
        found += [
            f"{name_of(virtual)}: no gateway for {host}" for host in virtual["spec"]["hosts"] if host not in open_hosts
        ]
        for rule in virtual["spec"]["http"]:
            weights = [one["weight"] for one in rule["route"] if "weight" in one]
            if weights and sum(weights) != 100:
                found.append(f"{name_of(virtual)}: weights are {sum(weights)} in all")
            for route in rule["route"]:
                target = route["destination"]
                wrong = service_port(objects, target["host"], target["port"]["number"])
                found += [f"{name_of(virtual)}: {wrong}"] if wrong else []
                if "subset" in target and (short(target["host"]), target["subset"]) not in subsets:
                    found.append(f"{name_of(virtual)}: {target['host']} has no subset {target['subset']}")
    return found


def one_namespace(objects):
    spaces = {one["metadata"].get("namespace") for one in objects.all if one["kind"] != "Namespace"}
    declared = {one["metadata"]["name"] for one in objects.of("Namespace")}
    found = [f"objects are in several namespaces: {spaces}"] if len(spaces) > 1 else []
    if declared and declared != spaces:
        found.append(f"the Namespace {declared} is not that of the objects, {spaces}")
    return found
