// What makes pages more pleasant where scripts run. Nothing needs it.
(() => {
  "use strict";
  const all = (selector, act) => document.querySelectorAll(selector).forEach(act);
  // A button that is pressed twice sends once.
  all("form", (form) => form.addEventListener("submit", () => {
    setTimeout(() => form.querySelectorAll("button").forEach((button) => { button.disabled = true; }));
  }));
  addEventListener("pageshow", (event) => {
    if (event.persisted) all("button:disabled", (button) => { button.disabled = false; });
  });
  // Says before the page is left that something is not saved.
  all("form[data-unsaved]", (form) => {
    let changed = form.dataset.unsaved === "true";
    form.addEventListener("input", () => { changed = true; });
    form.addEventListener("submit", () => { changed = false; });
    addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  });
  // Numbers that stay new while the page is looked at.
  all("[data-live]", (place) => setInterval(async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(place.dataset.live, { credentials: "same-origin" });
      if (answer.status === 401 || answer.status === 403) return location.reload();
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(place.id);
      if (fresh && fresh.innerHTML !== place.innerHTML) place.replaceChildren(...fresh.childNodes);
      if (!fresh) location.reload();
    } catch { /* the next time */ }
  }, 20000));
})();
