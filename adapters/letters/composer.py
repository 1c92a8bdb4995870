"""Words a notice: one template for each event and audience, rendered once as plain text and once as HTML."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from activities.ports.notices import OutgoingNotice, TeamLetter
from adapters.letters.letter import facts_of, seen_event
from adapters.letters.words import Words, one_line, written_out
from adapters.letters.words_de import GERMAN
from adapters.letters.words_en import ENGLISH

TEMPLATES = Path(__file__).parent / "templates"
WIDTH = 72
"""Columns of the plain text: fits a quoted answer in a terminal."""

PARTY_PATH = "/l/{token}"
"""Where a party's link leads, under the address of the pages."""

FIRST = "en"
"""Serves whoever speaks none of the others, and the team: what it is told has English words alone."""
LANGUAGES: dict[str, Words] = {FIRST: ENGLISH, "de": GERMAN}
"""Languages with words here and templates in the folder of the same name. Each has every letter that a party can get."""

TO_PARTIES = frozenset({"link_asked", "address_mended"})
"""Letters about no event of a case that go to a party, so in its language. What a stranger speaks who sent mail is not known."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A notice in words."""

    subject: str
    text: str
    html: str
    locale: str


class Composer:
    """Words notices.

    ``replies``: an answer to the e-mail reaches the case, and letters say so. ``case_path``: the team's page of a case under
    ``public_url`` (``/cases/{case_id}``); without it their letters have no link, because one that leads nowhere is worse than
    none. A party is led to its own page by the link that its notice brings.
    """

    def __init__(self, *, public_url: str | None = None, case_path: str | None = None, replies: bool = False) -> None:
        self._replies = replies
        self._own_page = f"{public_url.rstrip('/')}{PARTY_PATH}" if public_url else None
        self._page = f"{public_url.rstrip('/')}{case_path}" if public_url and case_path else None
        self._text = {locale: _environment(locale, "txt") for locale in LANGUAGES}
        self._html = {locale: _environment(locale, "html") for locale in LANGUAGES}

    def compose(self, notice: OutgoingNotice) -> Letter:
        """The letter. An event that has no template of its own gets a general one; no notice is without a letter."""
        audience = "party" if notice.audience in ("claimant", "respondent") else "staff"
        locale = self._language(notice.locale) if audience == "party" else FIRST
        facts = facts_of(notice, LANGUAGES[locale])
        page = self._page if audience == "staff" else None
        # Nobody is sent to a page that is not there for them: not who was told of a measure alone, nor who was put out.
        put_out = facts["left_by"] is not None and facts["yourself"]
        own = self._own_link(notice.link_token) if not facts["measure_alone"] and not put_out else None
        facts |= {"replies": self._replies, "link": page.format(case_id=notice.case_id) if page else None, "own_link": own}
        if facts["third_party"]:
            audience = "third"
        return self._worded(locale, _candidates(locale, audience, seen_event(notice)), facts)

    def compose_for_team(self, letter: TeamLetter) -> Letter:
        """A letter that is about no case."""
        locale = self._language(letter.locale) if letter.event in TO_PARTIES else FIRST
        facts = _of_team(letter)
        kind = str(letter.data.get("kind", ""))
        own = self._own_link(letter.code) if letter.event == "link_asked" else None
        facts |= {"own_link": own, "kind": LANGUAGES[locale].kinds.get(kind, written_out(kind))}
        return self._worded(locale, _candidates(locale, "team", letter.event), facts)

    def _own_link(self, token: str | None) -> str | None:
        return self._own_page.format(token=token) if self._own_page and token else None

    def _language(self, asked: str) -> str:
        return next((tag for tag in (asked, asked.split("-")[0]) if tag in LANGUAGES), FIRST)

    def _worded(self, locale: str, names: list[str], facts: dict[str, Any]) -> Letter:
        text = self._text[locale].select_template(names)
        html = self._html[locale].select_template(names)
        return Letter(
            subject=_subject(text, facts),
            text=_tidy(text.render(facts)),
            html=_spaceless(html.render(facts)),
            locale=locale,
        )


def _of_team(letter: TeamLetter) -> dict[str, Any]:
    """Everything a template for a letter about no case may use."""
    said = {name: value if isinstance(value, int) else one_line(str(value or "")) for name, value in letter.data.items()}
    person, by = said.get("person", ""), said.get("by", "")
    return {
        "tenant": one_line(letter.tenant_name),
        "name": one_line(letter.name),
        "own": person == letter.recipient,
        "person": one_line(letter.person_name or "") or person,
        "person_id": person,
        # The operator's command line is nobody of the team.
        "by": "Whoever runs Ombud" if by == "system" else f"{one_line(letter.by_name or '') or 'Somebody'} ({by})",
        "code": letter.code,
        **{name: said.get(name, "") for name in ("key", "what", "roles", "case")},
        **{name: said.get(name, 0) for name in ("added", "removed", "waiting")},
    }


def _candidates(locale: str, audience: str, event: str) -> list[str]:
    name, _, qualifier = event.partition(":")
    wanted = [f"{name}.{qualifier}", name, "other"] if qualifier else [name, "other"]
    return [f"{locale}/{audience}/{template}.j2" for template in wanted if re.fullmatch(r"[a-z_.]+", template)]


def _environment(locale: str, format_: str) -> ImmutableSandboxedEnvironment:
    """Templates of one language for one format; the pieces they are made of (paragraph, quotation, due date) are its globals."""
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=format_ == "html",
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {"fold": _fold, "indented": _indented, "paragraphs": _paragraphs}
    environment.globals["layout"] = f"layout.{format_}.j2"
    environment.globals["team_layout"] = f"team.{format_}.j2"
    environment.globals["language"] = locale
    for pieces in (f"pieces.{format_}.j2", f"{locale}/pieces.j2"):
        environment.globals |= _macros(environment.get_template(pieces))
    return environment


def _macros(template: Template) -> dict[str, Any]:
    return {name: macro for name, macro in vars(template.module).items() if not name.startswith("_")}


def _subject(template: Template, facts: dict[str, Any]) -> str:
    block = template.blocks["subject"]
    return " ".join("".join(block(template.new_context(facts))).split())


def _fold(value: object) -> str:
    return textwrap.fill(" ".join(str(value).split()), WIDTH, break_long_words=False, break_on_hyphens=False)


def _indented(value: str) -> str:
    """A quotation: every line of it, folded, behind a bar, so that nobody's words pass for ours."""
    folded = (
        textwrap.wrap(line, WIDTH - 6, break_long_words=False, break_on_hyphens=False) or [""] for line in value.split("\n")
    )
    return "\n".join(f"    | {line}".rstrip() for lines in folded for line in lines)


def _paragraphs(value: str) -> Markup:
    """A quotation as HTML paragraphs, its line breaks kept."""
    blocks: Iterable[str] = (b for b in re.split(r"\n\s*\n", value) if b.strip())
    return Markup("").join(
        Markup('<p style="margin:0 0 8px">{}</p>').format(Markup("<br>").join(map(escape, b.split("\n")))) for b in blocks
    )


def _tidy(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _spaceless(html: str) -> str:
    return re.sub(r"\n\s*\n+", "\n", html).strip() + "\n"
