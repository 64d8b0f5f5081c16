"""What has to be there before an overlay is applied: `deploy/kubernetes/prepare` with the real kubectl against
the smallest part of a cluster. It makes what is missing, leaves alone what is there, and makes nothing up. And
`release` with a cluster that only takes notes: tried without a trace, and on the way out of one that does not start.
"""

import base64
import json
import os
import tempfile

from checking import DEPLOY, run
from cluster import cluster
from rehearsal import DIGEST, Rehearsal, in_order

SCRIPT = DEPLOY / "kubernetes" / "prepare"
SPACE = "namespaces/conduit-production"
SECRET = f"{SPACE}/secrets/ekiben"
LOGIN = f"{SPACE}/secrets/ekiben-registry"
LABELS = {"pod-security.kubernetes.io/enforce": "restricted", "istio-injection": "enabled"}
GIVEN = {"CONDUIT_SECRET": "0123456789" * 4, "ADMIN_TOKEN": "a-token-of-this-check"}
REGISTRY = {"REGISTRY": "registry.example.com:5000", "REGISTRY_USER": "puller", "REGISTRY_PASSWORD": 'of "quotes"\\'}
# Of a machine on which this check runs.
OURS = (*GIVEN, *REGISTRY, "ENGLISH_SECRET")


def prepared(folder, made, **variables):
    """Runs the script; what it says."""
    nothing = {name: "" for name in OURS if name in os.environ}
    extra = nothing | {"KUBECONFIG": str(made.config), "HOME": str(folder)} | variables
    return run([SCRIPT, "production/conduit"], check=False, extra=extra)


def data(one):
    return {key: base64.b64decode(value).decode() for key, value in one.get("data", {}).items()}


def secret(**values):
    return {"kind": "Secret", "metadata": {"name": "ekiben"}, "data": {key.replace("_", "-"): values[key] for key in values}}


def check(findings):
    for of in (nothing_there, a_labelled_namespace, a_secret_that_lacks_a_key, a_login_that_changes, refusals):
        findings.saw()
        with tempfile.TemporaryDirectory() as folder, cluster(folder) as made:
            for what in of(folder, made):
                findings.add(f"prepare, {of.__name__}", what)
    for spaces, wanted in (("", "--dry-run=client"), ("people-production", "kubectl diff")):
        findings.saw()
        with tempfile.TemporaryDirectory() as folder:
            for what in tried(Rehearsal(folder), spaces, wanted):
                findings.add(f"release in {spaces or 'nothing'}", what)


def tried(rehearsal, spaces, wanted):
    """A release that is only tried leaves the overlay as it was; one into nothing says what is missing; one after
    a release that does not start takes its pod away."""
    release = ["deploy/kubernetes/release", "production/people", f"registry.example.com/people@{DIGEST}"]
    done = rehearsal.run(release, DRY_RUN="1", NAMESPACES=spaces)
    noted = rehearsal.noted()
    found = []
    if done.returncode != 0 or in_order(noted, [wanted]) or any("rollout" in line for line in noted):
        found.append(f"is not tried: {noted} {done.stderr}")
    changed = rehearsal.run(["git", "status", "--porcelain"], check=True).stdout
    found += [f"leaves {changed}"] if changed else []
    if spaces:
        done = rehearsal.run(release, NAMESPACES=spaces, UNREADY="ekiben-primary-0")
        noted = rehearsal.noted()
        if done.returncode != 0:
            found.append(f"never leads out of a release that does not start: {noted} {done.stderr}")
        done = rehearsal.run(release, NAMESPACES=spaces)
        if any("delete pod" in line for line in rehearsal.noted()):
            found.append("deletes a pod although none is in its way")
    else:
        done = rehearsal.run(release)
        if done.returncode != 1 or "deploy/kubernetes/prepare production/people makes it" not in done.stderr:
            found.append(f"says {done.stderr}")
    return found


def nothing_there(folder, made):
    done = prepared(folder, made, **GIVEN, **REGISTRY)
    if done.returncode != 0 or not made.get(SPACE):
        return [f"does not make the namespace: {done.stdout}{done.stderr}"]
    found = []
    wanted = {"conduit-secret": GIVEN["CONDUIT_SECRET"], "admin-token": GIVEN["ADMIN_TOKEN"]}
    if data(made.get(SECRET)) != wanted:
        found.append(f"makes the Secret {made.get(SECRET)}")
    login = made.get(LOGIN)
    auths = {"auths": {REGISTRY["REGISTRY"]: {"auth": base64.b64encode(b'puller:of "quotes"\\').decode()}}}
    if login.get("type") != "kubernetes.io/dockerconfigjson" or json.loads(data(login)[".dockerconfigjson"]) != auths:
        found.append(f"makes the login {login}")
    return found


def a_labelled_namespace(folder, made):
    """That of an overlay which was applied: what admits pods and injects sidecars stays."""
    made.put(SPACE, {"kind": "Namespace", "metadata": {"name": "conduit-production", "labels": LABELS}})
    done = prepared(folder, made, **GIVEN)
    found = [] if "images have to be public" in done.stdout else ["does not say that there is no login"]
    if done.returncode != 0 or any(one.endswith(SPACE) for one in made.changes):
        found.append(f"changes it: {made.changes} {done.stderr}")
    return found


def a_secret_that_lacks_a_key(folder, made):
    """The missing key is made, the others keep what they hold, whatever the variables say now."""
    made.put(SPACE, {"kind": "Namespace", "metadata": {"name": "conduit-production"}})
    held = base64.b64encode(b"that of the sessions of now").decode()
    made.put(SECRET, secret(conduit_secret=held, admin_token=""))
    done = prepared(folder, made, CONDUIT_SECRET=GIVEN["CONDUIT_SECRET"])
    found = [] if "has no admin-token" in done.stderr and done.returncode == 2 else [f"takes it for whole: {done.stderr}"]
    done = prepared(folder, made, **GIVEN)
    wanted = {"conduit-secret": "that of the sessions of now", "admin-token": GIVEN["ADMIN_TOKEN"]}
    if done.returncode != 0 or data(made.get(SECRET)) != wanted:
        found.append(f"leaves {made.get(SECRET)} {done.stderr}")
    before = len(made.changes)
    done = prepared(folder, made)
    if done.returncode != 0 or len(made.changes) != before:
        found.append(f"does not leave alone what is whole: {made.changes} {done.stderr}")
    return found


def a_login_that_changes(folder, made):
    """Tokens for registries are renewed."""
    for password in ("first", "second"):
        prepared(folder, made, **GIVEN, **REGISTRY | {"REGISTRY_PASSWORD": password})
        config = json.loads(data(made.get(LOGIN)).get(".dockerconfigjson", '{"auths": {}}'))
        auth = config["auths"].get(REGISTRY["REGISTRY"], {}).get("auth", "")
        if base64.b64decode(auth) != f"puller:{password}".encode():
            return [f"leaves {config} for {password}"]
    return []


def refusals(folder, made):
    """Nothing is made of half of what is needed."""
    cases = [
        ("CONDUIT_SECRET, which it would be made of, must have 32", {}),
        ("CONDUIT_SECRET, which it would be made of, must have 32", GIVEN | {"CONDUIT_SECRET": "short"}),
        ("REGISTRY_PASSWORD is missing", GIVEN | REGISTRY | {"REGISTRY_PASSWORD": ""}),
        ("REGISTRY is missing", GIVEN | REGISTRY | {"REGISTRY": ""}),
        ("is the host of a registry", GIVEN | REGISTRY | {"REGISTRY": 'a"b'}),
    ]
    found = []
    for expected, variables in cases:
        done = prepared(folder, made, **variables)
        if done.returncode != 2 or expected not in done.stderr or made.changes:
            found.append(f"of {sorted(variables)}: {done.returncode} {done.stderr} {made.changes}")
    return found
