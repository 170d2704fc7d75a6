// Keeps a page current. Without it every page still works; pages that wait look again by themselves.
"use strict";
(() => {
  const main = () => document.querySelector("main[data-events]");
  let touched = false;
  let looking = false;
  let again = false;

  const look = async () => {
    if (looking) { again = true; return; }
    looking = true;
    try {
      const answer = await fetch(location.href, { headers: { "Accept": "text/html", "X-Refresh": "1" } });
      if (answer.redirected) { location.href = answer.url; return; }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("main[data-events]");
      const shown = main();
      if (!fresh || !shown || fresh.dataset.version === shown.dataset.version) return;
      // What somebody is typing is never taken away.
      if (touched) return;
      shown.replaceWith(fresh);
      const rail = document.querySelector(".rail");
      const freshRail = page.querySelector(".rail");
      if (rail && freshRail) rail.replaceWith(freshRail);
      document.body.className = page.body.className;
    } finally {
      looking = false;
      if (again) { again = false; look(); }
    }
  };

  document.addEventListener("input", () => { touched = true; });
  document.addEventListener("submit", (event) => {
    // A second tap on the same key sends nothing twice.
    if (event.target.dataset.sent) { event.preventDefault(); return; }
    event.target.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
  });
  const summary = document.getElementById("summary");
  if (summary) summary.focus();
  if (main()) {
    const events = new EventSource(main().dataset.events);
    events.addEventListener("changed", look);
    events.addEventListener("open", look);
  }
})();
