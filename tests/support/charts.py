"""What helm makes of the chart, read: the pods of each process, their environment, and who is found by what."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from runtime.embedded.binary import default_cache

Manifest = dict[str, Any]

HELM_VERSION = "v3.22.0"
"""As the Makefile builds it."""
CHART = Path(__file__).parents[2] / "deploy" / "helm" / "ombud"
KUBERNETES = ("1.25", "1.37")
"""The oldest that the chart takes, and the newest whose shapes are known here."""
VALUES = ("minimal", "everything", "controller")
"""The values that the chart is rendered with: what an install needs, all that can be on, and workers by versions."""
PROCESSES = ("api", "console", "worker", "upkeep", "sign-heads", "migrate")
"""Those that run Ombud's image."""
EVERY_PROCESS = [
    (values, process)
    for values, process in product(VALUES, PROCESSES)
    if (process != "console" or values == "everything") and (process != "sign-heads" or values != "controller")
]
SECRETS = {
    "OMBUD_DATABASE_URL": "postgresql://ombud_app:secret@postgres:5432/ombud",
    "OMBUD_DATABASE_ADMIN_URL": "postgresql://ombud_admin:secret@postgres:5432/ombud",
    "OMBUD_DATABASE_OWNER_URL": "postgresql://ombud_owner:secret@postgres:5432/ombud",
    **dict.fromkeys(("OMBUD_MASTER_KEY", "OMBUD_MASTER_KEY_NEXT", "OMBUD_MASTER_KEYS_EARLIER"), "A" * 43 + "="),
    "OMBUD_DIGEST_KEY": "B" * 42 + "A=",
    "OMBUD_EVIDENCE_URL": "s3://evidence/ombud",
}
NOT_OF_A_CLUSTER = {
    "OMBUD_DEVELOPMENT", "OMBUD_FAIL_POINT", "OMBUD_LOCAL_PORT", "OMBUD_TEMPORAL_CLI_PATH", "OMBUD_WEBHOOK_ALLOW_PRIVATE",
    # The Worker Controller says them; a Deployment would begin a version that nobody makes current.
    "OMBUD_WORKER_DEPLOYMENT_NAME", "OMBUD_WORKER_BUILD_ID",
}  # fmt: skip
"""Settings that the chart has no place for."""
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def helm() -> Path:
    """Where `make helm` puts it."""
    return default_cache().parent / "helm" / HELM_VERSION / "helm"


def operator_kinds() -> Path:
    """Where `make helm` puts the definitions of what the Prometheus Operator takes."""
    return default_cache().parent / "helm" / "prometheus-operator"


def run_helm(verb: str, *options: str | Path) -> subprocess.CompletedProcess[str]:
    """Have helm do something with the chart."""
    name = () if verb == "lint" else ("ombud",)
    return subprocess.run([helm(), verb, *name, CHART, *options], capture_output=True, text=True, check=False)


@cache
def rendered(values: str, kubernetes: str) -> tuple[Manifest, ...]:
    """What the chart makes of these values for a version of Kubernetes. Behind their name others can be set: `minimal a.b=c`."""
    name, *others = values.split()
    sets = [option for one in others for option in ("--set", one)]
    done = run_helm("template", "--kube-version", kubernetes, "--values", CHART / "ci" / f"{name}.yaml", *sets)
    assert done.returncode == 0, done.stderr
    return tuple(filter(None, yaml.load_all(done.stdout, _LOADER)))


def of_kind(values: str, *kinds: str) -> list[Manifest]:
    """The manifests of these kinds."""
    return [manifest for manifest in rendered(values, KUBERNETES[-1]) if manifest["kind"] in kinds]


def named(values: str, kind: str, name: str) -> Manifest:
    """The one of a kind with this name."""
    (found,) = [one for one in of_kind(values, kind) if one["metadata"]["name"] == name]
    return found


def component(manifest: Manifest) -> str:
    """Which process a manifest is of."""
    return str(manifest["metadata"]["labels"]["app.kubernetes.io/component"])


def pods(values: str) -> dict[str, Manifest]:
    """The pod of each process: metadata and spec."""
    return {component(one): one["spec"]["template"] for one in of_kind(values, "Deployment", "WorkerDeployment", "Job")}


def container(pod: Manifest) -> Manifest:
    """Its one container."""
    (only,) = pod["spec"]["containers"]
    return dict(only)


def mounts(values: str, process: str) -> dict[str, str]:
    """Where the volumes of a process are."""
    return {one["name"]: one["mountPath"] for one in container(pods(values)[process])["volumeMounts"]}


def chosen(selector: Mapping[str, str], values: str) -> set[str]:
    """The processes that a selector finds."""
    return {name for name, pod in pods(values).items() if selector.items() <= pod["metadata"]["labels"].items()}


def variables(values: str, process: str) -> dict[str, str]:
    """The environment of a process, every secret filled in."""
    box = container(pods(values)[process])
    found = dict[str, str]()
    for source in box.get("envFrom", []):
        found |= named(values, "ConfigMap", source["configMapRef"]["name"])["data"]
    for one in box["env"]:
        found[one["name"]] = one["value"] if "value" in one else SECRETS.get(one["name"], "secret")
    return found


def given(values: str, process: str) -> dict[str, str]:
    """Which secrets a process has, and of which Secret."""
    asked_for = [one for one in container(pods(values)[process])["env"] if "valueFrom" in one]
    return {one["name"]: one["valueFrom"]["secretKeyRef"]["name"] for one in asked_for}


def doors(policy: Manifest) -> set[Any]:
    """The ports at which a NetworkPolicy lets somebody in."""
    return {port["port"] for rule in policy["spec"]["ingress"] for port in rule["ports"]}


def ways(policy: Manifest) -> set[Any]:
    """The ports to which a NetworkPolicy lets somebody out."""
    return {port["port"] for rule in policy["spec"]["egress"] for port in rule["ports"]}
