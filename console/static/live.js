// One stream a page says that there is news; the page then reads itself anew, by htmx, without taking the focus or what is being
// written. Where no stream comes through, it reads itself every half minute. Without this file a page is as old as its loading.
"use strict";
(() => {
  const mark = document.getElementById("live");
  if (!mark) return;
  const EVERY = 30000, SOON = 3000;
  let source, polling, doubting, lost = false, over = false;
  const word = () => document.getElementById("live-word");
  const say = (state, words) => {
    document.getElementById("live-state").dataset.state = state;
    if (word().textContent !== words) word().textContent = words;
  };
  const ask = (name) => {
    for (const one of document.querySelectorAll(`[hx-trigger~="${name}"]`)) htmx.trigger(one, name);
  };
  const close = () => {
    source?.close();
    source = undefined;
    clearTimeout(doubting);
  };
  const end = () => {
    over = true;
    close();
    clearInterval(polling);
    say("over", "Signed out");
    const link = document.getElementById("live-sign-in");
    if (link) link.hidden = false;
  };
  // Signed out in another window of this browser: nothing comes any more here either.
  new BroadcastChannel("ombud").addEventListener("message", end);
  const poll = () => {
    if (polling || over) return;
    say("polling", "Reads every 30 s");
    polling = setInterval(() => {
      if (document.hidden) return;
      ask("news");
      if (!source || source.readyState === EventSource.CLOSED) open();
    }, EVERY);
  };
  const open = () => {
    if (over) return;
    close();
    source = new EventSource(document.getElementById("live").dataset.stream);
    source.onopen = () => {
      clearTimeout(doubting);
      doubting = clearInterval(polling);
      polling = undefined;
      say("on", "Live");
      // Whatever was missed while nobody said anything.
      if (lost) ask("news");
      lost = false;
    };
    source.onerror = () => {
      lost = true;
      if (source.readyState === EventSource.CLOSED) return poll();
      if (polling || doubting) return;
      // A stream that is back at once was never away for whoever reads.
      doubting = setTimeout(() => {
        say("lost", "Reconnecting, showing");
        doubting = setTimeout(poll, EVERY);
      }, SOON);
    };
    source.addEventListener("news", () => ask("news"));
    source.addEventListener("present", () => ask("present"));
    source.addEventListener("over", end);
  };
  // A browser has six connections to one host: pages that nobody looks at give theirs back.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) close();
    else if (!source) {
      lost = true;
      open();
    }
  });
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => event.persisted && open());
  document.addEventListener("htmx:response:error", (event) => {
    if (event.detail?.ctx?.response?.status === 401) end();
  });
  // What somebody has begun to fill in is theirs: news goes around it.
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => event.target.closest?.("#main form")?.setAttribute("hx-morph-skip", ""));
  }
  // Nor does what is being written move under the hands, whatever news comes above it: the browser's own way of keeping a place
  // follows what is read, which may be another part of the page.
  const root = document.documentElement;
  let top;
  const writing = () => document.activeElement?.closest?.("#main form");
  document.addEventListener("htmx:before:swap", () => {
    if (top !== undefined || !writing()) return;
    top = document.activeElement.getBoundingClientRect().top;
    root.style.overflowAnchor = "none";
  });
  document.addEventListener("htmx:after:swap", () => {
    if (top === undefined) return;
    if (writing()) scrollBy({ top: document.activeElement.getBoundingClientRect().top - top, behavior: "instant" });
    top = undefined;
    requestAnimationFrame(() => root.style.removeProperty("overflow-anchor"));
  });
  open();
})();
