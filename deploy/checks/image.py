"""The images of the apps, run as platforms run them: any user id in group 0, a root file system that cannot be
written, no capability, 64 MB. Each is asked as replica and as primary on an empty volume; a second primary on
that volume is refused; what is under way when it is told to stop is answered. What images leave out, they say.

EKIBEN_IMAGE and EKIBEN_PODMAN say which images, as for pods.py; deploy/image builds them. Those of the profile
`release`, by their label or by EKIBEN_IMAGE_PROFILE, have a limit on their size.
"""

import contextlib
import http.client
import json
import os
import pathlib
import re
import tempfile
import threading
import time
import urllib.parse
import urllib.request

import pods
import program
import server
from checking import Findings

LABELS = ("title", "description", "licenses", "revision", "version")
# Bytes of an image of the profile `release`, and of what is pushed of it.
LARGEST, LARGEST_PACKED = 50_000_000, 20_000_000
RESTRICTED = [
    "--no-healthcheck",
    "--read-only",
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
    "--user=1000680000:0",
    "--memory=64m",
]
# What is read, and a request that changes something: a replica must refuse the latter.
READS = {
    "isuumo": "/api/estate/low_priced",
    "people": "/people?limit=5",
    "conduit": "/api/articles",
    "english": "/users/sign_in",
}
PERSON = {
    "survived": False, "passengerClass": 3, "name": "Mr. Nobody", "sex": "male", "age": 22,
    "siblingsOrSpousesAboard": 0, "parentsOrChildrenAboard": 0, "fare": 7.25,
}
MEMBER = {"user": {"username": "nobody", "email": "nobody@example.org", "password": "of this check alone"}}
WRITES = {
    "isuumo": ("POST", "/api/chair/buy/1", {"email": "nobody@example.org"}),
    "people": ("POST", "/people", PERSON),
    "conduit": ("POST", "/api/users", MEMBER),
    "english": ("POST", "/users", {"user[email]": "nobody@example.org", "user[password]": "of this check alone",
                                   "user[password_confirmation]": "of this check alone"}),
}
# Forms of the drill are taken with the token of the page that they are on.
FORM_PAGES = {"english": "/users/sign_up"}
REPLICA = {"EKIBEN_MODE": "replica", "EKIBEN_SHUTDOWN__DELAY_SECONDS": "2"}
PRIMARY = {"EKIBEN_MODE": "primary"}


class Box:
    """One container of an image."""

    def __init__(self, engine, name, image, settings, volume=None):
        self.engine, self.name = engine, name
        # Tokens of a replica are checked with the key of its primary, so it wants one.
        settings = settings | {"CONDUIT_SECRET": "0" * 32, "ENGLISH_SECRET": "0" * 32}
        given = [part for key, value in settings.items() for part in ("--env", f"{key}={value}")]
        place = ["--volume", f"{volume}:/data"] if volume else []
        engine.run("run", "--detach", "--name", name, *RESTRICTED, *given, *place, image, check=True)

    def ready(self):
        return pods.ready(self.engine, self.name)

    def address(self):
        networks = self.engine.container(self.name)["NetworkSettings"]
        return networks["IPAddress"] or next(iter(networks["Networks"].values()))["IPAddress"]

    def read(self, app):
        """The status of something that is read."""
        return server.fetch(f"http://{self.address()}:1323{READS[app]}")[0]

    def write(self, app):
        """The status of something that changes the data."""
        method, path, body = WRITES[app]
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        site = f"http://{self.address()}:1323"
        if app in FORM_PAGES:
            with browser.open(site + FORM_PAGES[app], timeout=20) as page:
                token = re.search('name="authenticity_token" value="([^"]+)"', page.read().decode())
            data = urllib.parse.urlencode(body | {"authenticity_token": token[1]}).encode()
            headers = {}
        else:
            data, headers = json.dumps(body).encode(), {"Content-Type": "application/json"}
        try:
            with browser.open(urllib.request.Request(site + path, data, headers, method=method), timeout=20) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def stop(self):
        """The exit code after SIGTERM."""
        self.engine.run("stop", "--time", "30", self.name)
        return self.code()

    def code(self):
        return (self.engine.container(self.name) or {}).get("State", {}).get("ExitCode")

    def log(self):
        done = self.engine.run("logs", self.name)
        return done.stdout + done.stderr


@contextlib.contextmanager
def box(engine, *arguments, **options):
    """A container that is gone afterwards, whatever happens."""
    one = Box(engine, *arguments, **options)
    try:
        yield one
    finally:
        engine.run("rm", "--force", "--time", "0", one.name)


def check(findings):
    if not pods.IMAGE:
        return "EKIBEN_IMAGE names no image"
    missing = []
    with tempfile.TemporaryDirectory() as folder:
        engine = pods.Engine(folder)
        for app in ["isuumo"] if pods.NAMES == pods.IMAGE else program.apps():
            image = pods.NAMES.format(app=app)
            if engine.run("image", "exists", image).returncode != 0:
                missing.append(app)
                continue
            name = f"ekiben-check-{os.getpid()}-{app}"
            contents(findings, engine, app, image)
            left_out(findings, engine, image)
            replica(findings, engine, app, image, name)
            primary(findings, engine, app, image, name)
        if not missing:
            negative(findings, engine)
    return f"no image of {', '.join(missing)}" if missing else None


def contents(findings, engine, app, image):
    """Labels, user, health check, size, and nothing of the build."""
    findings.saw()
    about = json.loads(engine.run("image", "inspect", image, check=True).stdout)[0]
    labels = about["Labels"] or {}
    traces = [step for step in about["History"] if step.get("comment") or step["created"] != about["Created"]]
    if traces:
        findings.add(image, f"tells of its build, which is another one each time: {traces[0]}")
    lacking = [name for name in LABELS if not labels.get(f"org.opencontainers.image.{name}")]
    if lacking:
        findings.add(image, f"has no label {', '.join(lacking)}")
    if labels.get("org.opencontainers.image.title") != f"ekiben-{app}":
        findings.add(image, f"is labelled as {labels.get('org.opencontainers.image.title')}")
    if about["User"] != "10001:0" or not about.get("HealthCheck", about.get("Healthcheck")):
        findings.add(image, f"runs as {about['User']}, its health check is {about.get('Healthcheck')}")
    profile = os.environ.get("EKIBEN_IMAGE_PROFILE") or labels.get("ekiben.profile")
    pushed = packed(engine, image)
    for what in large(profile, about["Size"], pushed):
        findings.add(image, what)
    sizes = f"{about['Size'] / 1e6:.1f} MB, {pushed / 1e6:.1f} MB packed, profile {profile}"
    print(f"{image}: {sizes}, {len(about['RootFS']['Layers'])} layers, {about['Digest']}")


def left_out(findings, engine, image):
    """The importer, which no server needs: an image has none, and says how to make one that has."""
    findings.saw()
    done = engine.run("run", "--rm", *RESTRICTED, image, "import", "shop.sql", "--output", "shop.sqlite")
    if done.returncode != 2 or ",import." not in done.stderr:
        findings.add(image, f"asked to import it ends with {done.returncode}: {done.stderr[-600:]}")


def packed(engine, image):
    """Bytes of what a registry gets of an image."""
    with tempfile.TemporaryDirectory() as folder:
        engine.run("push", "--quiet", image, f"oci:{folder}/image:packed", check=True)
        return sum(blob.stat().st_size for blob in pathlib.Path(folder, "image", "blobs").rglob("*") if blob.is_file())


def large(profile, size, pushed):
    """What is said of an image's size; one that is only tried is compiled for speed of building."""
    if profile not in ("release", "trial"):
        return [f"has no label ekiben.profile, or one that says nothing: {profile}"]
    if profile != "release":
        return []
    found = [f"has {size / 1e6:.1f} MB, more than {LARGEST / 1e6:.0f}"] if size >= LARGEST else []
    return found + ([f"has {pushed / 1e6:.1f} MB packed, more than {LARGEST_PACKED / 1e6:.0f}"] if pushed >= LARGEST_PACKED else [])


def replica(findings, engine, app, image, name):
    findings.saw()
    with box(engine, f"{name}-replica", image, REPLICA) as one:
        if not one.ready():
            findings.add(image, f"is not ready as replica: {one.log()[-600:]}")
            return
        seen = one.read(app), one.write(app)
        if seen != (200, 503):
            findings.add(image, f"a replica answers {seen} to what is read and what is written")
        stopping(findings, image, one, READS[app])


def stopping(findings, image, one, path):
    """Asks without pause while it is told to stop, as a load balancer that notices a second too late."""
    counts = {"answered": 0, "late": 0, "lost": 0}
    client = threading.Thread(target=until_unready, args=(one.address(), path, counts))
    client.start()
    while not counts["answered"] and client.is_alive():
        time.sleep(0.01)
    code = one.stop()
    client.join()
    if code != 0 or counts["lost"] or not counts["late"]:
        findings.add(image, f"told to stop it ends with {code}: {counts}")


def until_unready(address, path, counts):
    """One request after another, each on a connection of its own, until a second after it is not ready."""
    noticed = None
    while noticed is None or time.monotonic() < noticed + 1:
        if noticed is None and ask(address, "/readyz") == 503:
            noticed = time.monotonic()
        answered = ask(address, path) == 200
        counts["lost" if not answered else "late" if noticed else "answered"] += 1
        if counts["lost"]:
            return


def ask(address, path):
    """The status of an answer on a connection of its own; 0 if there is none."""
    connection = http.client.HTTPConnection(address, 1323, timeout=20)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def primary(findings, engine, app, image, name):
    """On an empty volume, with a second one beside it, and once more after its end."""
    findings.saw(3)
    engine.run("volume", "create", name, check=True)
    try:
        with box(engine, f"{name}-primary", image, PRIMARY, volume=name) as one:
            if not one.ready():
                findings.add(image, f"is not ready as primary: {one.log()[-600:]}")
                return
            written = one.write(app)
            if not 200 <= written < 300:
                findings.add(image, f"a primary answers {written} to what is written: {one.log()[-600:]}")
            second(findings, engine, image, name)
            if one.stop() != 0:
                findings.add(image, f"a primary that is told to stop ends with {one.code()}")
        with box(engine, f"{name}-again", image, PRIMARY, volume=name) as one:
            if not one.ready() or one.read(app) != 200:
                findings.add(image, f"does not start again on its volume: {one.log()[-600:]}")
    finally:
        engine.run("volume", "rm", "--force", name)


def second(findings, engine, image, volume):
    """Another primary on the same volume: refused, with words that say who holds it."""
    with box(engine, f"{volume}-second", image, PRIMARY, volume=volume) as other:
        engine.run("wait", other.name)
        if other.code() != 6 or " on host " not in other.log():
            findings.add(image, f"a second primary ends with {other.code()}: {other.log()[-600:]}")


def negative(findings, engine):
    """An image that is too large, one that runs as root and lacks a label, and a replica that stops without a delay."""
    findings.must_find("a large image", "50.0 MB, more than 50", large("release", LARGEST, 1))
    findings.must_find("a large push", "20.0 MB packed, more than 20", large("release", 1, LARGEST_PACKED))
    findings.must_find("an image of an unknown profile", "has no label ekiben.profile", large(None, 1, 1))
    name = f"ekiben-check-{os.getpid()}-negative"
    changed = f"localhost/{name}"
    engine.run("create", "--name", name, pods.IMAGE, check=True)
    changes = ("--change", "USER 0:0", "--change", "LABEL org.opencontainers.image.version=")
    try:
        engine.run("commit", "--format", "docker", *changes, name, changed, check=True)
        found = Findings()
        contents(found, engine, "isuumo", changed)
        for expected in ("has no label version", "runs as 0:0"):
            findings.must_find("a changed image", expected, found.wrong)
    finally:
        engine.run("rm", "--force", name)
        engine.run("rmi", "--force", changed)
    found = Findings()
    with box(engine, name, pods.IMAGE, REPLICA | {"EKIBEN_SHUTDOWN__DELAY_SECONDS": "0"}) as one:
        if one.ready():
            stopping(found, pods.IMAGE, one, READS["isuumo"])
    findings.must_find("a replica without a delay", "told to stop", found.wrong)
