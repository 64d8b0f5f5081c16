"""The smallest part of a cluster: an API server on loopback that knows namespaces and Secrets, so that scripts
run with the real kubectl against objects that stay. It allows everything, and looks at nothing in them.
"""

import base64
import contextlib
import http.server
import json
import pathlib
import threading

RESOURCES = [
    {"name": "namespaces", "singularName": "namespace", "namespaced": False, "kind": "Namespace"},
    {"name": "secrets", "singularName": "secret", "namespaced": True, "kind": "Secret"},
]
VERBS = ["create", "get", "list", "patch"]
CORE = {
    "kind": "APIResourceList",
    "groupVersion": "v1",
    "resources": [one | {"verbs": VERBS} for one in RESOURCES],
}
# What kubectl asks for before everything else.
FIXED = {
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": []},
    "/api/v1": CORE,
}

# What an object in Protocol Buffers begins with: kubectl makes some of them so.
MAGIC = b"k8s\0"


class Cluster:
    """Objects by their paths, which a test may put there, and the changes that were asked for."""

    def __init__(self, folder):
        self.objects = {}
        self.changes = []
        cluster = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_arguments):
                """Says nothing."""

            def answer(self, status, value):
                body = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def body(self):
                text = self.rfile.read(int(self.headers["Content-Length"]))
                return packed(text[len(MAGIC) :]) if text.startswith(MAGIC) else json.loads(text)

            def missing(self, path):
                name = path.rsplit("/", 1)[1]
                status = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}
                self.answer(404, status | {"message": f"{name} not found"})

            def do_GET(self):
                path = self.path.split("?")[0]
                found = FIXED.get(path) or cluster.objects.get(path)
                self.answer(200, found) if found else self.missing(path)

            def do_POST(self):
                one = self.body()
                path = f"{self.path.split('?')[0]}/{one['metadata']['name']}"
                cluster.changes.append(f"create {path}")
                owner = path.split("/secrets/")[0]
                if owner != path and owner not in cluster.objects:
                    self.missing(owner)
                    return
                cluster.objects[path] = one
                self.answer(201, one)

            def do_PATCH(self):
                path = self.path.split("?")[0]
                cluster.changes.append(f"patch {path}")
                cluster.objects[path] = merged(cluster.objects[path], self.body())
                self.answer(200, cluster.objects[path])

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.config = pathlib.Path(folder, "kubeconfig")
        url = f"http://127.0.0.1:{self.server.server_port}"
        self.config.write_text(
            json.dumps(
                {
                    "apiVersion": "v1",
                    "kind": "Config",
                    "clusters": [{"name": "check", "cluster": {"server": url}}],
                    "contexts": [{"name": "check", "context": {"cluster": "check", "user": ""}}],
                    "current-context": "check",
                }
            )
        )

    def put(self, path, one):
        self.objects[f"/api/v1/{path}"] = {"apiVersion": "v1"} | one

    def get(self, path):
        return self.objects.get(f"/api/v1/{path}", {})

    def end(self):
        self.server.shutdown()
        self.server.server_close()


def fields(text):
    """The fields of a message with lengths (there are no others here), by their numbers."""
    found = {}
    while text:
        number, text = varint(text)
        if number % 8 == 0:
            _, text = varint(text)
        elif number % 8 == 2:
            length, text = varint(text)
            found.setdefault(number // 8, []).append(text[:length])
            text = text[length:]
        else:
            raise ValueError(f"a field of the type {number % 8}")
    return found


def varint(text):
    value = shift = 0
    for place, byte in enumerate(text):
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, text[place + 1 :]
    raise ValueError("a number without an end")


def packed(text):
    """A Namespace or a Secret out of its Protocol Buffers."""
    unknown = fields(text)
    kind = fields(unknown[1][0])[2][0].decode()
    inside = fields(unknown[2][0])
    one = {"apiVersion": "v1", "kind": kind, "metadata": {"name": fields(inside[1][0])[1][0].decode()}}
    if kind == "Secret":
        pairs = [fields(pair) for pair in inside.get(2, [])]
        one["data"] = {pair[1][0].decode(): base64.b64encode(pair.get(2, [b""])[0]).decode() for pair in pairs}
        one["type"] = inside[3][0].decode()
    return one


def merged(value, patch):
    """A JSON merge patch."""
    if not isinstance(patch, dict):
        return patch
    made = dict(value) if isinstance(value, dict) else {}
    for key, below in patch.items():
        if below is None:
            made.pop(key, None)
        else:
            made[key] = merged(made.get(key), below)
    return made


@contextlib.contextmanager
def cluster(folder):
    """A cluster while a block runs."""
    made = Cluster(folder)
    try:
        yield made
    finally:
        made.end()
