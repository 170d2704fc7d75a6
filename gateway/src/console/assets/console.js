// Small comforts of the console. Every page works without this file.
"use strict";

// News: counts what changed since the page was drawn. The reader decides when to look; nothing moves by itself.
function listen() {
  if (!document.body.hasAttribute("data-live") || !window.EventSource) return;
  const news = document.querySelector("#news");
  const heard = document.querySelector("#heard");
  const open = document.querySelector("article[data-item]");
  const title = document.title;
  const changed = new Set();
  let many = false;
  const source = new EventSource("/events");
  source.addEventListener("changed", (event) => {
    const notice = JSON.parse(event.data);
    const first = changed.size === 0 && !many;
    notice.items.forEach((item) => changed.add(item));
    many = many || notice.many;
    const text = (many ? "Many" : changed.size) + " new or changed";
    news.querySelector(".text").textContent = text;
    news.closest("p").hidden = false;
    document.title = "(" + (many ? "…" : changed.size) + ") " + title;
    if (first) heard.textContent = "Something in the queue is new or changed.";
    if (open && notice.items.includes(open.dataset.item)) open.querySelector(".changed").hidden = false;
  });
  window.addEventListener("pagehide", () => source.close());
}

// Clocks: the words of time left are kept true while the page is open.
function span(seconds) {
  const all = Math.floor(Math.abs(seconds) / 60);
  const days = Math.floor(all / 1440), hours = Math.floor(all / 60) % 24, minutes = all % 60;
  if (days) return days + " d" + (hours ? " " + hours + " h" : "");
  if (hours) return hours + " h" + (minutes ? " " + minutes + " min" : "");
  return minutes ? minutes + " min" : "under a minute";
}

function tick() {
  document.querySelectorAll("[data-due]").forEach((clock) => {
    const left = (new Date(clock.dataset.due) - Date.now()) / 1000;
    clock.textContent = left < 0 ? "overdue by " + span(left) : span(left) + " left";
  });
}

// Copy buttons beside the values to key.
function copying() {
  if (!navigator.clipboard) return;
  document.querySelectorAll("button[data-copy]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      document.querySelectorAll("button[data-copy]").forEach((other) => { other.textContent = "Copy"; });
      button.textContent = "Copied";
    });
  });
}

// Single keys; they can be switched off, and are silent while something is being typed.
function keys() {
  const box = document.querySelector("#shortcuts");
  if (!box) return;
  box.checked = localStorage.getItem("shortcuts") !== "off";
  box.addEventListener("change", () => localStorage.setItem("shortcuts", box.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    if (!box.checked || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.matches("input, select, textarea")) return;
    const rows = [...document.querySelectorAll("table.rows a.open")];
    const at = rows.indexOf(document.activeElement);
    const chosen = rows.findIndex((row) => row.hasAttribute("aria-current"));
    const from = at >= 0 ? at : chosen;
    if (event.key === "j" && rows.length) rows[Math.min(from + 1, rows.length - 1)].focus();
    else if (event.key === "k" && rows.length) rows[Math.max(from - 1, 0)].focus();
    else if (event.key === "c") document.querySelector("form[data-key=c] button")?.click();
    else if (event.key === "u") document.querySelector("#up")?.click();
    else if (event.key === "?") {
      const help = document.querySelector("#keys");
      help.open = !help.open;
      if (help.open) help.querySelector("summary").focus();
    } else return;
    event.preventDefault();
  });
}

listen();
copying();
keys();
tick();
setInterval(tick, 20000);
if (!document.querySelector("[autofocus]")) document.querySelector(".told")?.focus();
document.querySelector(".left tr.chosen")?.scrollIntoView({ block: "nearest" });
