"""The Helm chart: linted, its values by their schema, and what it renders for each app and with everything on
or off held to the same as the other manifests.
"""

import alerts
import claims
import hardening
import kubernetes
import references
import schemas
from checking import DEPLOY, NEGATIVE, documents, expected_of, run

CHART = DEPLOY / "helm" / "ekiben"
DIGEST = "image.digest=sha256:" + "0" * 64
GATEWAY = "route.gateway.name=edge"
CASES = {
    "isuumo": [],
    "people": ["replicas.enabled=true", "primary.enabled=false"],
    "conduit": ["imagePullSecrets[0].name=ekiben-registry", "monitoring.labels.release=prometheus", "monitoring.enabled=true", "primary.storageClassName=fast"],
    "english": ["replicas.enabled=true", "route.enabled=true", GATEWAY, "ingress.enabled=false", "monitoring.enabled=true"],
}


def template(*values):
    """What the chart renders, or what Helm says against it."""
    command = ["helm", "template", "shop", CHART, "--namespace", "shops"]
    for value in values:
        command += ["--set", value]
    done = run(command, check=False)
    return (documents(done.stdout), []) if done.returncode == 0 else ([], [done.stderr.strip()])


def problems(rendered):
    # The Gateway of a route is the cluster's.
    known = [one for one in references.problems(rendered) if "no listener" not in one]
    watched = alerts.unwatched(rendered)
    return schemas.problems(rendered) or known + claims.problems(rendered) + hardening.problems(rendered) + watched


def unlabelled(rendered):
    """Monitors without the label by which a Prometheus chooses, where it is given."""
    monitors = [one for one in rendered if one["kind"] == "PodMonitor"]
    return [] if all(one["metadata"]["labels"].get("release") for one in monitors) else ["no Prometheus chooses its PodMonitor"]


def check(findings):
    done = run(["helm", "lint", "--strict", CHART, "--set", DIGEST], check=False)
    findings.saw()
    if done.returncode != 0:
        findings.add("helm lint", done.stdout + done.stderr)
    for app, values in CASES.items():
        rendered, refused = template(f"app={app}", DIGEST, *values)
        findings.saw(len(rendered))
        given = kubernetes.pulls(rendered) + unlabelled(rendered) if app == "conduit" else []
        for what in refused + problems(rendered) + given:
            findings.add(f"helm {app}", what)
    for sample in sorted((NEGATIVE / "helm").glob("*.values")):
        values = sample.read_text().splitlines()[1:]
        rendered, refused = template(*values)
        findings.must_find(sample.name, expected_of(sample), refused or problems(rendered))
