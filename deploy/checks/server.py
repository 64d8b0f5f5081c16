"""A server of this checkout, of all apps, to compare documents with: started on ports of the system's choice
over a folder of its own, and ended with the process.
"""

import atexit
import contextlib
import functools
import os
import re
import socket
import subprocess
import tempfile
import time
import urllib.request

from checking import BINARY


def free_port():
    with contextlib.closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def fetch(url, **headers):
    """Status and text of an answer; status 0 if nobody answers."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def wait_for(url, status=200, seconds=120, alive=lambda: True):
    """Asks until the status is answered; ends the program if it never is."""
    deadline = time.monotonic() + seconds
    seen = 0
    while time.monotonic() < deadline and alive():
        seen = fetch(url)[0]
        if seen == status:
            return
        time.sleep(0.1)
    raise SystemExit(f"{url} does not answer {status}, but {seen}")


@functools.cache
def running():
    """Ports of the site and of the operators' listener."""
    folder = tempfile.TemporaryDirectory()
    site, admin = free_port(), free_port()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("EKIBEN_")}
    environment |= {"EKIBEN_ADMIN__LISTEN": f"127.0.0.1:{admin}", "EKIBEN_LISTEN": f"127.0.0.1:{site}"}
    with open(f"{folder.name}/log", "w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [BINARY, "serve", "--app", "all"], cwd=folder.name, env=environment, stderr=log, stdout=log
        )

    def end():
        process.terminate()
        process.wait()
        folder.cleanup()

    atexit.register(end)
    wait_for(f"http://127.0.0.1:{site}/readyz", alive=lambda: process.poll() is None)
    return site, admin


@functools.cache
def metric_names():
    """Names of all time series that a server can give, those of counters and histograms by their endings."""
    site, admin = running()
    fetch(f"http://127.0.0.1:{site}/readyz")
    _, text = fetch(f"http://127.0.0.1:{admin}/metrics")
    endings = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"], "gauge": [""], "info": ["_info"]}
    names = set()
    for name, kind in re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE):
        names |= {name + ending for ending in endings[kind]}
    return names
