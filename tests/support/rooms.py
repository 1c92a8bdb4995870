"""The console in a real browser: people signed in, and whatever a browser complains about noted."""

from __future__ import annotations

import asyncio
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from activities.messages import RecordInput
from console.kit.visit import House
from tests.support.office import JudgingDoor, Office
from tests.support.serving import NODE

AXE = NODE / "node_modules" / "axe-core" / "axe.min.js"
SCALE = 1 / 3600
"""An hour of the rules lasts a second: grace is over in half of one."""
RUN = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations", "incomplete"] });
  const same = found.incomplete.filter((one) => one.id === "color-contrast").flatMap((one) => one.nodes)
    .filter((node) => node.any.some((check) => check.data?.messageKey === "equalRatio")).map((node) => node.html);
  const said = found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
  return [...said, ...same];
}"""


@dataclass
class Rooms:
    """The console in a browser."""

    office: Office
    url: str
    browser: Browser
    house: House
    complaints: list[str] = field(default_factory=list)
    """What the browser wrote into its console, and requests to anybody but us."""

    async def context(self, **more: Any) -> BrowserContext:
        """Somebody's browser, which notes whatever should not be."""
        made = await self.browser.new_context(base_url=self.url, **more)
        made.set_default_timeout(15_000)

        def said(message: ConsoleMessage) -> None:
            self.complaints.append(f"{message.type}: {message.text}")

        def asked(request: Request) -> None:
            if not request.url.startswith((f"{self.url}/", "data:", "blob:")):
                self.complaints.append(f"asked elsewhere: {request.url}")

        made.on("console", said)
        made.on("weberror", lambda error: self.complaints.append(f"error: {error.error}"))
        made.on("request", asked)
        return made

    async def signed_in(self, name: str, **more: Any) -> Page:
        """Somebody at their inbox."""
        page = await (await self.context(**more)).new_page()
        await page.goto("/sign-in")
        await page.get_by_role("button", name=re.compile(f"^{name}|{name} ")).first.click()
        await page.wait_for_url("**/inbox")
        return page

    async def hours_are_short(self, scale: float = SCALE) -> None:
        """As :data:`SCALE` says, in cases that are opened from now on."""
        tenant = await self.office.tenants.tenant(self.office.tenant_id)
        assert tenant is not None
        await self.office.tenants.create(tenant.model_copy(update={"time_scale": scale}))

    async def time_goes_by(self, case_id: str, until: str) -> None:
        """The workflow's part: what falls due is judged when it is due, until the case is in this phase."""
        door = self.office.parts().doors
        assert isinstance(door, JudgingDoor)
        case, left = None, 300
        while left and (case is None or case.phase != until):
            await door.recorder.record(RecordInput(tenant_id=self.office.tenant_id, case_id=case_id))
            row = await self.office.views.case(self.office.tenant_id, case_id)
            case, left = row.case if row else None, left - 1
            await asyncio.sleep(0.1)
        assert case is not None
        assert case.phase == until, case.timetable


async def healthy(page: Page) -> None:
    """Raises for what axe finds, and for a page wider than its window."""
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate(RUN)
    assert found == [], f"{page.url}: {found}"
    wider = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wider <= 0, f"{page.url} is {wider} px wider than its window"


THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


async def looked_at(page: Page, name: str) -> None:
    """Raises as :func:`healthy` does, in both themes and at three widths; `OMBUD_LOOK=folder` keeps a picture of each."""
    folder = os.environ.get("OMBUD_LOOK")
    before = page.viewport_size
    for width in (360, 768, 1440):
        await page.set_viewport_size({"width": width, "height": 900})
        for theme in THEMES:
            await page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            await healthy(page)
            if folder:
                await page.screenshot(path=Path(folder) / f"{name}-{width}-{theme}.png")
    if before:
        await page.set_viewport_size(before)


async def text(page: Page) -> str:
    """What is read on the page."""
    return " ".join((await page.inner_text("body")).split())


async def filled_in(page: Page) -> None:
    """The ruling form, as somebody fills it in."""
    await page.get_by_role("radio", name=re.compile("Partly refunded")).check()
    await page.locator("[name='amount.partly_refunded']").fill("150.00")
    await page.locator("[name=ground]").select_option("not_as_described")
    await page.locator("[name=reasons]").fill("The shade came broken; the foot can be sold again.")
    # What came in last nobody has answered yet: a ruling says that it does not rest on it.
    await page.locator("[name=relies_on_none]").check()
