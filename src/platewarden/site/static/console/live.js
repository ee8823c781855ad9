// New alerts on every page: the count in the navigation and the title, a notice, a sound, words for screen readers.
import { refreshRow, showRow } from "./alerts-list.js";
import { clock } from "./clock.js";
import { show } from "./icons.js";
import { recall, remember } from "./memory.js";
import { notify } from "./notifications.js";
import { announceBySound, watchSound } from "./sound.js";

const PATIENCE_MS = 5000;
const NOTICES = 4;
const COUNT_MS = 1000;
const data = document.body.dataset;
const list = () => document.querySelector("[data-alerts-list]");
const seen = new Set();

let downSince = Date.now();
let isUp = false;
let isCounting = false;

export function watchAlerts() {
  watchSound();
  connect();
  setInterval(renderConnection, 1000);
}

// The page was rendered at one moment, the last one left at another: go on from the earlier of the two.
function startingPoint() {
  const rendered = Number(list()?.dataset.after ?? data.liveAfter);
  if (lastTold() >= 0) return Math.min(rendered, lastTold());
  remember("last-alert", `${data.session} ${rendered}`);
  return rendered;
}

// Position of the last event that any window of this session told of; -1 when there was none.
function lastTold() {
  const [session, position] = (recall("last-alert") ?? "").split(" ");
  return session === data.session ? Number(position) : -1;
}

function connect() {
  const opening = { address: new URL(data.live, location.href).href, after: startingPoint() };
  if (window.SharedWorker) shareConnection(opening);
  else openAlone(opening);
}

function shareConnection(opening) {
  const address = new URL("live-worker.js", import.meta.url);
  const { port } = new SharedWorker(address, { name: `platewarden-${data.session}` });
  port.onmessage = ({ data: message }) => receive(message);
  port.postMessage(opening);
  addEventListener("pagehide", () => port.postMessage({ kind: "bye" }));
  addEventListener("pageshow", (event) => event.persisted && port.postMessage(opening));
}

async function openAlone({ address, after }) {
  await import("./live-source.js");
  self.openStream(address, after, receive);
}

function receive(message) {
  if (message.position > lastTold()) remember("last-alert", `${data.session} ${message.position}`);
  if (message.kind === "state") setConnection(message);
  else if (message.kind === "ended") location.replace(location.pathname);
  else if (message.kind === "alert") arrive(message);
  else if (message.kind === "notice") noticeArrived();
  else change(message);
  document.dispatchEvent(new CustomEvent("platewarden-live", { detail: message }));
}

function setConnection({ up, since }) {
  if (up && !isUp && isLost()) tellOfTheGap(since);
  if (!up) downSince = since;
  isUp = up;
  renderConnection();
}

const isLost = () => !isUp && Date.now() - downSince >= PATIENCE_MS;

function renderConnection() {
  const tool = document.querySelector("[data-live-state]");
  const strip = document.querySelector("[data-offline-strip]");
  const state = isUp ? "on" : isLost() ? "off" : "part";
  const label = isUp ? "Live" : isLost() ? "Not live" : "Connecting";
  if (tool.dataset.state !== state || tool.textContent !== label) show(tool, { icon: "live", label, state });
  document.documentElement.dataset.live = state;
  if (strip.hidden !== isLost()) return;
  strip.hidden = !isLost();
  strip.querySelector("[data-offline-text]").textContent =
    `Connection lost since ${clock(downSince)}: new alerts neither appear nor sound here. It keeps trying; use the radio meanwhile.`;
}

// Whoever was away from the screen must learn that there was a time in which nothing could have sounded.
function tellOfTheGap(until) {
  const text = `Connected again. Nothing could be told from ${clock(downSince)} to ${clock(until)}; it is told now.`;
  box([text], "");
}

function arrive({ number, alert, priority, sound }) {
  if (seen.has(number)) return;
  seen.add(number);
  announceBySound(number, sound);
  announceInWords(number, priority);
  const href = isLocked() ? "" : `${data.alertsUrl}${encodeURIComponent(alert)}/`;
  notify({ number, priority, href });
  if (number > Number(data.liveAfter)) count("[data-alert-count]", 1);
  if (list()) showRow(list(), alert);
  else if (!("ownAlerts" in data)) notice(number, href, priority);
}

function change({ alert }) {
  refreshRow(list(), alert);
  countAnew();
}

// Whether an alert that changed is still one of this person's open ones is for the server to say: it may have ended, or
// moved to the areas of others. Asked once for changes that come together, and not by all consoles in one moment.
function countAnew() {
  if (isCounting || !document.querySelector("[data-alert-count]")) return;
  isCounting = true;
  setTimeout(async () => {
    isCounting = false;
    const response = await fetch(`${data.alertsUrl}count/`, { headers: { "X-Platewarden-Live": "1" } }).catch(() => null);
    if (response?.ok && !response.redirected) setCount("[data-alert-count]", Number.parseInt(await response.text(), 10));
  }, COUNT_MS * (1 + Math.random()));
}

function noticeArrived() {
  count("[data-notice-count]", 1);
  announceBySound(`notice-${Date.now()}`, "normal");
  box(["There is a new notice in your inbox."], isLocked() ? "" : data.inboxUrl);
}

const WORDS = { high: "High-priority alert", normal: "Alert", low: "Low-priority alert" };
const isLocked = () => location.pathname === data.lockedUrl;

function announceInWords(number, priority) {
  document.querySelector("[data-announcer]").textContent = `${WORDS[priority]} ${number}, unverified.`;
}

function count(selector, change) {
  const badge = document.querySelector(selector);
  if (!badge) return;
  setCount(selector, Math.max(0, Number.parseInt(badge.textContent, 10) + change));
}

function setCount(selector, open) {
  const badge = document.querySelector(selector);
  badge.firstChild.textContent = open;
  badge.hidden = open === 0;
  if (selector !== "[data-alert-count]") return;
  document.title = (open ? `(${open}) ` : "") + document.title.replace(/^\(\d+\) /, "");
}

function notice(number, href, priority) {
  const what = Object.assign(document.createElement("strong"), { textContent: WORDS[priority] });
  box([what, ` ${number}, unverified. ${href ? "" : "Unlock to see it."}`], href, priority);
}

function box(words, href, priority = "") {
  const box = Object.assign(document.createElement("div"), { className: "arrival" });
  box.dataset.priority = priority;
  const text = document.createElement("p");
  text.append(...words);
  box.append(text);
  if (href) box.append(link("Open", href));
  if (!isLocked()) box.append(dismissal(box));
  const arrivals = document.querySelector("[data-arrivals]");
  arrivals.prepend(box);
  while (arrivals.children.length > NOTICES) arrivals.lastElementChild.remove();
}

function link(textContent, href) {
  return Object.assign(document.createElement("a"), { textContent, href, className: "button button-primary" });
}

function dismissal(box) {
  const button = Object.assign(document.createElement("button"), {
    type: "button",
    className: "button",
    textContent: "Later",
  });
  button.addEventListener("click", () => box.remove());
  return button;
}
