// Looking closely at a plate image: enlarge it, move it, enhance it. Enhancing is a filter over the image as taken,
// the page says so, and one key takes it away. Nothing here is sent anywhere.
import { recall } from "../console/memory.js";

const ZOOMS = [1, 1.5, 2, 3, 4, 6, 8];
const LEAST = 0.4;
const MOST = 2.6;
const STEP = 0.3;
const NOTHING = { brightness: 1, contrast: 1, sharpen: false, invert: false };

class Viewer {
  constructor(figure) {
    this.figure = figure;
    this.name = figure.dataset.viewer;
    this.frame = figure.querySelector("[data-viewer-frame]");
    this.image = this.frame.querySelector("img");
    this.zoom = 0;
    this.view = { ...NOTHING };
    figure.querySelector("[data-viewer-tools]").hidden = false;
    for (const button of figure.querySelectorAll("[data-do]")) {
      button.addEventListener("click", () => this.act(button.dataset.do));
    }
    letDrag(this.frame);
  }

  act(key) {
    if (key === "+" || key === "-" || key === "0") this.enlarge(key);
    else this.enhance(key);
  }

  enlarge(key) {
    const wanted = key === "0" ? 0 : this.zoom + (key === "+" ? 1 : -1);
    const [x, y] = middle(this.frame);
    this.zoom = Math.min(Math.max(wanted, 0), ZOOMS.length - 1);
    const factor = ZOOMS[this.zoom];
    this.frame.classList.toggle("is-enlarged", factor > 1);
    this.image.style.setProperty("--zoom", factor);
    if (factor > 1) {
      this.frame.tabIndex = 0;
      this.frame.setAttribute("role", "region");
      this.frame.setAttribute("aria-label", `${this.name}, enlarged; arrow keys move it`);
      this.frame.scrollTo(x * this.frame.scrollWidth - this.frame.clientWidth / 2, y * this.frame.scrollHeight - this.frame.clientHeight / 2);
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) this.frame.removeAttribute(name);
    }
    this.say(factor > 1 ? `${factor} times larger` : "Whole image");
  }

  enhance(key) {
    const view = this.view;
    if (key === "b" || key === "d") view.brightness = bounded(view.brightness + (key === "b" ? STEP : -STEP));
    else if (key === "c") view.contrast = view.contrast + STEP > MOST ? 1 : view.contrast + STEP;
    else if (key === "s") view.sharpen = !view.sharpen;
    else if (key === "i") view.invert = !view.invert;
    else Object.assign(view, NOTHING);
    this.render();
  }

  render() {
    const view = this.view;
    const filters = [
      view.brightness !== 1 && `brightness(${view.brightness.toFixed(1)})`,
      view.contrast !== 1 && `contrast(${view.contrast.toFixed(1)})`,
      view.sharpen && "url(#viewer-sharpen)",
      view.invert && "invert(1)",
    ].filter(Boolean);
    this.image.style.filter = filters.join(" ");
    this.figure.toggleAttribute("data-enhanced", filters.length > 0);
    this.figure.querySelector("[data-viewer-caption]").hidden = filters.length > 0;
    this.figure.querySelector("[data-viewer-enhanced]").hidden = filters.length === 0;
    for (const key of ["s", "i"]) {
      const isOn = key === "s" ? view.sharpen : view.invert;
      this.figure.querySelector(`[data-do="${key}"]`).setAttribute("aria-pressed", String(isOn));
    }
    this.say(filters.length ? `Enhanced view: ${inWords(view)}` : "Original, as taken");
  }

  say(text) {
    this.figure.querySelector("[data-viewer-said]").textContent = `${this.name}: ${text}`;
  }
}

const bounded = (value) => Math.round(Math.min(Math.max(value, LEAST), MOST) * 10) / 10;

function inWords({ brightness, contrast, sharpen, invert }) {
  const words = [
    brightness !== 1 && (brightness > 1 ? "brighter" : "darker"),
    contrast !== 1 && "more contrast",
    sharpen && "sharpened",
    invert && "inverted",
  ];
  return words.filter(Boolean).join(", ");
}

// Which point of the image is in the middle of its frame, as shares of width and height.
function middle(frame) {
  return [
    (frame.scrollLeft + frame.clientWidth / 2) / frame.scrollWidth,
    (frame.scrollTop + frame.clientHeight / 2) / frame.scrollHeight,
  ];
}

function letDrag(frame) {
  let from = null;
  frame.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || !frame.classList.contains("is-enlarged")) return;
    from = { x: event.clientX + frame.scrollLeft, y: event.clientY + frame.scrollTop };
    frame.setPointerCapture(event.pointerId);
  });
  frame.addEventListener("pointermove", (event) => from && frame.scrollTo(from.x - event.clientX, from.y - event.clientY));
  for (const end of ["pointerup", "pointercancel"]) frame.addEventListener(end, () => (from = null));
}

const viewers = [...document.querySelectorAll("[data-viewer]")].map((figure) => new Viewer(figure));

// Keys go to the image that has the focus, else to the plate. In the field where the plate is typed, + and - still
// enlarge: no plate has them.
function meant(target) {
  return viewers.find((viewer) => viewer.figure.contains(target)) ?? viewers[0];
}

function isTyping(target) {
  return target.matches?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !viewers.length) return;
  if (recall("shortcuts") === "off" || document.querySelector("dialog[open]")) return;
  const key = event.key === "=" ? "+" : event.key;
  const isForPlate = event.target.matches?.("[data-plate]") && (key === "+" || key === "-");
  if ((isTyping(event.target) && !isForPlate) || !"+-0bdcsio".includes(key) || key.length !== 1) return;
  event.preventDefault();
  meant(event.target).act(key);
});
