// New alerts on every page: the count in the navigation and the title, a notice, a sound, words for screen readers.
import { refreshRow, showRow } from "./alerts-list.js";
import { show } from "./icons.js";
import { recall, remember } from "./memory.js";
import { announceBySound, watchSound } from "./sound.js";

const PATIENCE_MS = 5000;
const NOTICES = 4;
const data = document.body.dataset;
const list = () => document.querySelector("[data-alerts-list]");
const seen = new Set();

let downSince = Date.now();
let isUp = false;

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

// Number of the last alert that any window of this session told of; -1 when there was none.
function lastTold() {
  const [session, number] = (recall("last-alert") ?? "").split(" ");
  return session === data.session ? Number(number) : -1;
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
  if (message.kind === "state") setConnection(message.up);
  else if (message.kind === "ended") location.replace(location.pathname);
  else if (message.kind === "alert") arrive(message);
  else refreshRow(list(), message.alert);
}

function setConnection(up) {
  if (isUp && !up) downSince = Date.now();
  isUp = up;
  renderConnection();
}

function renderConnection() {
  const tool = document.querySelector("[data-live-state]");
  const strip = document.querySelector("[data-offline-strip]");
  const seconds = Math.round((Date.now() - downSince) / 1000);
  const isLost = !isUp && seconds * 1000 >= PATIENCE_MS;
  const state = isUp ? "on" : isLost ? "off" : "part";
  const label = isUp ? "Live" : isLost ? "Not live" : "Connecting";
  if (tool.dataset.state !== state || tool.textContent !== label) show(tool, { icon: "live", label, state });
  if (strip.hidden !== !isLost) strip.hidden = !isLost;
  if (isLost) {
    strip.querySelector("[data-offline-text]").textContent =
      "The live connection is down: new alerts neither appear nor sound here. It keeps trying; use the radio meanwhile.";
  }
}

function arrive({ number, alert, priority }) {
  if (seen.has(number)) return;
  seen.add(number);
  if (number > lastTold()) remember("last-alert", `${data.session} ${number}`);
  announceBySound(number, priority);
  announceInWords(number, priority);
  if (number > Number(data.liveAfter)) count(1);
  if (list()) showRow(list(), alert);
  else notice(number, alert, priority);
}

function announceInWords(number, priority) {
  const urgency = priority === "high" ? "High-priority alert" : "Alert";
  document.querySelector("[data-announcer]").textContent = `${urgency} ${number}, unverified.`;
}

function count(change) {
  const badge = document.querySelector("[data-alert-count]");
  if (!badge) return;
  const open = Math.max(0, Number.parseInt(badge.textContent, 10) + change);
  badge.firstChild.textContent = open;
  badge.hidden = open === 0;
  document.title = (open ? `(${open}) ` : "") + document.title.replace(/^\(\d+\) /, "");
}

function notice(number, alert, priority) {
  const isLocked = location.pathname === data.lockedUrl;
  const box = Object.assign(document.createElement("div"), { className: "arrival" });
  box.dataset.priority = priority;
  const text = document.createElement("p");
  const what = Object.assign(document.createElement("strong"), {
    textContent: priority === "high" ? "High-priority alert" : "New alert",
  });
  text.append(what, ` ${number}, unverified. ${isLocked ? "Unlock to see it." : ""}`);
  box.append(text);
  if (!isLocked) {
    box.append(link("Open", `${data.alertsUrl}${encodeURIComponent(alert)}/`));
    box.append(dismissal(box));
  }
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
