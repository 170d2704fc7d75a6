// Keeps a page current, and shows what a sensor sees while it is on. Without it every page still works; pages that wait
// look again by themselves.
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
      // Somebody did something: the new page is for the person to see.
      blanked = false;
      shown_at = Date.now();
      const rail = document.querySelector(".rail");
      const freshRail = page.querySelector(".rail");
      if (rail && freshRail) rail.replaceWith(freshRail);
      document.body.className = page.body.className;
      watch();
    } finally {
      looking = false;
      if (again) { again = false; look(); }
    }
  };

  // What a sensor sees. Closed and gone from the page with the sensor.
  let eyes = null;
  const dark = () => {
    if (eyes) { eyes.close(); eyes = null; }
    const picture = document.querySelector(".live-picture");
    if (picture) picture.removeAttribute("src");
    const marks = document.querySelector(".live-marks");
    if (marks) marks.replaceChildren();
    if (window.speechSynthesis) window.speechSynthesis.cancel();
  };
  const watch = () => {
    const shown = main();
    const url = shown ? shown.dataset.live : undefined;
    if (!url) { dark(); return; }
    if (eyes) return;
    voice();
    eyes = new EventSource(url);
    eyes.addEventListener("live", (event) => sight(JSON.parse(event.data), url));
    eyes.addEventListener("dark", dark);
  };

  const sight = (seen, url) => {
    const words = document.querySelector("[data-live-words]");
    if (!words) return;
    if (words.dataset.said !== seen.words) {
      words.dataset.said = seen.words;
      words.lang = seen.language;
      words.dir = seen.direction;
      words.textContent = seen.words;
      if (seen.untranslated) {
        const mark = document.createElement("span");
        mark.className = "untranslated-mark";
        mark.textContent = seen.untranslated;
        words.append(mark);
      }
      const sign = document.querySelector(".live-sign");
      sign.toggleAttribute("hidden", !seen.picture);
      sign.querySelector("use").setAttribute("href", seen.picture ? `#sign-${seen.picture}` : "");
      const officer = document.querySelector("[data-live-officer]");
      if (officer) officer.textContent = seen.officer;
      say(seen);
    }
    for (const tip of document.querySelectorAll(".person [data-finger]")) {
      if (tip.classList.contains("excepted")) continue;
      const mark = seen.marks.find((one) => String(one.finger) === tip.dataset.finger);
      tip.classList.toggle("good", Boolean(mark && mark.good));
      tip.classList.toggle("wanted", !(mark && mark.good));
    }
    const picture = document.querySelector(".live-picture");
    if (picture && seen.has_picture && (picture.complete || !picture.getAttribute("src"))) {
      picture.src = `${url}.jpg?n=${seen.number}`;
    }
    draw(seen);
  };

  // Boxes that differ in colour, line and sign.
  const draw = (seen) => {
    const marks = document.querySelector(".live-marks");
    if (!marks || !seen.width) return;
    marks.setAttribute("viewBox", `0 0 ${seen.width} ${seen.height}`);
    const make = (name, about) => {
      const part = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const [key, value] of Object.entries(about)) part.setAttribute(key, value);
      return part;
    };
    marks.replaceChildren(...seen.marks.map((mark) => {
      const group = make("g", { class: mark.good ? "box good" : "box low" });
      group.append(make("rect", { x: mark.left, y: mark.top, width: mark.right - mark.left, height: mark.bottom - mark.top, rx: 6 }));
      const sign = make("text", { x: mark.left + 4, y: Math.max(mark.top - 8, 26) });
      sign.textContent = mark.good ? "✓" : "!";
      group.append(sign);
      return group;
    }));
  };

  // Hints aloud, only where the browser can and only after the officer asked for it.
  const spoken = () => sessionStorage.getItem("voice") === "on";
  const voice = () => {
    const key = document.querySelector("[data-voice]");
    if (!key || !window.speechSynthesis) return;
    key.hidden = false;
    key.setAttribute("aria-pressed", String(spoken()));
  };
  const say = (seen) => {
    if (!window.speechSynthesis || !spoken()) return;
    const words = new SpeechSynthesisUtterance(seen.words);
    words.lang = seen.language;
    words.rate = 0.9;
    window.speechSynthesis.cancel();
    window.speechSynthesis.speak(words);
  };
  document.addEventListener("click", (event) => {
    const key = event.target.closest("[data-voice]");
    if (!key) return;
    sessionStorage.setItem("voice", spoken() ? "off" : "on");
    key.setAttribute("aria-pressed", String(spoken()));
  });

  // After a minute without a touch the person's side is emptied; after five the officer's is locked. A live sensor
  // keeps the person's side: somebody is looking at it with their hands on the glass.
  const second_ms = 1000;
  const bound = (name) => Number(document.body.dataset[name] || 0) * second_ms;
  let touched_at = Date.now();
  let shown_at = Date.now();
  let blanked = false;
  const blank = () => {
    const side = document.querySelector("section.person");
    if (!side || blanked || main().dataset.live) return;
    blanked = true;
    const wake = document.createElement("button");
    wake.type = "button";
    wake.className = "key wake";
    wake.textContent = "●";
    wake.setAttribute("aria-label", "Go on");
    const head = document.createElement("h1");
    head.append(wake);
    side.replaceChildren(head);
  };
  const lock = () => { location.replace("/sign-in"); };
  const wake = () => {
    touched_at = Date.now();
    if (!blanked) return;
    blanked = false;
    const side = document.querySelector("section.person");
    if (side) fetch(location.href, { headers: { "Accept": "text/html" } }).then(async (answer) => {
      if (answer.redirected) { lock(); return; }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("section.person");
      if (fresh) side.replaceWith(fresh);
    });
  };
  const idle = () => {
    const now = Date.now();
    if (bound("lockS") && now - touched_at >= bound("lockS")) { lock(); return; }
    if (bound("blankS") && now - Math.max(touched_at, shown_at) >= bound("blankS")) blank();
  };
  window.setInterval(idle, second_ms);
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, wake, { capture: true });

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
    watch();
  }
})();
