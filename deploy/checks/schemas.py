"""Is each object valid? Kinds of Kubernetes by the schemas of its oldest and newest version that
kubernetes-validate has, strictly: an unknown field is an error, and so is a kind or a version that is not
there (the tool only warns of it). Kinds of Istio, the Gateway API and the Prometheus Operator by models.mjs.
"""

import json

import kubernetes_validate
from kubernetes_validate import utils

from checking import DEPLOY, TOOLS, name_of, run

VERSIONS = [utils.all_versions()[0], utils.all_versions()[-1]]
MODELLED = ("networking.istio.io/", "security.istio.io/", "gateway.networking.k8s.io/", "monitoring.coreos.com/")


def problems(documents):
    """What is wrong with objects, by their schemas."""
    found = []
    modelled = []
    for document in documents:
        if not isinstance(document, dict) or "kind" not in document or "apiVersion" not in document:
            found.append(f"no object: {str(document)[:60]!r}")
        elif document["apiVersion"].startswith(MODELLED):
            modelled.append(document)
        else:
            found += core_problems(document)
    if modelled:
        node = ["node", DEPLOY / "checks" / "models.mjs", TOOLS / "node_modules"]
        answers = json.loads(run(node, input=json.dumps(modelled)).stdout)
        found += [f"{name_of(which)}: {what}" for which, what in zip(modelled, answers) if what]
    return found


def core_problems(document):
    """What is wrong with an object of Kubernetes itself, for both versions."""
    found = []
    for version in VERSIONS:
        try:
            kubernetes_validate.validate(document, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            path = "/".join(map(str, error.path))
            found.append(f"{name_of(document)}: {version}: {path}: {error.message}")
        except kubernetes_validate.SchemaNotFoundError:
            found.append(f"{name_of(document)}: {version} has no {document['apiVersion']} {document['kind']}")
    return found
