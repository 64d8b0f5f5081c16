"""Makes an account of a running blog and prints its token: `sign_up.py URL NAME`."""

import json
import sys
import urllib.request

server, name = sys.argv[1:]
user = {"username": name, "email": f"{name}@example.com", "password": "correct horse"}
body = json.dumps({"user": user}).encode()
with urllib.request.urlopen(f"{server}/api/users", body) as response:
    print(json.load(response)["user"]["token"])
