"""Every alert fires for what it is for and stays silent otherwise, reads metrics that there are, and names its cure."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry

from api.kit.meters import Meters
from tests.architecture.house import ROOT
from workers.metrics import Counters
from workers.upkeep import Tally

FOLDER = ROOT / "deploy" / "monitoring"
RULES: list[dict[str, Any]] = yaml.safe_load((FOLDER / "alerts.yaml").read_text())["groups"][0]["rules"]
DASHBOARD: dict[str, Any] = json.loads((FOLDER / "ombud.dashboard.json").read_text())
HOW_TO = (ROOT / "docs" / "how-to" / "alerts.md").read_text()

Series = dict[str, str]
# What makes it fire, and what does not; looked at after an hour, a value a minute.
WORKER = "ombud_sweep_last_timestamp_seconds"
CASES: dict[str, tuple[Series, Series]] = {
    "OmbudNoWorker": ({}, {WORKER: "0+60x60"}),
    "OmbudBehind": ({"ombud_oldest_waiting_seconds": "301x60"}, {"ombud_oldest_waiting_seconds": "299x60"}),
    "OmbudCasesStuck": ({'ombud_stuck_cases{instance="a"}': "1x60"}, {'ombud_stuck_cases{instance="a"}': "0x60"}),
    "OmbudWorkflowTasksFail": ({"ombud_failing_cases": "1x60"}, {"ombud_failing_cases": "0x60"}),
    "OmbudSearchAttributesMissing": ({"ombud_search_attributes_missing": "5x60"}, {"ombud_search_attributes_missing": "0x60"}),
    "OmbudNoCurrentVersion": ({"ombud_deployment_has_current": "0x60"}, {"ombud_deployment_has_current": "1x60"}),
    "OmbudTemporalRefuses": (
        {'ombud_relay_pokes_total{result="refused"}': "0x50 1x10"},
        {'ombud_relay_pokes_total{result="refused"}': "0x60", 'ombud_relay_pokes_total{result="poked"}': "0+1x60"},
    ),
    "OmbudTemporalAway": (
        {'ombud_relay_pokes_total{result="not_reached"}': "0+5x60"},
        {'ombud_relay_pokes_total{result="not_reached"}': "7x60"},
    ),
    "OmbudSweepSilent": ({WORKER: "0x60"}, {WORKER: "0+60x60"}),
    "OmbudManyTakenUp": ({'ombud_sweep_total{what="started"}': "0+1x60"}, {'ombud_sweep_total{what="delivered"}': "0+9x60"}),
    "OmbudMailFails": (
        {
            'ombud_notices_total{channel="email",result="TimeoutError"}': "0+3x60",
            'ombud_notices_total{channel="email",result="sent"}': "0+1x60",
        },
        {
            'ombud_notices_total{channel="email",result="TimeoutError"}': "0+1x60",
            'ombud_notices_total{channel="email",result="sent"}': "0+3x60",
        },
    ),
    "OmbudApiFails": (
        {'ombud_api_requests_total{status="503"}': "0+60x60"},
        {'ombud_api_requests_total{status="422"}': "0+60x60"},
    ),
    "OmbudUpkeepLate": (
        {'ombud_upkeep_last_success_timestamp_seconds{job="heads"}': "-180000x60"},
        {'ombud_upkeep_last_success_timestamp_seconds{job="heads"}': "0x60"},
    ),
}


def _known() -> set[str]:
    registries: list[CollectorRegistry] = [Counters().registry, Tally().registry, Meters()._registry]
    return {metric.name + end for one in registries for metric in one.collect() for end in ("", "_total", "_bucket")}


def _metrics(expr: str) -> set[str]:
    return set(re.findall(r"\bombud_\w+", expr))


def _promtool() -> str:
    found = os.environ.get("OMBUD_PROMTOOL") or shutil.which("promtool")
    if found is None:
        pytest.skip("promtool is not on this machine: it comes with Prometheus (Debian's package, or its releases)")
    return found


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_names_its_cure_and_where_to_read_on(rule: dict[str, Any]) -> None:
    told = rule["annotations"]
    assert set(told) == {"summary", "cure", "runbook"}
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert told["runbook"] == f"docs/how-to/alerts.md#{rule['alert'].lower()}"
    assert f"\n## {rule['alert']}\n" in HOW_TO
    assert _metrics(rule["expr"]) <= _known()


def test_each_alert_has_a_case_and_a_page_and_nothing_else_has() -> None:
    names = [rule["alert"] for rule in RULES]
    assert sorted(names) == sorted(CASES) == sorted(re.findall(r"^## (\w+)$", HOW_TO, re.MULTILINE))


def test_the_dashboard_shows_metrics_that_there_are() -> None:
    shown = {name for panel in DASHBOARD["panels"] for target in panel["targets"] for name in _metrics(target["expr"])}
    assert shown <= _known()
    assert {name for rule in RULES for name in _metrics(rule["expr"])} - shown <= {WORKER}
    places = [tuple(panel["gridPos"][side] for side in "xy") for panel in DASHBOARD["panels"]]
    assert len(set(places)) == len(places)


def test_prometheus_understands_all_of_it(tmp_path: Path) -> None:
    tool = _promtool()
    _run(tool, "check", "rules", str(FOLDER / "alerts.yaml"))
    shown = [target["expr"].replace("$__rate_interval", "5m") for panel in DASHBOARD["panels"] for target in panel["targets"]]
    rules = [{"record": f"shown:{n}", "expr": expr} for n, expr in enumerate(shown)]
    file = tmp_path / "shown.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "shown", "rules": rules}]}))
    _run(tool, "check", "rules", str(file))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_fires_for_what_it_is_for_and_for_nothing_else(rule: dict[str, Any], tmp_path: Path) -> None:
    tool, name = _promtool(), rule["alert"]
    fires, silent = CASES[name]
    labels = {**rule["labels"], **({"job": "heads"} if name == "OmbudUpkeepLate" else {})}
    told = [{"exp_labels": labels, "exp_annotations": rule["annotations"]}]
    tests = [
        {
            "interval": "1m",
            "input_series": [{"series": series, "values": values} for series, values in given.items()],
            "alert_rule_test": [{"eval_time": "1h", "alertname": name, "exp_alerts": expected}],
        }
        for given, expected in ((fires, told), (silent, []))
    ]
    file = tmp_path / "test.yaml"
    file.write_text(yaml.safe_dump({"rule_files": [str(FOLDER / "alerts.yaml")], "evaluation_interval": "1m", "tests": tests}))
    _run(tool, "test", "rules", str(file))
