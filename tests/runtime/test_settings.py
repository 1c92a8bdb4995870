"""The class, `.env.example` and the reference page say the same, and a wrong value is refused when the process starts."""

import base64
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from runtime.settings import Settings, env_example, reference_page
from tests.support.places import ROOT

REFRESH = "run `python -m runtime.settings --write`"


class TestDocuments:
    def test_the_example_file_is_what_the_class_says(self) -> None:
        assert (ROOT / ".env.example").read_text(encoding="utf-8") == env_example(), REFRESH

    def test_the_reference_page_is_what_the_class_says(self) -> None:
        assert (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8") == reference_page(), REFRESH

    def test_every_setting_has_a_meaning(self) -> None:
        assert [name for name, field in Settings.model_fields.items() if not field.description] == []

    def test_every_default_of_the_example_is_accepted_and_changes_nothing(self, tmp_path: Path) -> None:
        example = tmp_path / ".env"
        example.write_text(re.sub(r"^# (OMBUD_)", r"\1", env_example(), flags=re.MULTILINE), encoding="utf-8")
        assert Settings(_env_file=example) == Settings(_env_file=None)


class TestReading:
    def test_plain_names_of_temporals_tools_are_read_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TEMPORAL_ADDRESS", "temporal.example:7233")
        assert Settings(_env_file=None).temporal_address == "temporal.example:7233"

    def test_our_own_name_goes_before_the_plain_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TEMPORAL_ADDRESS", "plain.example:7233")
        monkeypatch.setenv("OMBUD_TEMPORAL_ADDRESS", "ours.example:7233")
        assert Settings(_env_file=None).temporal_address == "ours.example:7233"

    def test_an_empty_value_means_the_default(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OMBUD_DATABASE_URL", "")
        assert Settings(_env_file=None).database_url is None

    def test_a_pause_is_given_in_seconds(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OMBUD_RELAY_EVERY_FOR", "0.5")
        assert Settings(_env_file=None).relay_every_for == timedelta(milliseconds=500)


class TestPaths:
    PATHS = tuple(name for name, field in Settings.model_fields.items() if "Path" in str(field.annotation))

    @pytest.fixture
    def elsewhere(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """The folder in which the command is started."""
        monkeypatch.chdir(tmp_path)
        return tmp_path

    def test_a_relative_one_means_the_folder_where_the_command_was_started(
        self, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert {"state_dir", "policies_dir", "paypal_certificate_path", "temporal_tls_key_path"} <= set(self.PATHS)
        for number, name in enumerate(self.PATHS):
            monkeypatch.setenv(f"OMBUD_{name.upper()}", f"there/{number}")
        settings = Settings(_env_file=None)
        monkeypatch.chdir("/")
        assert [getattr(settings, name) for name in self.PATHS] == [
            elsewhere / "there" / str(number) for number in range(len(self.PATHS))
        ]

    def test_so_does_one_in_the_env_file_of_that_folder_and_the_default(self, elsewhere: Path) -> None:
        (elsewhere / ".env").write_text("OMBUD_POLICIES_DIR=ours\n", encoding="utf-8")
        settings = Settings()
        assert (settings.policies_dir, settings.state_dir) == (elsewhere / "ours", elsewhere / ".ombud")

    def test_an_absolute_one_and_a_link_stay_as_they_are(self, elsewhere: Path) -> None:
        (elsewhere / "link").symlink_to(elsewhere)
        settings = Settings(_env_file=None, state_dir=Path("/var/ombud"), paypal_certificate_path=Path("link/c.pem"))
        assert (settings.state_dir, settings.paypal_certificate_path) == (Path("/var/ombud"), elsewhere / "link" / "c.pem")

    def test_a_process_that_works_elsewhere_reads_the_same_settings(
        self, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        given: dict[str, Any] = {
            "policies_dir": Path("ours"),
            "temporal_cli_path": Path("bin/temporal"),
            "smtp_password": "hunter2",
            "development": True,
            "metrics": False,
            "smtp_host": None,
            "worker_health_port": 0,
            "relay_every_for": timedelta(milliseconds=250),
            "lease_for": timedelta(days=3),
        }
        settings = Settings(_env_file=None, **given)
        monkeypatch.chdir("/")
        for name, value in settings.environment().items():
            monkeypatch.setenv(name, value)
        read = Settings(_env_file=None)
        assert [getattr(read, name) for name in given] == [getattr(settings, name) for name in given]


class TestMasterKey:
    def test_32_bytes_are_taken(self) -> None:
        key = base64.b64encode(bytes(32)).decode()
        settings = Settings(_env_file=None, master_key=key)
        assert settings.master_key is not None
        assert settings.master_key.get_secret_value() == key

    @pytest.mark.parametrize("key", ["short", base64.b64encode(bytes(31)).decode(), "not base64 at all!"])
    def test_anything_else_is_refused_without_repeating_it(self, key: str) -> None:
        with pytest.raises(ValidationError) as refused:
            Settings(_env_file=None, master_key=key)
        assert "32 bytes" in str(refused.value)
        assert key not in str(refused.value)

    def test_secrets_do_not_show(self) -> None:
        assert "hunter2" not in repr(Settings(_env_file=None, smtp_password="hunter2"))


class TestMailHosts:
    def test_names_and_networks_are_told_apart(self) -> None:
        hosts, networks = Settings(mail_hosts="mx1.in.example 198.51.100.0/24 fd00::/8").own_mail_servers
        assert (hosts, [str(one) for one in networks]) == (("mx1.in.example",), ["198.51.100.0/24", "fd00::/8"])

    @pytest.mark.parametrize(
        "named", ["0.0.0.0/0", "::/0", "*", "mx1,mx2", "198.51.100.0/99", "198.51.100.999", "https://mx.example"]
    )
    def test_what_names_everybody_or_nobody_is_refused(self, named: str) -> None:
        with pytest.raises(ValidationError):
            Settings(mail_hosts=named)
