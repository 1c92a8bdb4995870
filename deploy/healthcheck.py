"""Exits with 0 when this container answers that it is well: the worker when its health port is set, else the API."""

import os
import sys
import urllib.request

PATH = "/healthz"
port = int(os.environ.get("OMBUD_WORKER_HEALTH_PORT") or os.environ.get("OMBUD_API_PORT") or 8080)

try:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{PATH}", timeout=4) as answer:
        sys.exit(0 if answer.status == 200 else 1)
except OSError as error:
    sys.exit(f"{PATH} of port {port}: {error}")
