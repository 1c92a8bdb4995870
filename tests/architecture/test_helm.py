"""The Helm chart is what Kubernetes takes, and refuses what it does not know: its values, and what helm makes of them.

No cluster is here: what is rendered is read, and nothing of it is run. What the manifests say is read in test_helm_processes.py.
"""

from __future__ import annotations

import re
import subprocess
import tarfile
import tomllib
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

# What kubernetes-validate itself reads with; neither says its types.
import jsonschema  # type: ignore[import-untyped] # it ships no types
import kubernetes_validate  # type: ignore[import-untyped] # nor does it
import pytest
import yaml

from runtime.settings import PREFIX, Settings
from tests.architecture.commands import is_a_command
from tests.architecture.house import ROOT
from tests.support.charts import (
    CHART,
    HELM_VERSION,
    KUBERNETES,
    NOT_OF_A_CLUSTER,
    VALUES,
    Manifest,
    component,
    helm,
    mounts,
    of_kind,
    operator_kinds,
    rendered,
    run_helm,
    variables,
)

SETTABLE = set(yaml.safe_load((CHART / "values.schema.json").read_text(encoding="utf-8"))["properties"]["settings"]["properties"])
DEFAULTS: Manifest = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
README = (CHART / "README.md").read_text(encoding="utf-8")
VERSIONED = "worker.controller.enabled=true"
CONTROLLER_TAKES = {
    "Connection": {"hostPort", "tls", "mutualTLSSecretRef", "apiKeySecretRef"},
    "WorkerDeployment": {
        "replicas", "template", "minReadySeconds", "progressDeadlineSeconds", "rollout", "sunset", "workerOptions",
    },
}  # fmt: skip
"""What the Temporal Worker Controller (1.7 and newer, `temporal.io/v1alpha1`) takes, from its own documentation."""


def leaves(values: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """`api.replicas` and so on; what is handed on to Kubernetes as it is counts as one."""
    handed_on = {
        "resources",
        "podAnnotations",
        "annotations",
        "labels",
        "settings",
        "podSecurityContext",
        "affinity",
        "nodeSelector",
    }
    for name, value in values.items():
        if isinstance(value, dict) and name not in handed_on:
            yield from leaves(value, f"{path}{name}.")
        else:
            yield path + name


class TestWithoutHelm:
    """What can be read of the chart as it stands."""

    def test_every_value_has_its_line_in_the_readme(self) -> None:
        told = set(re.findall(r"`([\w.]+)`", README))
        own = {f"{process}.{name}" for process in ("api", "console", "worker", "upkeep", "signHeads", "migrate") for name in told}
        assert [leaf for leaf in leaves(DEFAULTS) if leaf not in told | own] == []

    def test_every_setting_has_its_place_in_the_chart(self) -> None:
        """Who adds a setting names it in values.schema.json."""
        written = "".join(path.read_text(encoding="utf-8") for path in sorted((CHART / "templates").iterdir()))
        said = set(re.findall(r"OMBUD_[A-Z_]+", written))
        known = {PREFIX + name.upper() for name in Settings.model_fields}
        assert known - SETTABLE - NOT_OF_A_CLUSTER <= said
        assert known >= SETTABLE | NOT_OF_A_CLUSTER

    def test_the_chart_is_released_with_what_it_runs(self) -> None:
        chart = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))
        version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
        assert chart["version"] == chart["appVersion"] == version
        assert chart["kubeVersion"] == f">={KUBERNETES[0]}.0-0"

    def test_the_image_is_run_as_its_own_user_in_its_own_folder(self) -> None:
        dockerfile = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
        assert f"--uid {DEFAULTS['podSecurityContext']['runAsUser']} --create-home --home-dir /var/lib/ombud" in dockerfile
        assert 'ENTRYPOINT ["ombud"]' in dockerfile, "a container's args are commands of `ombud`"

    def test_temporal_is_set_up_as_by_compose(self) -> None:
        compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]["temporal-setup"]
        assert DEFAULTS["temporal"]["setup"]["image"] == compose["image"]
        assert DEFAULTS["temporal"]["setup"]["retention"] == compose["environment"]["RETENTION"]

    def test_no_value_of_the_chart_is_a_secret(self) -> None:
        assert set(DEFAULTS["secrets"].values()) == {""}
        assert set(DEFAULTS["settings"]) <= SETTABLE
        secret = {PREFIX + name.upper() for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}
        assert SETTABLE.isdisjoint(secret)

    def test_what_the_notes_tell_to_type_exists(self) -> None:
        notes = (CHART / "templates" / "NOTES.txt").read_text(encoding="utf-8")
        typed = re.findall(r"-- ombud (.+)$", notes, re.MULTILINE)
        assert len(typed) == 2
        assert [command for command in typed if not is_a_command(command.split())] == []

    def test_helm_is_that_of_the_makefile(self) -> None:
        assert f"HELM_VERSION := {HELM_VERSION}\n" in (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.mark.helm
class TestByHelm:
    """Helm's own program lints and renders; the published shapes of Kubernetes and of the Prometheus Operator read the result."""

    @pytest.mark.parametrize("values", VALUES)
    def test_helm_finds_nothing_to_object_to(self, values: str) -> None:
        done = run_helm("lint", "--strict", "--quiet", "--values", CHART / "ci" / f"{values}.yaml")
        assert done.returncode == 0, done.stdout + done.stderr

    @pytest.mark.parametrize(("values", "version"), list(product(VALUES, KUBERNETES)))
    def test_every_manifest_is_one_that_kubernetes_takes(self, values: str, version: str) -> None:
        unknown = set[str]()
        for manifest in rendered(values, version):
            try:
                kubernetes_validate.validate(manifest, version, strict=True)
            except kubernetes_validate.SchemaNotFoundError:
                unknown.add(manifest["kind"])
        others = {"everything": {"ServiceMonitor", "PrometheusRule"}, "controller": {"Connection", "WorkerDeployment"}}
        assert unknown == others.get(values, set())

    def test_what_prometheus_takes_is_as_its_operator_defines_it(self) -> None:
        for kind in ("ServiceMonitor", "PrometheusRule"):
            path = operator_kinds() / f"monitoring.coreos.com_{kind.lower()}s.yaml"
            definition = yaml.safe_load(path.read_text(encoding="utf-8"))
            (version,) = definition["spec"]["versions"]
            (manifest,) = of_kind("everything", kind)
            assert manifest["apiVersion"] == f"{definition['spec']['group']}/{version['name']}"
            jsonschema.validate(manifest["spec"], closed(version["schema"]["openAPIV3Schema"]["properties"]["spec"]))

    def test_the_worker_controller_is_told_what_it_takes(self) -> None:
        (connection,) = of_kind("controller", "Connection")
        (workers,) = of_kind("controller", "WorkerDeployment")
        for manifest in (connection, workers):
            assert manifest["apiVersion"] == "temporal.io/v1alpha1"
            assert set(manifest["spec"]) <= CONTROLLER_TAKES[manifest["kind"]]
        spec = workers["spec"]
        assert spec["workerOptions"] == {
            "connectionRef": {"name": connection["metadata"]["name"]},
            "temporalNamespace": variables("controller", "worker")["OMBUD_TEMPORAL_NAMESPACE"],
        }
        assert connection["spec"]["hostPort"] == variables("controller", "worker")["OMBUD_TEMPORAL_ADDRESS"]
        assert spec["rollout"]["strategy"] == "Progressive"
        assert [set(step) for step in spec["rollout"]["steps"]] == [{"rampPercentage", "pauseDuration"}] * 2
        assert set(spec["sunset"]) == {"scaledownDelay", "deleteDelay"}
        # Its pod is that of any other Deployment, and what the controller says to it is read under the names that it uses.
        selector = {"matchLabels": spec["template"]["metadata"]["labels"]}
        deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "worker"},
            "spec": {"selector": selector, "template": spec["template"]}}  # fmt: skip
        kubernetes_validate.validate(deployment, KUBERNETES[-1], strict=True)
        said = [choice for name in ("worker_deployment_name", "worker_build_id")
            for choice in getattr(Settings.model_fields[name].validation_alias, "choices", ())]  # fmt: skip
        assert {"TEMPORAL_DEPLOYMENT_NAME", "TEMPORAL_WORKER_BUILD_ID"} <= set(said)
        assert "worker" not in {component(one) for one in of_kind("controller", "Deployment")}

    def test_what_the_worker_controller_adds_to_a_pod_is_not_there_yet(self) -> None:
        """With a certificate it mounts it itself, and a second volume of one name is refused by Kubernetes."""
        certified = "temporal.apiKey=false,temporal.tls.secret=client,temporal.tls.authority=true,temporal.tls.certificate=true"
        for values in (f"controller {certified}", "controller temporal.tls.secret=ca,temporal.tls.authority=true"):
            assert {"temporal-tls", "temporal-tls-ca"}.isdisjoint(mounts(values, "worker"))
            assert [path for path in mounts(values, "worker").values() if path.startswith("/etc/temporal")] == []
            assert [name for name in variables(values, "worker") if name.startswith("TEMPORAL_")] == []
        (connection,) = of_kind(f"controller {certified}", "Connection")
        assert connection["spec"].keys() == {"hostPort", "mutualTLSSecretRef"}
        (connection,) = of_kind("controller temporal.tls.secret=ca,temporal.tls.authority=true", "Connection")
        assert connection["spec"]["tls"] == {"caCertSecretRef": {"name": "ca"}}
        assert connection["spec"]["apiKeySecretRef"] == {"name": "ombud-app", "key": "OMBUD_TEMPORAL_API_KEY"}

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ("settings.OMBUD_LOG_LEVL=DEBUG", "'OMBUD_LOG_LEVL' not allowed"),
            ("settings.OMBUD_MASTER_KEY=AAAA", "'OMBUD_MASTER_KEY' not allowed"),
            ("settings.OMBUD_API_PORT=9", "'OMBUD_API_PORT' not allowed"),
            ("settings.OMBUD_SMTP_PORT=25", "want string"),
            ("api.replica=3", "'replica' not allowed"),
            ("temporal.address=", "temporal.address"),
            ("settings.OMBUD_PUBLIC_URL=", "settings.OMBUD_PUBLIC_URL"),
            ("secrets.app=", "secrets.app"),
            ("secrets.admin=", "secrets.admin"),
            ("secrets.owner=", "secrets.owner"),
            ("secrets.heads=", "secrets.heads"),
            ("temporal.tls.authority=true", "temporal.tls.secret"),
            ("temporal.tls.secret=tls", "temporal.tls"),
            ("monitoring.serviceMonitor.enabled=true", "networkPolicy.prometheus"),
            ("ingress.enabled=true", "ingress.host"),
            (f"{VERSIONED},worker.controller.strategy=Progressive", "worker.controller.steps"),
            (f"{VERSIONED},temporal.apiKey=true,temporal.tls.secret=tls,temporal.tls.certificate=true", "and not both"),
        ],
    )  # fmt: skip
    def test_what_is_missing_or_misspelt_is_refused_by_its_name(self, values: str, said: str) -> None:
        at = ("--kube-version", KUBERNETES[-1], "--values", CHART / "ci" / "minimal.yaml")
        done = run_helm("template", *at, "--set", values)
        assert done.returncode != 0
        assert said in done.stderr

    def test_what_is_packed_holds_what_lies_elsewhere_in_the_tree_and_no_values_of_tests(self, tmp_path: Path) -> None:
        done = subprocess.run([helm(), "package", CHART, "--destination", tmp_path], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        (archive,) = tmp_path.iterdir()
        with tarfile.open(archive) as packed:
            names = set(packed.getnames())
            for name, place in (("ombud.rules.yaml", "alerts"), ("ombud.json", "grafana"), ("namespace.sh", "temporal")):
                member = packed.extractfile(f"ombud/files/{name}")
                assert member is not None
                assert member.read() == (ROOT / "deploy" / place / name).read_bytes()
        assert {"ombud/values.schema.json", "ombud/README.md", "ombud/templates/NOTES.txt"} <= names
        assert [name for name in names if "/ci/" in name] == []

    def test_nothing_that_is_rendered_holds_a_secret(self) -> None:
        assert [one for values in VALUES for one in of_kind(values, "Secret")] == []


def closed(schema: Manifest) -> Manifest:
    """The schema of a definition, under which a field that it does not name is wrong."""
    copy: dict[str, Any] = {name: closed(value) if isinstance(value, dict) else value for name, value in schema.items()}
    if isinstance(copy.get("pattern"), str):
        copy["pattern"] = copy["pattern"].replace("(?i)", "")  # Go's way of writing it
    if isinstance(copy.get("properties"), dict) and "additionalProperties" not in copy and copy.get("type") == "object":
        copy["additionalProperties"] = copy.get("x-kubernetes-preserve-unknown-fields", False)
    return copy
