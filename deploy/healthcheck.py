"""Exits with 0 when this container answers that it is well: worker and upkeep when their health port is set, else the API."""

import os
import sys
import urllib.request
from collections.abc import Mapping


def place(environment: Mapping[str, str]) -> tuple[int, str]:
    """Port and path that this process answers at. The API's own address has no other path than its version's."""
    health = environment.get("OMBUD_WORKER_HEALTH_PORT") or environment.get("OMBUD_API_HEALTH_PORT")
    return (int(health), "/healthz") if health else (int(environment.get("OMBUD_API_PORT") or 8080), "/v1/healthz")


def main() -> None:
    """Ask once."""
    port, path = place(os.environ)
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=4) as answer:
            sys.exit(0 if answer.status == 200 else 1)
    except OSError as error:
        sys.exit(f"{path} of port {port}: {error}")


if __name__ == "__main__":
    main()
