// What somebody writes is kept a moment after they pause, and as they leave. Without this file *Save draft* keeps it, and a refusal does.
"use strict";
(() => {
  const SOON = 1000, MOST_WHILE_LEAVING = 60000;
  const waiting = new Map(), unreachable = new Set();
  let sent = false;
  const say = (form, words) => {
    const said = form.querySelector("[data-saved]");
    if (said) said.textContent = words;
  };
  const keep = async (form, leaving) => {
    if (!waiting.has(form)) return;
    clearTimeout(waiting.get(form));
    waiting.delete(form);
    const body = new URLSearchParams(new FormData(form)).toString();
    const headers = { "Content-Type": "application/x-www-form-urlencoded", "HX-Request-Type": "partial" };
    try {
      // What is sent while a page goes away may be so long and no longer; a longer one goes as it can.
      const keepalive = leaving && body.length < MOST_WHILE_LEAVING;
      const answer = await fetch(form.dataset.draft, { method: "POST", body, headers, keepalive });
      unreachable.delete(form);
      say(form, answer.ok ? (await answer.text()).trim() : "Not saved. Copy what you wrote before you go.");
    } catch {
      if (leaving) return;
      unreachable.add(form);
      say(form, "Not saved: no connection. It is saved as soon as there is one.");
      later(form);
    }
  };
  const later = (form) => {
    clearTimeout(waiting.get(form));
    waiting.set(form, setTimeout(() => keep(form, false), SOON));
  };
  const written = (event) => {
    const form = event.target.closest?.("form[data-draft]");
    if (form) later(form);
  };
  document.addEventListener("input", written);
  document.addEventListener("change", written);
  // Words that were put in from elsewhere.
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail?.ctx?.target?.id === "reasons-box") later(document.getElementById("ruling-form"));
  });
  // htmx gives a field that it puts in the style of the one before it, as whoever dragged its corner left that; the policy forbids it.
  document.addEventListener("htmx:before:swap", () => {
    for (const one of document.querySelectorAll("#reasons-box [style]")) one.removeAttribute("style");
  });
  // What is sent is no draft any more; the server keeps it where it refuses it.
  document.addEventListener("submit", (event) => {
    if (event.target.matches?.("form[data-draft]") && (unreachable.has(event.target) || !navigator.onLine)) {
      // The browser's own page of an error would take the words away. It was not sent: sending it again is no second time.
      event.preventDefault();
      delete event.target.dataset.sent;
      say(event.target, "Not sent: no connection. Your words stay here; send them again when there is one.");
      return later(event.target);
    }
    clearTimeout(waiting.get(event.target));
    waiting.delete(event.target);
    if (event.target.matches?.("form[data-draft]")) sent = true;
  });
  // Back to a page as it was left: its words were sent, and are not offered a second time.
  addEventListener("pageshow", (event) => event.persisted && sent && location.reload());
  const leave = () => {
    for (const form of [...waiting.keys()]) keep(form, true);
  };
  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => document.hidden && leave());
})();
