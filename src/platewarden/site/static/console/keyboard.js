// Single-key shortcuts. They can be switched off in the shortcut sheet (WCAG 2.1.4).
import { recall, remember } from "./memory.js";

const SEQUENCE_MS = 1500;
let leaderAt = 0;

export function watchKeys() {
  const sheet = document.querySelector("[data-shortcuts]");
  if (!sheet) return;
  const isOn = sheet.querySelector("[data-shortcuts-on]");
  isOn.checked = recall("shortcuts") !== "off";
  isOn.addEventListener("change", () => remember("shortcuts", isOn.checked ? null : "off"));
  for (const opener of document.querySelectorAll("[data-show-shortcuts]")) {
    opener.addEventListener("click", () => sheet.showModal());
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isTyping(event.target)) event.target.blur();
    const isFree = !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target);
    if (isOn.checked && isFree && !document.querySelector("dialog[open]")) press(event, sheet);
  });
}

function isTyping(target) {
  return target.matches?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
}

function press(event, sheet) {
  const goesOn = Date.now() - leaderAt < SEQUENCE_MS;
  leaderAt = 0;
  if (goesOn && go(event.key)) event.preventDefault();
  else if (event.key === "g") leaderAt = Date.now();
  else if (event.key === "j" || event.key === "k") move(event.key === "j" ? 1 : -1);
  else if (event.key === "/") focusSearch(event);
  else if (event.key === "?") sheet.showModal();
}

function go(key) {
  const place = document.querySelector(`.bar a[data-key="${CSS.escape(key)}"]`);
  place?.click();
  return Boolean(place);
}

function move(step) {
  const links = [...document.querySelectorAll("[data-list] [data-open]")];
  if (!links.length) return;
  const at = links.indexOf(document.activeElement);
  const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), links.length - 1);
  links[next].focus();
  links[next].scrollIntoView({ block: "nearest" });
}

function focusSearch(event) {
  const search = document.querySelector("[data-search]");
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select?.();
}
