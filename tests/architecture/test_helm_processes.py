"""The Helm chart says what the code says: settings, secrets, commands, ports, health, and who reaches whom.

Read from what helm renders, for the same values as in test_helm.py; the processes themselves are asked where that can be done.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, cast

import httpx2
import pytest
import yaml

from api.kit.problems import PROBLEMS
from api.routes.health import router
from cli.kit.health import ApiHealth
from cli.kit.pages import Amounts
from console.app import OF_THE_API, create_console
from console.kit.visit import House
from runtime.settings import PREFIX, Settings
from services.parts import Parts
from storage.postgres.pool import ADMINISTRATORS
from tests.architecture.commands import is_a_command
from tests.architecture.house import ROOT
from tests.support.charts import (
    CHART,
    EVERY_PROCESS,
    KUBERNETES,
    NOT_OF_A_CLUSTER,
    VALUES,
    Manifest,
    chosen,
    component,
    container,
    doors,
    given,
    mounts,
    named,
    of_kind,
    pods,
    rendered,
    variables,
    ways,
)
from workers.health import HealthApp
from workers.upkeep import CONNECTIONS

pytestmark = pytest.mark.helm

SETTABLE = set(yaml.safe_load((CHART / "values.schema.json").read_text(encoding="utf-8"))["properties"]["settings"]["properties"])


class TestSettings:
    """The environment of each process is one that its settings read."""

    def settings_of(self, values: str, process: str, monkeypatch: pytest.MonkeyPatch, folder: Path) -> Settings:
        for variable in [*os.environ]:
            if variable.startswith((PREFIX, "TEMPORAL_")):
                monkeypatch.delenv(variable)
        for variable, value in variables(values, process).items():
            monkeypatch.setenv(variable, value)
        monkeypatch.chdir(folder)  # away from a developer's .env
        return Settings()

    def test_every_setting_is_settable_given_said_by_the_chart_or_not_of_a_cluster(self) -> None:
        every = [one for values, process in EVERY_PROCESS for one in variables(values, process) if one.startswith(PREFIX)]
        secret = {name for values, process in EVERY_PROCESS for name in given(values, process)} - {"TEMPORAL_API_KEY"}
        said = set(every) - secret - SETTABLE
        parts = (SETTABLE, secret, said, NOT_OF_A_CLUSTER)
        known = {PREFIX + name.upper() for name in Settings.model_fields}
        assert set().union(*parts) == known
        assert sum(map(len, parts)) == len(known), "a setting stands in two places"

    @pytest.mark.parametrize(("values", "process"), EVERY_PROCESS)
    def test_the_settings_are_valid_and_hang_together(
        self, values: str, process: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        settings = self.settings_of(values, process, monkeypatch, tmp_path)
        assert settings.temporal_address == str(variables(values, process)["OMBUD_TEMPORAL_ADDRESS"])
        assert settings.database_url is not None
        assert settings.master_key is not None
        assert not settings.development
        assert (settings.database_owner_url is not None) == (process == "migrate"), "only the migration may own the tables"
        administers = process in ("api", "console", "upkeep")
        assert (settings.database_admin_url is not None) == administers, "a worker administers nothing"
        assert (settings.heads_key_file is not None) == (process == "sign-heads"), "nobody else signs"
        assert (settings.console == "off") == (values == "everything")
        assert (settings.evidence_url is None) == (values == "everything" or process == "migrate")

    @pytest.mark.parametrize(("values", "process"), EVERY_PROCESS)
    def test_who_has_which_secret(self, values: str, process: str) -> None:
        had = given(values, process)
        of = {"OMBUD_DATABASE_ADMIN_URL": "ombud-admin", "OMBUD_DATABASE_OWNER_URL": "ombud-owner"}
        assert had == {name: of.get(name, "ombud-app") for name in had}
        assert ("OMBUD_SMTP_PASSWORD" in had) == ("OMBUD_STRIPE_API_KEY" in had) == (process == "worker")
        assert ("OMBUD_PAYPAL_CLIENT_SECRET" in had) == (process == "api")
        pages = "console" if values == "everything" else "api"
        assert ("OMBUD_OIDC_CLIENT_SECRET" in had) == (process == pages)
        mounted = {one["secret"]["secretName"] for one in pods(values)[process]["spec"]["volumes"] if "secret" in one}
        assert ("ombud-heads" in mounted) == (process == "sign-heads")

    def test_the_key_and_the_file_of_heads_lie_where_the_settings_say(self) -> None:
        told, where = variables("minimal", "sign-heads"), mounts("minimal", "sign-heads")
        assert told["OMBUD_HEADS_KEY_FILE"] == where["heads-key"] + "/heads-key"
        assert str(Path(told["OMBUD_HEADS_FILE"]).parent) == where["heads"]

    def test_certificates_of_temporal_lie_where_the_settings_say(self) -> None:
        for process in ("api", "console", "worker", "upkeep", "sign-heads"):
            told, where = variables("everything", process), mounts("everything", process)["temporal-certificates"]
            paths = {told[f"OMBUD_TEMPORAL_TLS_{name}_PATH"] for name in ("CA", "CERT", "KEY")}
            assert paths == {f"{where}/{name}" for name in ("ca.crt", "tls.crt", "tls.key")}

    def test_files_on_a_volume_lie_where_every_process_looks(self) -> None:
        for process in ("api", "console", "worker", "sign-heads"):
            folder = variables("everything", process)["OMBUD_STATE_DIR"]
            assert mounts("everything", process)["evidence"] == f"{folder}/evidence"


async def asked(app: Any, path: str) -> int:
    """The status with which an application answers."""
    statuses = list[int]()

    async def send(message: dict[str, Any]) -> None:
        statuses.extend([message["status"]] if message["type"] == "http.response.start" else [])

    await app({"type": "http", "path": path, "method": "GET"}, None, send)
    return statuses[0]


async def as_the_api(scope: dict[str, Any], receive: object, send: Any) -> None:
    """Answers what the API has a route for."""
    known = {getattr(route, "path", "") for route in router.routes}
    await send({"type": "http.response.start", "status": 200 if scope["path"] in known else 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


class TestProcesses:
    """What runs in the pods, and how it is watched and kept."""

    @pytest.mark.parametrize(("values", "process"), EVERY_PROCESS)
    def test_every_container_runs_a_command_that_exists(self, values: str, process: str) -> None:
        assert is_a_command(container(pods(values)[process])["args"])

    def test_the_setup_of_temporal_is_the_script_that_compose_runs(self) -> None:
        script = (ROOT / "deploy" / "temporal" / "namespace.sh").read_text(encoding="utf-8")
        assert named("minimal", "ConfigMap", "ombud-temporal-setup")["data"] == {"namespace.sh": script}
        box = container(pods("minimal")["temporal-setup"])
        assert box["command"] == ["/bin/sh", "/setup/namespace.sh"]
        asked_for = set(re.findall(r"\$\{?([A-Z]{2,}[A-Z_]+)", script)) - set(re.findall(r"^([A-Z_]+)=", script, re.MULTILINE))
        assert asked_for <= {one["name"] for one in box["env"]}

    @pytest.mark.parametrize(("values", "process"), [one for one in EVERY_PROCESS if one[1] != "migrate"])
    async def test_every_probe_asks_what_is_answered_there(self, values: str, process: str) -> None:
        box, told = container(pods(values)[process]), variables(values, process)
        ports = {one["name"]: one["containerPort"] for one in box["ports"]}
        probes = {name: box[f"{name}Probe"]["httpGet"] for name in ("startup", "liveness", "readiness")}
        assert probes["startup"] == probes["liveness"]
        if process == "console":
            assert {tuple(probe.values()) for probe in probes.values()} == {("/favicon.ico", "http")}
            assert ports == {"http": int(told["OMBUD_CONSOLE_PORT"])}
            return
        port = "OMBUD_API_HEALTH_PORT" if process == "api" else "OMBUD_WORKER_HEALTH_PORT"
        assert ports["health"] == int(told[port])
        assert ports.get("http") == (int(told["OMBUD_API_PORT"]) if process == "api" else None)
        assert told["OMBUD_HEALTH_HOST"] == "0.0.0.0"
        app = ApiHealth(as_the_api, None) if process == "api" else HealthApp({}, None)
        assert probes["liveness"]["path"] != probes["readiness"]["path"], "a service that is away ends no process"
        for probe in probes.values():
            assert probe["port"] == "health"
            assert await asked(app, probe["path"]) == 200
        assert await asked(app, "/elsewhere") == 404

    async def test_the_icon_that_a_console_is_probed_by_needs_nobody_else(self) -> None:
        nobody = cast(Parts, None)
        transport = httpx2.ASGITransport(create_console(House(nobody, "https://disputes.example.com", PROBLEMS, Amounts())))
        async with httpx2.AsyncClient(transport=transport, base_url="http://pod:8090", follow_redirects=True) as kubelet:
            assert (await kubelet.get("/favicon.ico")).status_code == 200

    @pytest.mark.parametrize("values", VALUES)
    def test_no_pod_may_do_more_than_it_needs(self, values: str) -> None:
        for process, pod in pods(values).items():
            spec, box = pod["spec"], container(pod)
            assert spec["securityContext"]["runAsNonRoot"] is True
            assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
            assert box["securityContext"] == {
                "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
            }  # fmt: skip
            assert spec["automountServiceAccountToken"] is False
            # A Service called ombud-api would make OMBUD_API_PORT=tcp://….
            assert spec["enableServiceLinks"] is False
            assert set(box["resources"]["requests"]) == {"cpu", "memory", "ephemeral-storage"}, process
            assert set(box["resources"]["limits"]) == {"memory", "ephemeral-storage"}, process
            assert {one["mountPath"] for one in box["volumeMounts"]} >= {"/tmp"}

    @pytest.mark.parametrize("values", VALUES)
    def test_what_is_mounted_is_there_and_what_is_there_is_mounted(self, values: str) -> None:
        claims = {one["metadata"]["name"] for one in of_kind(values, "PersistentVolumeClaim")} | {"ombud-evidence"}
        for process, pod in pods(values).items():
            volumes = pod["spec"]["volumes"]
            assert set(mounts(values, process)) == {one["name"] for one in volumes}, process
            claimed = {one["persistentVolumeClaim"]["claimName"] for one in volumes if "persistentVolumeClaim" in one}
            assert claimed <= claims

    def test_all_pools_together_fit_a_postgres_of_a_hundred_connections_while_a_release_is_rolled_out(self) -> None:
        largest, upkeep = int(variables("minimal", "api")["OMBUD_DATABASE_POOL_MAX"]), CONNECTIONS
        pool = {"api": largest + ADMINISTRATORS, "worker": largest, "upkeep": upkeep + ADMINISTRATORS, "sign-heads": upkeep}
        several = {component(one): one["spec"]["replicas"] for one in of_kind("minimal", "Deployment")}
        assert set(several) == set(pool)
        assert sum((number + 1) * pool[process] for process, number in several.items()) <= 97, "three are the superuser's"

    @pytest.mark.parametrize("values", VALUES)
    def test_every_process_has_an_account_of_its_own_that_asks_nothing_of_kubernetes(self, values: str) -> None:
        accounts = {one["metadata"]["name"]: one for one in of_kind(values, "ServiceAccount")}
        assert {pod["spec"]["serviceAccountName"] for pod in pods(values).values()} == set(accounts)
        assert len(accounts) == len(pods(values))
        assert {one["automountServiceAccountToken"] for one in accounts.values()} == {False}

    def test_what_begins_before_the_release_needs_nothing_of_it(self) -> None:
        every = rendered("everything", KUBERNETES[-1])
        before = [one for one in every if "helm.sh/hook" in one["metadata"].get("annotations", {})]
        weight = {(one["kind"], one["metadata"]["name"]): weight_of(one) for one in before}
        assert {one["metadata"]["annotations"]["helm.sh/hook"] for one in before} == {"pre-install,pre-upgrade"}
        jobs = {one["metadata"]["name"]: one["spec"]["template"] for one in of_kind("everything", "Job")}
        assert set(jobs) == {"ombud-migrate", "ombud-temporal-setup"}
        for name, pod in jobs.items():
            needed = {("ServiceAccount", pod["spec"]["serviceAccountName"]), ("NetworkPolicy", name)}
            ours = {one["configMap"]["name"] for one in pod["spec"]["volumes"] if "configMap" in one} - {
                "ombud-policies",
                "postgres-ca",
            }
            needed |= {("ConfigMap", one) for one in ours}
            assert all(weight[one] < weight["Job", name] for one in needed)
            assert "envFrom" not in container(pod), "the release's ConfigMap is not there yet"
            assert pod["spec"]["restartPolicy"] == "Never"


def weight_of(hook: Manifest) -> int:
    return int(hook["metadata"]["annotations"]["helm.sh/hook-weight"])


class TestAround:
    """Who reaches whom, and what keeps running when a node goes."""

    @pytest.mark.parametrize("values", VALUES)
    def test_every_pod_is_under_one_rule_and_lets_in_who_has_something_to_ask(self, values: str) -> None:
        policies = of_kind(values, "NetworkPolicy")
        found = [chosen(one["spec"]["podSelector"]["matchLabels"], values) for one in policies]
        assert sorted(name for names in found for name in names) == sorted(pods(values))
        for policy, (name,) in zip(policies, found, strict=True):
            spec = policy["spec"]
            assert spec["policyTypes"] == ["Ingress", "Egress"]
            assert all(rule["from"] and rule["ports"] for rule in spec["ingress"]), "a rule without a list lets in everybody"
            assert all(rule["to"] and rule["ports"] for rule in spec["egress"])
            scraped = {"health"} if values == "everything" and name in ("api", "worker", "upkeep", "sign-heads") else set()
            assert doors(policy) == scraped | ({"http"} if name in ("api", "console") else set()), name
            to_the_world = {"api", "console", "worker", "sign-heads"}
            may = {
                5432: {*pods(values)} - {"temporal-setup"},
                7233: {*pods(values)} - {"migrate"},
                587: {"api", "worker"},
                443: to_the_world,
            }
            assert ways(policy) - {53, 3310} == {port for port, whose in may.items() if name in whose}, name

    def test_the_way_to_the_world_does_not_lead_inside(self) -> None:
        for policy in of_kind("minimal", "NetworkPolicy"):
            for rule in policy["spec"]["egress"]:
                if {"protocol": "TCP", "port": 443} in rule["ports"]:
                    (block,) = [peer["ipBlock"] for peer in rule["to"]]
                    assert {"169.254.0.0/16", "127.0.0.0/8"} <= set(block["except"])
                    assert len(block["except"]) == 7

    @pytest.mark.parametrize("values", VALUES)
    def test_of_what_there_are_several_one_may_go_at_a_time(self, values: str) -> None:
        several = {component(one) for one in of_kind(values, "Deployment", "WorkerDeployment") if one["spec"]["replicas"] > 1}
        budgets = of_kind(values, "PodDisruptionBudget")
        assert set[str]().union(*(chosen(one["spec"]["selector"]["matchLabels"], values) for one in budgets)) == several
        assert len(budgets) == len(several)
        assert {one["spec"]["maxUnavailable"] for one in budgets} == {1}

    @pytest.mark.parametrize("values", VALUES)
    def test_every_service_finds_a_port_that_is_there(self, values: str) -> None:
        found = dict[str, set[str]]()
        for service in of_kind(values, "Service"):
            (port,) = service["spec"]["ports"]
            behind = chosen(service["spec"]["selector"], values)
            found[service["metadata"]["name"]] = {
                name
                for name in behind
                if port["targetPort"] in {one["name"] for one in container(pods(values)[name]).get("ports", [])}
            }
        assert found.pop("ombud-metrics") == set(pods(values)) & {"api", "worker", "upkeep", "sign-heads"}
        assert found == {f"ombud-{name}": {name} for name in {"api", "console"} & set(pods(values))}

    def test_addresses_of_the_api_lead_to_the_api_and_all_others_to_the_pages(self) -> None:
        (ingress,) = of_kind("everything", "Ingress")
        (rule,) = ingress["spec"]["rules"]
        assert variables("everything", "api")["OMBUD_PUBLIC_URL"] == f"https://{rule['host']}"
        led = {path["path"]: path["backend"]["service"]["name"] for path in rule["http"]["paths"]}
        # With a health port of its own the API answers no metrics at its address.
        assert led == {"/": "ombud-console"} | {path: "ombud-api" for path in OF_THE_API if path != "/metrics"}

    def test_prometheus_and_grafana_get_what_is_in_the_tree(self) -> None:
        rules = yaml.safe_load((ROOT / "deploy" / "alerts" / "ombud.rules.yaml").read_text(encoding="utf-8"))
        (held,) = of_kind("everything", "PrometheusRule")
        assert held["spec"] == rules
        (monitor,) = of_kind("everything", "ServiceMonitor")
        metrics = named("everything", "Service", "ombud-metrics")
        assert monitor["spec"]["selector"]["matchLabels"].items() <= metrics["metadata"]["labels"].items()
        assert [one["port"] for one in monitor["spec"]["endpoints"]] == [one["name"] for one in metrics["spec"]["ports"]]
        board = named("everything", "ConfigMap", "ombud-dashboard")
        assert board["data"]["ombud.json"] == (ROOT / "deploy" / "grafana" / "ombud.json").read_text(encoding="utf-8")
