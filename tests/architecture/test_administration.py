"""The administrator's role is used by what administers, and by nothing else."""

import ast
from collections.abc import Iterator

from tests.architecture.house import modules, name_of, parsed

DEEDS = {
    # The services: each opens one transaction for a deed and its note in the trail.
    "services/endpoints.py", "services/erasures.py", "services/keys.py", "services/logins.py", "services/orders.py",
    "services/party_addresses.py", "services/people.py", "services/personal_data.py", "services/sessions.py",
    "services/signing_keys.py",
    "services/sources.py", "services/tenants.py", "services/trusted_flaggers.py",
    # Where the deeds are written.
    "storage/access/signing_keys.py", "storage/access/trail.py", "storage/intake/sources.py", "storage/outside/endpoints.py",
    "storage/policies/library.py", "storage/policies/publications.py", "storage/postgres/master_keys.py",
    "storage/record/archive.py", "storage/record/retention.py", "storage/tenants.py",
}  # fmt: skip
CONNECTED = {
    "cli/demo/cast.py": "makes the tenant of the demo",
    "cli/kit/compose.py": "the API and the command line; what migrates is the tables' owner",
    "cli/kit/record.py": "publishes packs, makes the keys of logins, and puts cases into the archive, at the command line",
    "cli/kit/master_keys.py": "seals again what an earlier master key sealed, at the command line",
    "workers/upkeep.py": "destroys the keys of what is past its time, and fills the archive, in a process that serves nobody",
    "cli/seed/sowing.py": "makes the company of made-up cases, and publishes its packs",
}
"""Who connects as the administrator, and why. The worker of cases is not among them."""


def calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call of a method with this name, with the file that makes it."""
    for path in modules():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name:
                yield name_of(path), node


def test_deeds_are_done_where_tenants_are_administered_and_nowhere_else() -> None:
    assert {name for name, _ in calls("deed")} == DEEDS


def test_whoever_connects_as_the_administrator_is_named() -> None:
    found = {name for name, call in calls("connect") for word in call.keywords if word.arg == "admin_dsn"}
    asks = {
        name_of(path)
        for path in modules()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and node.attr == "database_admin_url"
    }
    assert found == set(CONNECTED)
    assert asks == {*CONNECTED, "runtime/places.py", "runtime/embedded/stack.py", "cli/kit/examining.py"}
