"""The production-like stack says what the code says: variables, ports, roles, search attributes, commands."""

import os
import re
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from runtime.settings import Settings
from storage.postgres.pool import ADMINISTRATORS
from storage.record.heads import Signer
from tests.architecture.house import ROOT
from workers.upkeep import CONNECTIONS

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "ombud:local"}
LONG_RUNNING = [name for name, service in SERVICES.items() if service.get("restart") == "unless-stopped"]
SECRETS = {"MASTER_KEY": "A" * 43 + "=", "DIGEST_KEY": "B" * 42 + "A=", "HEADS_PUBLIC_KEY": "0" * 64}


def filled(text: str) -> str:
    """The text as compose hands it on, every secret filled in."""
    demanded = re.sub(r"\$\{(\w+):\?[^}]*\}", lambda found: SECRETS.get(found[1], "secret"), text)
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", demanded)


def settings_of(name: str, monkeypatch: pytest.MonkeyPatch, folder: Path) -> Settings:
    """The settings as the process in this container reads them."""
    for variable in [*os.environ]:
        if variable.startswith(("OMBUD_", "TEMPORAL_")):
            monkeypatch.delenv(variable)
    for variable, value in OURS[name]["environment"].items():
        monkeypatch.setenv(variable, filled(value))
    monkeypatch.chdir(folder)  # away from a developer's .env
    return Settings()


def test_the_services_are_those_of_the_design() -> None:
    assert set(OURS) == {"migrate", "api", "worker", "upkeep", "sign-heads"}
    assert set(SERVICES) - set(OURS) == {
        "ombud-postgres", "temporal-postgres", "temporal-schema", "temporal", "temporal-setup", "temporal-ui", "mail",
    }  # fmt: skip


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_a_setting(name: str) -> None:
    known = {f"OMBUD_{field.upper()}" for field in Settings.model_fields}
    assert set(OURS[name]["environment"]) <= known


@pytest.mark.parametrize("name", OURS)
def test_the_settings_are_valid_and_hang_together(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = settings_of(name, monkeypatch, tmp_path)
    assert settings.temporal_address == "temporal:7233"
    assert settings.temporal_namespace == SERVICES["temporal-setup"]["environment"]["NAMESPACE"]
    assert settings.smtp_host in SERVICES
    assert settings.database_url is not None
    assert "ombud_app:" in settings.database_url.get_secret_value()
    assert "@ombud-postgres:5432/ombud?sslmode=prefer" in settings.database_url.get_secret_value()
    assert not settings.development
    assert (settings.database_owner_url is not None) == (name == "migrate"), "only the migration may own the tables"
    assert (settings.database_admin_url is not None) == (name in ("api", "upkeep")), "a worker administers nothing"
    assert (settings.heads_key_file is not None) == (name == "sign-heads"), "nobody else signs"
    assert ("secrets" in OURS[name]) == (name == "sign-heads"), "nobody else is given the key"
    if settings.database_admin_url is not None:
        assert "ombud_admin:" in settings.database_admin_url.get_secret_value()


def test_ports_are_those_of_the_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    api = settings_of("api", monkeypatch, tmp_path)
    assert f"127.0.0.1:{api.api_port}:{api.api_port}" in SERVICES["api"]["ports"]
    assert api.public_url == f"http://127.0.0.1:{api.api_port}"
    assert api.temporal_address == "temporal:7233"
    assert "127.0.0.1:7233:7233" in SERVICES["temporal"]["ports"]
    assert settings_of("worker", monkeypatch, tmp_path).worker_health_port == 8081


def test_queues_and_defaults_agree(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    worker = settings_of("worker", monkeypatch, tmp_path)
    assert worker.task_queue == Settings.model_fields["task_queue"].default


OF_A_SERVER = 97
"""What a Postgres lends by default: a hundred, of which three are the superuser's."""


def connections(process: str, most: int) -> int:
    """How many connections a process opens at most."""
    return {"api": most + ADMINISTRATORS, "console": most + ADMINISTRATORS, "worker": most,
            "upkeep": CONNECTIONS + ADMINISTRATORS, "sign-heads": CONNECTIONS}[process]  # fmt: skip


def test_all_pools_together_fit_a_postgres_of_a_hundred_connections(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    most = {name: settings_of(name, monkeypatch, tmp_path).database_pool_max for name in set(OURS) - {"migrate"}}
    assert set(most.values()) == {Settings.model_fields["database_pool_max"].default}, "compose says what the settings say"
    together = sum(connections(name, limit) for name, limit in most.items())
    several = {"api": 2, "console": 1, "worker": 3, "upkeep": 1, "sign-heads": 1}
    grown = sum(number * connections(name, most["api"]) for name, number in several.items())
    assert max(together, grown) <= OF_A_SERVER
    page = (ROOT / "docs" / "how-to" / "postgres.md").read_text(encoding="utf-8")
    assert f"Two APIs, a console, three workers, upkeep and sign-heads: **{grown}**." in page
    assert f"`docker-compose.yml` opens {together} at most" in page
    for name in several:
        assert re.search(
            rf"^\|[^|]*\b{name}\b[^|]*\|.*\| {connections(name, most['api'])} \|$", page, re.MULTILINE | re.IGNORECASE
        ), name


def test_the_chart_says_as_many_connections_as_the_settings() -> None:
    values = yaml.safe_load((ROOT / "deploy" / "helm" / "ombud" / "values.yaml").read_text(encoding="utf-8"))
    assert values["settings"]["OMBUD_DATABASE_POOL_MAX"] == str(Settings.model_fields["database_pool_max"].default)


def test_nothing_is_published_beyond_this_machine() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert published
    assert [port for port in published if not port.startswith("127.0.0.1:")] == []


def test_images_are_pinned_and_none_is_retired() -> None:
    exact = r"ombud:local|[\w/-]+:v?\d+\.\d+(\.\d+)?"
    assert [service["image"] for service in SERVICES.values() if not re.fullmatch(exact, service["image"])] == []
    assert [service["image"] for service in SERVICES.values() if "auto-setup" in service["image"]] == []


def test_every_volume_has_a_name_and_every_dependency_exists() -> None:
    mounted = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    folders = {volume for volume in mounted if volume.startswith("./")}
    assert mounted - folders == set(COMPOSE["volumes"])
    assert {secret for service in SERVICES.values() for secret in service.get("secrets", [])} == set(COMPOSE["secrets"])
    assert [folder for folder in folders if not (ROOT / folder).exists()] == []
    assert {needed for service in SERVICES.values() for needed in service.get("depends_on", {})} <= set(SERVICES)


@pytest.mark.parametrize("name", SERVICES)
def test_nobody_takes_the_whole_machine(name: str) -> None:
    assert set(SERVICES[name]["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}


def test_who_needs_nothing_of_another_does_not_reach_it() -> None:
    reach = {name: set(service["networks"]) for name, service in SERVICES.items()}
    assert {name for name, networks in reach.items() if "records" in networks} == {*OURS, "ombud-postgres"}
    assert {name for name, networks in reach.items() if "engine-records" in networks} == {
        "temporal-postgres", "temporal-schema", "temporal",
    }  # fmt: skip
    assert reach["ombud-postgres"] == {"records"}
    assert reach["temporal-postgres"] == {"engine-records"}
    inside = {name for name, network in COMPOSE["networks"].items() if network == {"internal": True}}
    assert inside == set(COMPOSE["networks"]) - {"outside", "published"}
    assert {name for name, networks in reach.items() if "outside" in networks} == {"api", "worker"}
    # A port is published only by who is in a network with a way out, and whoever depends on another reaches it.
    for name, service in SERVICES.items():
        assert not service.get("ports") or reach[name] - inside
        for needed in set(service.get("depends_on", {})) - {"migrate", "temporal-schema", "temporal-setup"}:
            assert reach[name] & reach[needed], f"{name} does not reach {needed}"


def test_a_container_asks_its_own_health_where_it_is_answered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from deploy.healthcheck import place

    for name in set(OURS) - {"migrate"}:
        settings = settings_of(name, monkeypatch, tmp_path)
        port = settings.api_health_port if name == "api" else settings.worker_health_port
        assert place(OURS[name]["environment"]) == (port, "/healthz")
    assert place({}) == (8080, "/v1/healthz")


@pytest.mark.temporal
def test_the_server_knows_every_dynamic_setting() -> None:
    from runtime.embedded.binary import BinaryFinder

    found = BinaryFinder(explicit=None).look()
    assert found is not None
    program = found.path.read_bytes()
    keys = yaml.safe_load((ROOT / "deploy" / "temporal" / "dynamic-config.yaml").read_text(encoding="utf-8"))
    assert [key for key in keys if key.encode() not in program] == []


@pytest.mark.parametrize("name", [name for name in LONG_RUNNING if name != "temporal-ui"])
def test_what_keeps_running_says_whether_it_is_well(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]


def test_the_database_roles_are_those_of_the_embedded_server() -> None:
    from runtime.embedded.postgres import ADMIN, APP, DATABASE, OWNER

    script = (ROOT / "deploy" / "postgres" / "10-roles.sh").read_text(encoding="utf-8")
    assert f"CREATE ROLE {OWNER} LOGIN NOBYPASSRLS" in script
    assert f"CREATE ROLE {APP} LOGIN NOBYPASSRLS" in script
    assert f"CREATE ROLE {ADMIN} LOGIN NOBYPASSRLS" in script
    assert f"GRANT CONNECT ON DATABASE {DATABASE} TO {APP}, {ADMIN};" in script
    assert f"CREATE DATABASE {DATABASE} OWNER {OWNER}" in script


def test_the_namespace_knows_the_search_attributes_of_a_case() -> None:
    from cli.local import attributes
    from workflows.handles import SEARCH_ATTRIBUTES

    assert attributes.SEARCH_ATTRIBUTES == SEARCH_ATTRIBUTES, "what a server on this machine is told"
    kinds = list(SEARCH_ATTRIBUTES.values())
    assert kinds.count("Keyword") <= 10, "SQL visibility has no room for more"
    assert kinds.count("Datetime") <= 3

    script = (ROOT / "deploy" / "temporal" / "namespace.sh").read_text(encoding="utf-8")
    listed = script.split("<<'ATTRIBUTES'\n")[1].split("ATTRIBUTES")[0]
    assert dict(line.split() for line in listed.splitlines()) == SEARCH_ATTRIBUTES


def test_the_secrets_that_compose_demands_are_made() -> None:
    demanded = set(re.findall(r"\$\{(\w+):\?", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    demanded |= {secret["environment"] for secret in COMPOSE["secrets"].values()}
    script = (ROOT / "deploy" / "make-secrets").read_text(encoding="utf-8")
    assert [name for name in demanded if name not in script] == []


def test_secrets_that_are_there_stay_and_what_a_newer_release_asks_for_is_added(tmp_path: Path) -> None:
    script = shutil.copy(ROOT / "deploy" / "make-secrets", tmp_path)
    (tmp_path / "compose.env").write_text("APP_PASSWORD=as it was\nMASTER_KEY=as it was\n", encoding="utf-8")
    subprocess.run([script], check=True, capture_output=True)
    lines = (tmp_path / "compose.env").read_text(encoding="utf-8").splitlines()
    made = dict(line.split("=", 1) for line in lines)
    assert len(lines) == len(made) == 9
    assert made["APP_PASSWORD"] == made["MASTER_KEY"] == "as it was"
    assert made["DIGEST_KEY"] == made["MASTER_KEY"], "digests were made with that one"
    pem = made["HEADS_KEY"].strip('"').replace(r"\n", "\n")
    assert Signer.from_pem(pem.encode()).public_key == made["HEADS_PUBLIC_KEY"]
    assert len(made["ADMIN_PASSWORD"]) == 48
    subprocess.run([script], check=True, capture_output=True)
    assert (tmp_path / "compose.env").read_text(encoding="utf-8").splitlines() == lines


def test_a_new_installation_has_a_root_of_digests_of_its_own(tmp_path: Path) -> None:
    subprocess.run([shutil.copy(ROOT / "deploy" / "make-secrets", tmp_path)], check=True, capture_output=True)
    made = dict(line.split("=", 1) for line in (tmp_path / "compose.env").read_text(encoding="utf-8").splitlines())
    assert made["DIGEST_KEY"] != made["MASTER_KEY"]
    assert {len(made[name]) for name in ("DIGEST_KEY", "MASTER_KEY")} == {44}


@pytest.mark.parametrize("path", ["make-secrets", "postgres/10-roles.sh", "temporal/schema.sh", "temporal/namespace.sh"])
def test_scripts_can_be_run(path: str) -> None:
    assert (ROOT / "deploy" / path).stat().st_mode & stat.S_IXUSR


@pytest.mark.parametrize("name", OURS)
def test_every_container_runs_a_command_that_exists(name: str) -> None:
    from tests.architecture.commands import is_a_command

    assert is_a_command(OURS[name]["command"])


def test_the_image_holds_every_room_and_no_secret() -> None:
    from tests.architecture.house import ROOMS

    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!")}
    assert kept >= set(ROOMS)
    assert kept.isdisjoint({".env", "deploy", "deploy/compose.env", ".ombud"})
