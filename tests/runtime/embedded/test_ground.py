"""Postgres runs as nobody when the rest is root; whether that user can reach a place is known before it fails there."""

from pathlib import Path

import pytest

from runtime.embedded.ground import Account, reachable_copy, reaches, settle

STRANGER = Account(uid=64_001, gid=64_001)


@pytest.fixture
def hidden(tmp_path: Path) -> Path:
    """A folder behind one that only its owner may enter."""
    (tmp_path / "closed" / "inside").mkdir(parents=True)
    (tmp_path / "closed").chmod(0o700)
    return tmp_path / "closed" / "inside"


def test_a_folder_behind_a_closed_one_is_out_of_reach(hidden: Path) -> None:
    assert not reaches(STRANGER, hidden)


def test_its_owner_reaches_it(hidden: Path) -> None:
    owner = hidden.stat()
    assert reaches(Account(owner.st_uid, owner.st_gid), hidden)
    assert reaches(None, hidden)


def test_the_root_is_in_reach_of_everybody() -> None:
    assert reaches(STRANGER, Path("/"))


def test_programs_in_reach_are_used_where_they_are(hidden: Path, tmp_path: Path) -> None:
    assert reachable_copy(hidden, tmp_path, None) == hidden


def test_programs_out_of_reach_are_copied_once(hidden: Path, tmp_path: Path) -> None:
    binaries = hidden / "wheel" / "pginstall18" / "bin"
    binaries.mkdir(parents=True)
    (hidden / "wheel.libs").mkdir()
    (hidden / "wheel.libs" / "libpq.so").touch()
    (binaries / "postgres").write_text("first")
    home = tmp_path / "home"
    home.mkdir()
    copy = reachable_copy(binaries, home, STRANGER)
    (binaries / "postgres").write_text("second")
    assert reachable_copy(binaries, home, STRANGER) == copy == home / "pginstall18.copy" / "wheel" / "pginstall18" / "bin"
    assert (copy / "postgres").read_text() == "first"
    assert (copy / "../../../wheel.libs/libpq.so").exists()
    assert [path.name for path in home.iterdir()] == ["pginstall18.copy"]


def test_the_database_lies_in_the_state_folder_when_it_can(tmp_path: Path) -> None:
    assert settle(tmp_path, None) == tmp_path / "postgres"


def test_a_place_elsewhere_is_found_again(tmp_path: Path) -> None:
    (tmp_path / "postgres.home").write_text(f"{tmp_path / 'elsewhere'}\n")
    assert settle(tmp_path, None) == tmp_path / "elsewhere"
