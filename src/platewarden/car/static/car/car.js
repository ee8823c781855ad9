// The page in the car: three keys, an alert that comes by itself, and presses that survive a lost connection. A press
// that could not be sent is kept in this page alone, holds no plate, and carries a key, so that it happens once however
// often it is sent. An alert is never exchanged for another under somebody's finger.
import { clock } from "../console/clock.js";
import { recall } from "../console/memory.js";

const RETRY_MS = 3000;
const AT_ONCE_MS = 250;
const LIVE = { headers: { "X-Platewarden-Live": "1" } };
const main = document.querySelector("[data-car]");
const strip = document.querySelector("[data-unsent-strip]");
let shownAt = Date.now();
let unsent = null;
let asked = 0;
let going = "";

const current = () => main.querySelector("[data-alert]");
const question = () => `${current()?.dataset.alert} ${current()?.dataset.stage}`;

function show(html, url) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const fresh = page.querySelector("[data-car]");
  if (!fresh) return void location.replace(url);
  const before = question();
  main.replaceChildren(...fresh.childNodes);
  document.title = page.title;
  history.replaceState(null, "", url);
  main.querySelector("#car-question")?.focus();
  if (question() !== before) shownAt = Date.now();
}

async function take(response, isAwaited) {
  if (new URL(response.url).pathname.startsWith(document.body.dataset.lockedUrl)) return void location.reload();
  const text = await response.text();
  if (isAwaited()) show(text, response.url);
}

async function load(url, options = {}) {
  const number = ++asked;
  going = url;
  try {
    const response = await fetch(url, options);
    // something newer may have been asked for since, or pressed: also while the text was still coming
    if (number === asked) await take(response, () => number === asked);
  } catch {
    // the connection is down, and the strip says so; whatever comes back asks again
  }
  if (number === asked) going = "";
}

async function send(press) {
  try {
    const response = await fetch(press.action, { method: "POST", body: press.body });
    if (response.status >= 500) throw new Error(`status ${response.status}`);
    if (press !== unsent) return;
    settle();
    const number = asked;
    await take(response, () => number === asked);
  } catch {
    if (press !== unsent) return;
    strip.hidden = false;
    strip.querySelector("[data-unsent-text]").textContent =
      `Not recorded yet: "${press.label}", pressed at ${clock(press.at)}. It is sent again by itself.`;
    press.timer = setTimeout(() => send(press), RETRY_MS);
  }
}

function settle() {
  clearTimeout(unsent?.timer);
  unsent = null;
  strip.hidden = true;
  main.classList.remove("car-waiting");
}

main.addEventListener("submit", (event) => {
  event.preventDefault();
  if (unsent) return;
  const form = event.target;
  const label = form.querySelector("button").lastChild.textContent.trim();
  unsent = { action: form.action, body: new URLSearchParams(new FormData(form)), label, at: Date.now() };
  asked += 1;
  going = "";
  main.classList.add("car-waiting");
  send(unsent);
});

main.addEventListener("click", (event) => {
  const link = event.target.closest("[data-swap]");
  if (!link) return;
  event.preventDefault();
  if (!unsent) load(link.href);
});

strip.querySelector("[data-give-up]").addEventListener("click", () => {
  settle();
  load(location.href);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || recall("shortcuts") === "off") return;
  if (event.key === "Escape" && !unsent && current()) load(`${location.pathname}?alert=${current().dataset.number}`);
  if (!/^[123]$/.test(event.key) || Date.now() - shownAt < AT_ONCE_MS) return;
  const button = main.querySelector(`[data-key="${event.key}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
});

function count(isHigh) {
  const others = main.querySelector("[data-others]");
  others.dataset.count = Number(others.dataset.count) + 1;
  others.textContent = `${others.dataset.count} more${isHigh ? ", one of high priority" : ""}`;
}

document.addEventListener("platewarden-live", ({ detail }) => {
  if (detail.kind === "alert" && current()) count(detail.priority === "high");
  else if (detail.kind === "alert") load(location.pathname, LIVE);
  if (detail.kind !== "alert-changed" || unsent || detail.alert !== current()?.dataset.alert) return;
  const { stage, number } = current().dataset;
  load(going || `${location.pathname}?alert=${number}&stage=${stage}`, LIVE);
});
