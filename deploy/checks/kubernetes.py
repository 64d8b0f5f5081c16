"""Renders every overlay and every composition of components, validates the objects, and holds them against
one another and against the program. Keeps deploy/kubernetes/kubectl in step, which is what people without
kustomize apply.
"""

import copy
import pathlib
import shutil
import tempfile

import yaml

import alerts
import claims
import faults
import hardening
import mesh
import prepare
import references
import routing_faults
import schemas
from checking import DEPLOY, NEGATIVE, documents, expected_of, name_of, run

HOME = DEPLOY / "kubernetes"
PLAIN = HOME / "kubectl"
# What `ekiben deploy kubernetes` fills in: without what needs an operator of the cluster's.
PRINTED = HOME / "printed"
PRINTED_NOTE = "# A template of `ekiben deploy kubernetes`; made by `deploy/check --write` from components.\n"
ALONE = ["components/primary", "components/primary-only", "apps/{app}", "environments/staging", "components/ingress"]
BOTH = ["components/primary", "apps/{app}", "environments/staging", "components/gateway"]
NOTE = "# {app} in production without kustomize; made by `deploy/check --write` from {source}.\n"

# Components beside those of the overlays, each with what it builds on.
COMPOSITIONS = {
    "replicas alone": ["apps/isuumo", "environments/production", "components/ingress"],
    "replicas with metrics": ["apps/people", "environments/staging", "components/ingress", "components/monitoring"],
    "everything of a blog": [
        "components/primary",
        "apps/conduit",
        "environments/production",
        "components/gateway",
        "components/monitoring",
        "components/litestream",
        "components/backup",
    ],
    "sentences of one's own": [
        "components/primary",
        "components/primary-only",
        "apps/english",
        "environments/production",
        "components/istio",
        "components/monitoring",
        "components/sentences",
        "components/litestream",
        "components/backup",
    ],
    "people by replicas too": ["components/primary", "apps/people", "environments/production", "components/istio"],
}


def problems(rendered):
    """Everything that is wrong with a rendering."""
    return schemas.problems(rendered) or beyond_schemas(rendered)


def beyond_schemas(rendered):
    parts = (references, claims, hardening, mesh)
    found = [what for part in parts for what in part.problems(rendered)]
    return found + pulls(rendered) + alerts.unwatched(rendered)


def pulls(rendered):
    """Images of a registry that is not public are pulled with the login that `prepare` makes."""
    login = {"name": "ekiben-registry"}
    accounts = [one for one in rendered if one["kind"] == "ServiceAccount"]
    return [f"{name_of(one)}: pulls without a login" for one in accounts if login not in one.get("imagePullSecrets", [])]


def render(folder):
    """What `kubectl kustomize` makes of a folder; a warning of something deprecated is an error."""
    done = run(["kubectl", "kustomize", folder], check=False)
    if done.returncode != 0 or done.stderr:
        raise SystemExit(f"{folder}: {done.stdout[-300:]}{done.stderr}")
    return done.stdout


def overlays():
    return sorted(path.parent for path in (HOME / "overlays").glob("*/*/kustomization.yaml"))


def composed(components, namespace, image):
    """The rendering of a composition of components."""
    # Beside the overlays, because what kustomize takes is named by relative paths.
    with tempfile.TemporaryDirectory(dir=HOME, prefix=".composition-") as temporary:
        kustomization = {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "namespace": namespace,
            "resources": ["../base"],
            "components": ["../" + component for component in components],
            "images": [{"name": "ekiben", "newName": image, "digest": "sha256:" + "0" * 64}],
        }
        pathlib.Path(temporary, "kustomization.yaml").write_text(yaml.safe_dump(kustomization))
        return render(temporary)


def compositions():
    """Renderings of compositions that no overlay has, by name."""
    for name, components in COMPOSITIONS.items():
        yield name, documents(composed(components, "composed", "example.com/ekiben"))


def printed():
    """The templates of `ekiben deploy kubernetes`, by their names."""
    for app, components, name in [
        *((app, ALONE, f"{app}.yaml") for app in ("isuumo", "people", "conduit", "english")),
        ("isuumo", BOTH, "isuumo-with-replicas.yaml"),
    ]:
        own = [component.format(app=app) for component in components]
        yield name, PRINTED_NOTE + composed(own, f"{app}-staging", f"registry.example.com/ekiben/{app}")


def write():
    """Makes the plain manifests anew."""
    PLAIN.mkdir(exist_ok=True)
    for overlay in (HOME / "overlays" / "production").iterdir():
        note = NOTE.format(app=overlay.name, source=overlay.relative_to(DEPLOY.parent))
        (PLAIN / f"{overlay.name}.yaml").write_text(note + render(overlay))
    PRINTED.mkdir(exist_ok=True)
    for name, text in printed():
        (PRINTED / name).write_text(text)


def check(findings):
    renderings = {}
    for overlay in overlays():
        name = f"{overlay.parent.name}/{overlay.name}"
        text = render(overlay)
        renderings[name] = documents(text)
        findings.saw(len(renderings[name]))
        for what in problems(renderings[name]):
            findings.add(name, what)
        if overlay.parent.name == "production":
            plain = PLAIN / f"{overlay.name}.yaml"
            if not plain.exists() or plain.read_text().split("\n", 1)[1] != text:
                findings.add(plain, "is not what its overlay renders: deploy/check --write")
    for name, text in printed():
        findings.saw()
        if not (PRINTED / name).exists() or (PRINTED / name).read_text() != text:
            findings.add(PRINTED / name, "is not what its components render: deploy/check --write")
    for name, rendered in compositions():
        findings.saw(len(rendered))
        renderings[name] = rendered
        for what in problems(rendered):
            findings.add(name, what)
    findings.saw()
    (restore,) = documents((HOME / "restore.yaml").read_text())
    for what in schemas.problems([restore]) + mesh.ends("restore.yaml", restore):
        findings.add("restore.yaml", what)
    set_image(findings)
    prepare.check(findings)
    negative(findings, renderings)


def set_image(findings):
    """The script that releases call writes what is then rendered, and nothing that is no digest."""
    image = "registry.example.com:5000/shop/people@sha256:" + "a" * 64
    with tempfile.TemporaryDirectory() as temporary:
        copied = pathlib.Path(temporary, "kubernetes")
        shutil.copytree(HOME, copied)
        for wrong in ("registry.example.com/shop/people:latest", "people@sha256:abc"):
            done = run([copied / "set-image", "staging/people", wrong], check=False)
            findings.must_find(f"set-image {wrong}", "is no NAME@sha256:DIGEST", [done.stderr])
        done = run([copied / "set-image", "staging/people", image], check=False)
        images = {line.split("image: ")[1] for line in render(copied / "overlays/staging/people").splitlines() if " image: " in line}
        if done.returncode != 0 or images != {image}:
            findings.add("set-image", f"{done.stderr} {images}")


def negative(findings, renderings):
    for name, start, change, expected in faults.FAULTS + routing_faults.FAULTS:
        where = start if start in renderings else f"development/{start}"
        changed = copy.deepcopy(renderings[where])
        change(changed)
        findings.must_find(name, expected, beyond_schemas(changed))
    for sample in sorted((NEGATIVE / "kubernetes").glob("*.yaml")):
        findings.must_find(sample.name, expected_of(sample), schemas.problems(documents(sample.read_text())))
    for sample in sorted((NEGATIVE / "kustomize").glob("*/kustomization.yaml")):
        done = run(["kubectl", "kustomize", sample.parent], check=False)
        findings.must_find(sample.parent.name, expected_of(sample), [done.stderr])
