"""The templates of OpenShift: processed by our own reader of templates (parameters, required ones, what is
undeclared or unused), the objects valid by Kubernetes' schemas and OpenShift's own, and then held against one
another and the program like everything else. The pipeline by tekton.py.
"""

import copy
import functools
import gzip
import json
import re

import jsonschema

import changes
import claims
import hardening
import references
import schemas
import tekton
from checking import DEPLOY, TOOLS, documents, name_of

HOME = DEPLOY / "openshift"
REFERENCE = re.compile(r"\$\{\{?(\w+)\}?\}")
VALUES = {
    "APP_IMAGE": "image-registry.openshift-image-registry.svc:5000/demo/ekiben",
    "APP_IMAGE_DIGEST": "sha256:" + "0" * 64,
    "APPLICATION_DOMAIN": "shop.apps.example.com",
}
# Namespaces of routers: of those with a load balancer, and of those on the network of their nodes.
ROUTERS = [{"network.openshift.io/policy-group": "ingress"}, {"policy-group.network.openshift.io/host-network": ""}]


class Refused(Exception):
    """A template that cannot be processed."""


def processed(template, given):
    """The objects of a template, as `oc process` makes them."""
    values = {}
    for parameter in template.get("parameters", []):
        name = parameter["name"]
        values[name] = given.get(name, parameter.get("value"))
        if parameter.get("required") and not values[name]:
            raise Refused(f"the parameter {name} is required")
        if "PASSWORD" in name and parameter.get("value"):
            raise Refused(f"the parameter {name} has a literal secret for a default")
    unknown = set(given) - set(values)
    if unknown:
        raise Refused(f"no parameter {', '.join(unknown)}")
    used = set()
    objects = [filled(one, values, used) for one in copy.deepcopy(template["objects"])]
    if set(values) - used:
        raise Refused(f"nothing uses the parameter {', '.join(sorted(set(values) - used))}")
    for one in objects:
        one["metadata"].setdefault("labels", {}).update(template.get("labels", {}))
    return objects


def filled(value, values, used):
    if isinstance(value, dict):
        return {filled(key, values, used): filled(below, values, used) for key, below in value.items()}
    if isinstance(value, list):
        return [filled(below, values, used) for below in value]
    if not isinstance(value, str):
        return value
    names = REFERENCE.findall(value)
    missing = [name for name in names if name not in values]
    if missing:
        raise Refused(f"no parameter {missing[0]}")
    used.update(names)
    whole = re.fullmatch(r"\$\{\{(\w+)\}\}", value)
    if whole:
        return json.loads(values[whole[1]])
    return REFERENCE.sub(lambda match: values[match[1]] or "", value)


@functools.cache
def definitions():
    """OpenShift's own definitions, made strict, without what a server fills in."""
    with gzip.open(TOOLS / "node_modules/openshift-rest-client/lib/specs/openshift-openapi-spec.json.gz") as file:
        found = json.load(file)["definitions"]
    for name, definition in found.items():
        if name.endswith("IntOrString"):
            definition["type"] = ["string", "integer"]
        elif name.endswith("RawExtension"):
            found[name] = {}
        elif definition.get("properties"):
            definition["additionalProperties"] = False
        if "required" in definition:
            definition["required"] = [one for one in definition["required"] if one not in ("status", "weight")]
    return found


def own_problems(document):
    """What is wrong with an object of a kind that OpenShift adds."""
    group, _, version = document["apiVersion"].rpartition("/")
    if not group:
        return [f"{name_of(document)}: OpenShift has no {document['apiVersion']} {document['kind']} any more"]
    wanted = {"group": group, "version": version, "kind": document["kind"]}
    for definition in definitions().values():
        if wanted in definition.get("x-kubernetes-group-version-kind", []):
            validator = jsonschema.Draft4Validator({**definition, "definitions": definitions()})
            return [f"{name_of(document)}: {error.message[:300]}" for error in validator.iter_errors(document)]
    return [f"{name_of(document)}: OpenShift has no {document['apiVersion']} {document['kind']}"]


def problems(text, given):
    """What is wrong with a template, processed with these parameters."""
    (template,) = documents(text)
    found = own_problems({key: value for key, value in template.items() if key != "objects"} | {"objects": []})
    try:
        objects = processed(template, given)
    except Refused as refused:
        return found + [str(refused)]
    for one in objects:
        group = one["apiVersion"].split("/")[0]
        own = group.endswith("openshift.io") or (one["kind"] == "Route")
        found += own_problems(one) if own else schemas.core_problems(one)
    if found:
        return found
    # Pods of a project are restricted by the SCC; there is no Namespace object.
    parts = (references, claims, hardening)
    return [what for part in parts for what in part.problems(objects)] + routes(objects) + routers(objects)


def routes(objects):
    services = {one["metadata"]["name"]: one for one in objects if one["kind"] == "Service"}
    found = []
    for route in (one for one in objects if one["kind"] == "Route"):
        service = services.get(route["spec"]["to"]["name"])
        port = route["spec"].get("port", {}).get("targetPort")
        if not service:
            found.append(f"{name_of(route)}: the Service {route['spec']['to']['name']} does not exist")
        elif port not in {one["name"] for one in service["spec"]["ports"]}:
            found.append(f"{name_of(route)}: the Service has no port {port}")
        if route["spec"].get("tls", {}).get("insecureEdgeTerminationPolicy") != "Redirect":
            found.append(f"{name_of(route)}: lacks TLS with a redirect")
    return found


def routers(objects):
    """Routers reach the pods: those that are pods themselves, and those on the network of their nodes."""
    open_to = []
    for policy in (one for one in objects if one["kind"] == "NetworkPolicy"):
        for source in [source for rule in policy["spec"].get("ingress", []) for source in rule["from"]]:
            open_to.append(source.get("namespaceSelector", {}).get("matchLabels"))
    return [f"no router of the kind {labels} reaches a pod" for labels in ROUTERS if labels not in open_to]


def check(findings):
    for path in sorted(HOME.glob("*.yaml")):
        for given in ({}, {"NAME": "shop", "APP": "conduit"}):
            findings.saw()
            for what in problems(path.read_text(), VALUES | given):
                findings.add(path.name, what)
        for missing in VALUES:
            fewer = {name: value for name, value in VALUES.items() if name != missing}
            findings.must_find(f"{path.name} without {missing}", f"{missing} is required", problems(path.read_text(), fewer))
    for sample in changes.of("openshift"):
        findings.must_find(sample.name, sample.expected, problems(sample.text, VALUES))
    tekton.check(findings)
