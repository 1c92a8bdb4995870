// Files on their way, with how much has gone and a way to stop. Without this the same form sends them by itself.
for (const form of document.querySelectorAll("form[data-progress]")) {
  const area = form.querySelector(".progress");
  const bar = area.querySelector("progress");
  const words = area.querySelector(".progress-words");
  const size = (bytes) => (bytes < 1048576 ? `${Math.max(Math.round(bytes / 1024), 1)} KB` : `${(bytes / 1048576).toFixed(1)} MB`);
  form.addEventListener("submit", (event) => {
    const input = form.querySelector("input[type=file]");
    // Going back, or another language, takes no files along.
    if (!input || !input.files.length || event.submitter?.name) return;
    event.preventDefault();
    const request = new XMLHttpRequest();
    const button = event.submitter || form.querySelector("button:not([data-stop])");
    const body = new FormData(form, button);
    button.disabled = true;
    area.hidden = false;
    request.open("POST", form.action);
    request.upload.addEventListener("progress", (at) => {
      bar.value = at.total ? at.loaded / at.total : 0;
      words.textContent = at.loaded < at.total ? form.dataset.uploading.replace("%1", size(at.loaded)).replace("%2", size(at.total)) : form.dataset.sent;
    });
    const over = () => {
      button.disabled = false;
      words.textContent = form.dataset.broken;
    };
    request.addEventListener("error", over);
    request.addEventListener("abort", over);
    request.addEventListener("load", () => {
      if (request.responseURL && request.responseURL !== new URL(form.action).href) {
        location.assign(request.responseURL);
        return;
      }
      // What is wrong is said on the page that came back, with the words that were written.
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      document.querySelector("main").replaceWith(page.querySelector("main"));
      document.querySelector("main").scrollIntoView();
    });
    area.querySelector("[data-stop]").onclick = () => request.abort();
    request.send(body);
  });
}
// Who must be away at once leaves nothing to go back to, and nothing half-written that stands there for the next one.
let away = false;
document.querySelector("#quick-exit")?.addEventListener("click", (event) => {
  event.preventDefault();
  away = true;
  location.replace(event.currentTarget.href);
});
// The zone of the device, where nobody has chosen one.
for (const select of document.querySelectorAll("select[data-zone]")) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone) continue;
  if (![...select.options].some((one) => one.value === zone)) select.add(new Option(zone.split("/").pop().replaceAll("_", " "), zone), 0);
  select.value = zone;
}
// What is half-written goes along to the server when somebody leaves the page, and stands there again when they come back.
for (const form of document.querySelectorAll("form[data-keep]")) {
  let sent = false;
  form.addEventListener("submit", () => { sent = true; });
  addEventListener("pagehide", () => {
    const changed = [...form.elements].some((one) => "defaultValue" in one && one.type !== "hidden" && one.type !== "radio" && one.type !== "file" && one.value !== one.defaultValue);
    if (away || sent || !changed) return;
    const body = new FormData(form);
    body.delete("files");
    navigator.sendBeacon(form.dataset.keep, body);
  });
}
