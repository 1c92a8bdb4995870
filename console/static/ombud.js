// Keys, and times that stay true. Every page works without this file: each key follows a link or presses a button that is there.
"use strict";
(() => {
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(document.activeElement);
    all[Math.max(0, Math.min(all.length - 1, at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by))].focus();
  };
  // What a key does to the case whose row has the focus: it opens the form for it. The sheet of keys says which.
  const ofARow = (key) => document.querySelector(`#keys dt[data-works="${CSS.escape(key)}"]`)?.dataset.form;
  // A key whose button does nothing now says why, wherever on the page the reason stands.
  let fading;
  const sayWhyNot = (button) => {
    const why = document.getElementById(button.getAttribute("aria-describedby"))?.textContent.trim(), said = document.getElementById("why-not-now");
    if (!why || !said) return;
    said.textContent = why;
    said.hidden = false;
    clearTimeout(fading);
    fading = setTimeout(() => (said.hidden = true), 8000);
  };
  const typing = (target) => target.closest?.("input:not([type=radio]):not([type=checkbox]), textarea, select");
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && document.querySelector("dialog[open]")) byKey();
    // A dialog has the keyboard to itself.
    if (event.isComposing || event.altKey || document.querySelector("dialog[open]")) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      // Whoever writes to somebody sends what they write, and nothing else of the page.
      const words = event.target.closest?.("form.composer");
      if (words) return words.requestSubmit();
      document.querySelector(event.shiftKey ? "[data-key='ctrl-shift-enter']" : "[data-key='ctrl-enter']")?.click();
      return;
    }
    if (event.ctrlKey || event.metaKey) return;
    if (typing(event.target)) {
      // Out of the field, so that single keys mean something again.
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const key = event.key.toLowerCase();
    if (["j", "k", "[", "]"].includes(key)) {
      const by = key === "j" || key === "]" ? 1 : -1;
      if (rows().length) step(by);
      else document.querySelector(`#along [data-by="${by}"]:not([hidden])`)?.click();
      event.preventDefault();
      return;
    }
    const opened = document.activeElement?.closest?.("tr.case")?.querySelector("[data-row]"), form = ofARow(key);
    if (opened && form) {
      event.preventDefault();
      location.assign(`${new URL(opened.href).pathname}/${form}`);
      return;
    }
    const row = document.activeElement?.closest?.("tr");
    const there = row?.querySelector(`[data-row-key="${CSS.escape(key)}"]`) ?? document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (there?.getAttribute("aria-disabled") === "true") return sayWhyNot(there);
    if (there) {
      event.preventDefault();
      if (there.matches("input[type=radio], textarea")) there.focus();
      if (there.matches("textarea")) return;
      if (there.matches("a[href]")) byKey();
      there.click();
    }
  });
  // Where the focus goes on a page that was just opened: to what became of the last one, or to the first field of a form that was
  // opened by a key.
  const byKey = () => sessionStorage.setItem("by-key", "1");
  const arrive = () => {
    const keyed = sessionStorage.getItem("by-key");
    sessionStorage.removeItem("by-key");
    const said = document.querySelector("[data-focus]");
    if (said) return said.focus();
    if (!keyed) return;
    const fields = document.querySelectorAll("#content form.form, #main form.form, form.ruling");
    fields[0]?.querySelector("input:not([type=hidden]), select, textarea, button")?.focus();
  };
  document.addEventListener("click", (event) => {
    const name = event.target.closest?.("[data-to-field]")?.dataset.toField;
    if (!name) return;
    const field = document.getElementById(`f-${name}`) ?? document.getElementsByName(name)[0];
    const inside = field?.matches("fieldset, div") ? field.querySelector("input, select, textarea") : field;
    if (!inside) return;
    event.preventDefault();
    inside.closest("details")?.setAttribute("open", "");
    inside.focus();
  });
  // The sheet shows the keys that do something on this page, for this person.
  const works = (of) => {
    const inRows = document.querySelector("tr.case [data-row]");
    if (of === "rows") return rows().length > 0;
    if (of === "along") return document.querySelector("#along:not([hidden])") && !rows().length;
    return (inRows && ofARow(of)) || document.querySelector(`:is([data-key="${of}"], [data-row-key="${of}"]):not([aria-disabled="true"])`);
  };
  document.querySelector(".keys-button")?.addEventListener("click", () => {
    for (const one of document.querySelectorAll("#keys [data-works]")) one.hidden = one.nextElementSibling.hidden = !works(one.dataset.works);
  });
  // The cases of the list that was read last, so that the next one is a key away from each. Ids alone, in this window alone.
  const along = () => {
    const listed = [...document.querySelectorAll("tr.case [data-row]")].map((one) => new URL(one.href).pathname);
    if (listed.length) sessionStorage.setItem("list", JSON.stringify({ back: location.pathname + location.search, listed }));
    const here = document.getElementById("along"), kept = here && JSON.parse(sessionStorage.getItem("list") ?? "null");
    const at = kept?.listed.indexOf(location.pathname) ?? -1;
    if (at < 0) return;
    here.hidden = false;
    here.querySelector("a").href = kept.back;
    here.querySelector("a").textContent = `${at + 1} of ${kept.listed.length}`;
    for (const one of here.querySelectorAll("[data-by]")) {
      const other = kept.listed[at + Number(one.dataset.by)];
      one.hidden = !other;
      if (other) one.href = other;
    }
  };
  along();
  document.addEventListener("htmx:after:swap", along);
  document.querySelector("form[action='/sign-out']")?.addEventListener("submit", () => new BroadcastChannel("ombud").postMessage("over"));
  const words = (seconds) => {
    const minutes = Math.floor(Math.abs(seconds) / 60), hours = Math.floor(minutes / 60), days = Math.floor(hours / 24);
    if (days) return hours % 24 ? `${days} d ${hours % 24} h` : `${days} d`;
    if (hours) return minutes % 60 ? `${hours} h ${String(minutes % 60).padStart(2, "0")} m` : `${hours} h`;
    return `${minutes} m`;
  };
  const tick = () => {
    for (const clock of document.querySelectorAll("[data-due]")) {
      const left = (Date.parse(clock.dataset.due) - Date.now()) / 1000;
      const said = left < 0 ? `by ${words(left)}` : `${words(left)} left`;
      if (clock.textContent !== said) clock.textContent = said;
    }
  };
  setInterval(tick, 60000);
  // What was handed in opens in the page. Without this file the same link leads to a page of its own.
  document.addEventListener("htmx:after:swap", () => {
    const viewer = document.getElementById("viewer");
    if (viewer && !viewer.open && viewer.querySelector("#look")) viewer.showModal();
  });
  document.addEventListener("close", (event) => {
    if (event.target.id === "viewer") document.getElementById("viewer-in").replaceChildren();
  }, true);
  // Of what the outcomes give, show that of the chosen one. Without this file all of it is there, each under its outcome's name.
  const fit = () => {
    const chosen = document.querySelector("input[name=outcome]:checked")?.value;
    const decision = document.querySelector("input[name=decision]:checked")?.value;
    const stays = decision === "uphold" || decision === "remit";
    for (const gives of document.querySelectorAll("[data-of]")) gives.hidden = stays || gives.dataset.of !== chosen;
    for (const asked of document.querySelectorAll("[data-changes]")) asked.hidden = stays;
  };
  document.addEventListener("change", fit);
  // How many are ticked: said anew after news too, which reads the page as the server has it, where nothing is ticked.
  const count = () => {
    const said = document.getElementById("bulk-count");
    if (!said) return;
    const ticked = document.querySelectorAll("input[form=bulk]:checked").length;
    const words = ticked ? `${ticked} ticked` : "";
    if (said.textContent !== words) said.textContent = words;
  };
  document.addEventListener("change", count);
  document.addEventListener("htmx:after:swap", count);
  fit();
  arrive();
  document.addEventListener("submit", (event) => {
    // A double click sends once; the server would answer the second one with the first one's answer anyway.
    const form = event.target;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 4000);
  });
})();
