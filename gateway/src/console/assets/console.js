// Small comforts of the console. Every page works without this file.
"use strict";

// Every text comes with the page, in the language of the page.
const say = (key, filled) => document.body.dataset[key].replace("%", filled);

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
    const count = many ? say("many") : changed.size;
    news.querySelector(".text").textContent = say("changed", count);
    news.closest("p").hidden = false;
    document.title = "(" + (many ? "…" : changed.size) + ") " + title;
    if (first) heard.textContent = say("heard");
    if (open && notice.items.includes(open.dataset.item)) open.querySelector(".changed").hidden = false;
  });
  window.addEventListener("pagehide", () => source.close());
}

// Clocks: the words of time left are kept true while the page is open.
function span(seconds) {
  const all = Math.floor(Math.abs(seconds) / 60);
  const days = Math.floor(all / 1440), hours = Math.floor(all / 60) % 24, minutes = all % 60;
  const [day, hour, minute] = document.body.dataset.units.split(" ");
  if (days) return days + " " + day + (hours ? " " + hours + " " + hour : "");
  if (hours) return hours + " " + hour + (minutes ? " " + minutes + " " + minute : "");
  return minutes ? minutes + " " + minute : say("under");
}

function tick() {
  document.querySelectorAll("[data-due]").forEach((clock) => {
    const left = (new Date(clock.dataset.due) - Date.now()) / 1000;
    clock.textContent = say(left < 0 ? "overdue" : "left", span(left));
  });
}

// Copy buttons beside the values to key.
function copying() {
  if (!navigator.clipboard) return;
  document.querySelectorAll("button[data-copy]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      document.querySelectorAll("button[data-copy]").forEach((other) => { other.textContent = say("copy"); });
      button.textContent = say("copied");
    });
  });
}

// Selected rows: how many stands beside the choice.
function count() {
  const ticked = document.querySelector("#ticked");
  if (!ticked) return;
  const plain = ticked.textContent;
  const show = () => {
    const many = document.querySelectorAll("td.tick input:checked").length;
    ticked.textContent = many ? say("ticked", many) : plain;
  };
  document.querySelectorAll("td.tick input").forEach((box) => box.addEventListener("change", show));
  show();
}

// Where the steps are: for what is selected, or for the open item.
function steps() {
  return document.querySelector("#bulk button, article.right .todo button, article.right .todo input:not([type=hidden])");
}

// Single keys; they can be switched off, and are silent while something is being typed.
function keys() {
  const box = document.querySelector("#shortcuts");
  if (!box) return;
  box.checked = localStorage.getItem("shortcuts") !== "off";
  box.addEventListener("change", () => localStorage.setItem("shortcuts", box.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    if (!box.checked || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.matches("input:not([type=checkbox]):not([type=radio]), select, textarea")) return;
    const rows = [...document.querySelectorAll("table.rows a.open")];
    const row = document.activeElement.closest("tr");
    const at = rows.findIndex((open) => open.closest("tr") === row);
    const chosen = rows.findIndex((row) => row.hasAttribute("aria-current"));
    const from = at >= 0 ? at : chosen;
    if (event.key === "j" && rows.length) rows[Math.min(from + 1, rows.length - 1)].focus();
    else if (event.key === "k" && rows.length) rows[Math.max(from - 1, 0)].focus();
    else if (event.key === "x" && row) row.querySelector("td.tick input")?.click();
    else if (event.key === "e" && steps()) steps().focus();
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
count();
keys();
tick();
setInterval(tick, 20000);
if (!document.querySelector("[autofocus]")) document.querySelector(".told")?.focus();
document.querySelector(".left tr.chosen")?.scrollIntoView({ block: "nearest" });
