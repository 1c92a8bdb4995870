"""Every alert fires, names its cure and asks for metrics that there are; so does every panel of the dashboard."""

from __future__ import annotations

import json
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import temporalio.bridge
import yaml
from prometheus_client import CollectorRegistry

from api.kit.meters import Meters
from storage.views.business import Business
from tests.architecture.house import ROOT
from tests.support.deploying import promtool
from workers.business import BusinessMetrics
from workers.metrics import Counters
from workers.upkeep import Tally

ALERTS = ROOT / "deploy" / "alerts"
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((ALERTS / "ombud.rules.yaml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
TESTS: list[dict[str, Any]] = yaml.safe_load((ALERTS / "ombud.test.yaml").read_text(encoding="utf-8"))["tests"]
DASHBOARD: dict[str, Any] = json.loads((ROOT / "deploy" / "grafana" / "ombud.json").read_text(encoding="utf-8"))
PAGE = (ROOT / "docs" / "how-to" / "alerts.md").read_text(encoding="utf-8")
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
ASKED = [rule["expr"] for rule in RULES] + [target["expr"] for panel in PANELS for target in panel["targets"]]
_SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum"), "gauge": ("",)}


@cache
def ours() -> dict[str, str]:
    """Every metric of our own processes by the name in which it is asked for, and that of its family."""
    business = Business()
    business.open["fraud_report", "review"] = 1
    meters = Meters()
    meters.watch(lambda: {"waiting": 0, "reading": 0, "done": 0})
    worker: CollectorRegistry = Counters().registry
    BusinessMetrics(worker).set(business, 0.0)
    upkeep, found = Tally(), {}
    upkeep.signs(ROOT / "heads.jsonl")
    for registry in (worker, upkeep.registry, meters._registry):
        for metric in registry.collect():
            for suffix in _SUFFIXES[metric.type]:
                found[metric.name + suffix] = metric.name + (suffix if metric.type == "counter" else "")
    return found


@cache
def core() -> bytes:
    """The SDK's core, in which the names of its metrics are written."""
    (library,) = Path(temporalio.bridge.__path__[0]).glob("temporal_sdk_bridge*.so")
    return library.read_bytes()


def named(expression: str) -> set[str]:
    return set(re.findall(r"\b(?:ombud|temporal)_[a-z_]+", expression))


@pytest.mark.parametrize("expression", ASKED)
def test_every_metric_that_is_asked_for_is_told(expression: str) -> None:
    for name in named(expression):
        if name.startswith("ombud_"):
            assert name in ours()
        else:
            plain = re.sub(r"^temporal_|(_seconds)?(_total|_bucket)$", "", name)
            assert plain.encode() in core(), name


def test_the_page_lists_every_metric_of_ours_and_no_other() -> None:
    table = "\n".join(line for line in PAGE.splitlines() if line.startswith("| `"))
    assert set(re.findall(r"`(ombud_[a-z_]+)`", table)) == set(ours().values())


def test_every_alert_leads_to_its_cure_and_every_cure_has_an_alert() -> None:
    headings = re.findall(r"^### (Ombud\w+)$", PAGE, re.MULTILINE)
    assert sorted(headings) == sorted(rule["alert"] for rule in RULES)
    assert {rule["alert"]: rule["annotations"]["runbook"] for rule in RULES} == {
        name: f"docs/how-to/alerts.md#{name.lower()}" for name in headings
    }


def test_every_alert_is_of_a_known_urgency_and_waits_a_while() -> None:
    for rule in RULES:
        assert rule["labels"] in ({"severity": "page"}, {"severity": "ticket"})
        assert rule["for"]


def test_every_alert_has_a_test_in_which_it_fires_and_is_quiet_on_a_quiet_night() -> None:
    checks = [check for test in TESTS for check in test["alert_rule_test"]]
    every = {rule["alert"] for rule in RULES}
    assert {check["alertname"] for check in checks if check["exp_alerts"]} == every
    assert {check["alertname"] for check in checks if not check["exp_alerts"]} == every
    told = [alert["exp_annotations"] for check in checks for alert in check["exp_alerts"]]
    assert all(annotations["summary"] and annotations["runbook"] for annotations in told)


def test_no_alert_and_no_panel_adds_up_what_each_worker_says_of_the_whole() -> None:
    of_the_whole = r"\bsum\((ombud_(?:cases|waiting|stuck|failing|oldest)\w*)"
    assert [expression for expression in ASKED if re.search(of_the_whole, expression)] == []


def test_panels_have_their_own_places_and_ask_the_prometheus_that_was_chosen() -> None:
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    taken = set[tuple[int, int]]()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells
    assert {panel["datasource"]["uid"] for panel in PANELS} == {"${source}"}
    assert all(panel["description"] for panel in PANELS)


@pytest.mark.promtool
class TestByPromtool:
    """Prometheus's own program reads the rules, the tests and every expression of the dashboard."""

    def run(self, *command: str | Path) -> None:
        done = subprocess.run([promtool(), *command], cwd=ALERTS, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def test_the_rules_are_rules(self) -> None:
        self.run("check", "rules", "ombud.rules.yaml")

    def test_every_alert_fires(self) -> None:
        self.run("test", "rules", "ombud.test.yaml")

    def test_every_panel_asks_in_a_way_that_prometheus_understands(self, tmp_path: Path) -> None:
        asked = [target["expr"].replace("$__rate_interval", "5m") for panel in PANELS for target in panel["targets"]]
        rules = [{"record": f"panel:{number}", "expr": expression} for number, expression in enumerate(asked)]
        path = tmp_path / "panels.yaml"
        path.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}), encoding="utf-8")
        self.run("check", "rules", path)
