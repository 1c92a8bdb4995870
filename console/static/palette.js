// Ctrl K: everything that can be done on this page, every list, and cases by what they are called. Each entry follows a link or presses a
// button that is there, and shows its key. Without this file the same is found in the page, and cases on /find.
"use strict";
(() => {
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const box = document.getElementById("palette-q"), list = document.getElementById("palette-list"), cases = document.getElementById("palette-cases");
  const SHOWN = 40;
  let row, active = 0, shown = [];
  const words = (one) => one.dataset.say ?? [...one.childNodes].filter((part) => part.nodeName !== "KBD").map((part) => part.textContent).join(" ").replace(/\s+/g, " ").trim();
  const seen = (one) => one.getClientRects().length > 0 || one.closest("details:not([open])");
  // A button that sends what is being filled in is none of the things that there are to do.
  const filling = (one) => one.closest("form")?.querySelector("input:not([type=hidden]), textarea, select");
  const entries = () => {
    const found = [];
    const add = (group, one, said = words(one)) => {
      const before = found.find((other) => other.said === said), key = one.querySelector("kbd")?.textContent;
      if (before) before.key ??= key;
      if (!said || before) return;
      const off = one.getAttribute("aria-disabled") === "true";
      const why = off ? document.getElementById(one.getAttribute("aria-describedby"))?.textContent : "";
      found.push({ group, said, why, off, key, also: one.dataset.also ?? "", icon: one.querySelector("use")?.getAttribute("href"), go: () => one.click() });
    };
    if (row) {
      add("Here", row, `Open “${words(row)}”`);
      // What a key would do to it: its words stand in the sheet of keys.
      for (const name of document.querySelectorAll("#keys dt[data-form]")) {
        const form = name.dataset.form, said = name.nextElementSibling.textContent;
        found.push({ group: words(row), said: said[0].toUpperCase() + said.slice(1), also: form, key: name.textContent, go: () => location.assign(`${new URL(row.href).pathname}/${form}`) });
      }
    }
    for (const one of document.querySelectorAll("#main .btn, #main .anchors a")) if (seen(one) && !one.closest("dialog, .filters") && !filling(one)) add("Here", one);
    for (const one of document.querySelectorAll(".side nav a, .side .foot a")) add("Go to", one);
    return found;
  };
  const text = (tag, said, name) => {
    const made = document.createElement(tag);
    made.textContent = said;
    if (name) made.className = name;
    return made;
  };
  const drawn = (entry, at) => {
    const one = document.createElement("li");
    one.id = `palette-${at}`;
    one.setAttribute("role", "option");
    one.setAttribute("aria-selected", at === active);
    if (entry.off) one.setAttribute("aria-disabled", "true");
    if (entry.icon) {
      const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), use = document.createElementNS("http://www.w3.org/2000/svg", "use");
      svg.setAttribute("class", "i");
      svg.setAttribute("aria-hidden", "true");
      use.setAttribute("href", entry.icon);
      svg.append(use);
      one.append(svg);
    }
    const said = text("span", entry.said);
    if (entry.why) said.append(text("span", entry.why, "meta"));
    one.append(said, text("span", entry.group, "meta right"));
    if (entry.key) one.append(text("kbd", entry.key));
    one.addEventListener("click", () => choose(entry));
    return one;
  };
  const mark = () => {
    [...list.children].forEach((one, at) => one.setAttribute("aria-selected", at === active));
    const one = list.children[active];
    if (one) box.setAttribute("aria-activedescendant", one.id);
    else box.removeAttribute("aria-activedescendant");
    one?.scrollIntoView({ block: "nearest" });
  };
  const draw = () => {
    const asked = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    const named = [...cases.querySelectorAll("a")].map((one) => ({ group: "Case", said: words(one), icon: one.querySelector("use")?.getAttribute("href"), go: () => one.click() }));
    const fits = entries().filter((entry) => asked.every((word) => `${entry.said} ${entry.also}`.toLowerCase().includes(word)));
    shown = [...fits.filter((entry) => !entry.off), ...named, ...(asked.length ? fits.filter((entry) => entry.off) : [])].slice(0, SHOWN);
    active = Math.min(active, Math.max(shown.length - 1, 0));
    list.replaceChildren(...shown.map(drawn));
    document.getElementById("palette-none").hidden = shown.length > 0;
    list.hidden = !shown.length;
    box.setAttribute("aria-expanded", shown.length > 0);
    mark();
  };
  const choose = (entry) => {
    if (!entry || entry.off) return;
    dialog.close();
    entry.go();
  };
  const open = () => {
    row = document.activeElement?.closest?.("tr.case")?.querySelector("[data-row]");
    box.value = "";
    cases.replaceChildren();
    active = 0;
    dialog.showModal();
    draw();
  };
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else if (!document.querySelector("dialog[open]")) open();
  });
  document.querySelector("[data-palette]")?.addEventListener("click", (event) => {
    event.preventDefault();
    open();
  });
  box.addEventListener("input", () => {
    active = 0;
    draw();
  });
  box.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) active = (active + by + shown.length) % Math.max(shown.length, 1);
    else if (event.key !== "Enter") return;
    event.preventDefault();
    if (by) mark();
    // With Ctrl it is another key, which belongs to the page.
    else if (!event.ctrlKey) choose(shown[active]);
  });
  document.addEventListener("htmx:after:swap", () => dialog.open && draw());
})();
