"""What is vendored is what the list says, and no page needs anything from elsewhere."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from console.kit.assets import FOLDER, Assets
from console.vendor import FILES, HERE, LIST

TEMPLATES = sorted((FOLDER.parent / "templates").rglob("*.html"))


def test_every_vendored_file_is_listed_with_its_package_version_licence_and_hash() -> None:
    listed = {row["file"]: row for row in json.loads(LIST.read_text())}
    assert set(listed) == {path.name for path in HERE.iterdir()} - {LIST.name} == {one.name for one in FILES}
    for one in FILES:
        row = listed[one.name]
        assert (row["package"], row["version"], row["licence"]) == (one.package, one.version, one.licence)
        assert row["sha256"] == hashlib.sha256((HERE / one.name).read_bytes()).hexdigest()


def test_addresses_change_with_the_content_and_styles_refer_to_them() -> None:
    assets = Assets()
    assert re.fullmatch(r"/static/ombud\.[0-9a-f]{10}\.css", assets.url("ombud.css"))
    style = assets._found[assets.url("ombud.css")].content.decode()
    assert assets.url("inter.woff2") in style
    assert "url(/static/inter.woff2)" not in style


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_holds_nothing_that_the_policy_forbids(path: Path) -> None:
    """No inline style or script, nothing that htmx would have to evaluate, and no address of anybody else."""
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|hx-on|js:|javascript:", text)
    assert not re.search(r'hx-trigger="[^"]*\[', text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"https?://", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_form_that_changes_something_brings_its_token(path: Path) -> None:
    forms = re.findall(r"<form\b[^>]*method=\"post\".*?</form>", path.read_text(encoding="utf-8"), re.DOTALL)
    unguarded = [form for form in forms if 'name="form_token"' not in form and "{{ token(form_token) }}" not in form]
    # Before somebody is signed in there is no session to make a token for: a colleague, or somebody who comes by a link, asks for
    # a lost one, or reports something.
    assert unguarded == [] or path.name in {"sign_in.html", "open.html", "lost.html", "report.html", "reported.html"}


def test_every_icon_that_a_template_or_a_page_names_is_in_the_sprite() -> None:
    there = set(re.findall(r'<symbol id="([a-z0-9-]+)"', (HERE / "icons.svg").read_text()))
    named = {name for path in TEMPLATES for name in re.findall(r'icon\("([a-z0-9-]+)"\)', path.read_text(encoding="utf-8"))}
    assert named - there == set()
