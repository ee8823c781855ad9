// Points at the corners of a source's region in its picture: press for a corner, drag one that is there. Each corner
// has a button as well, on which arrow keys move it and Delete takes it away. What counts is the list in the field,
// which can be typed as before; nothing is sent before the form is.
const SVG = "http://www.w3.org/2000/svg";
const CORNER = /^\s*(\d*\.?\d+)\s*,\s*(\d*\.?\d+)\s*$/;
const NEAR_PX = 22;
const RADIUS_PX = 10;
const STEP = 0.01;
const FINE_STEP = 0.001;
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const RECTANGLE = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]];

class RegionPlot {
  constructor(plot, field, tools) {
    this.plot = plot;
    this.field = field;
    this.shape = plot.querySelector("[data-region-shape]");
    this.marks = plot.querySelector("[data-region-marks]");
    this.list = tools.querySelector("[data-region-list]");
    this.more = tools.querySelector("[data-region-more]");
    this.said = tools.querySelector("[data-region-said]");
    this.chosen = 0;
    plot.classList.add("is-drawable");
    plot.addEventListener("pointerdown", (event) => this.press(event));
    plot.addEventListener("pointermove", (event) => this.drag(event));
    for (const end of ["pointerup", "pointercancel"]) plot.addEventListener(end, () => (this.isHeld = false));
    this.list.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("click", (event) => this.choose(this.indexOf(event.target)));
    this.list.addEventListener("focusin", (event) => this.choose(this.indexOf(event.target)));
    this.more.addEventListener("click", () => this.addOne());
    tools.querySelector("[data-region-away]").addEventListener("click", () => this.remove());
    tools.querySelector("[data-region-clear]").addEventListener("click", () => this.write([]));
    field.addEventListener("input", () => this.show());
    window.addEventListener("resize", () => this.show());
    tools.hidden = false;
    this.show();
  }

  corners() {
    const found = this.field.value.split(";").map((part) => CORNER.exec(part)).filter(Boolean);
    return found.map(([, x, y]) => [within(Number(x)), within(Number(y))]);
  }

  isReadable() {
    return this.field.value.split(";").filter((part) => part.trim()).every((part) => {
      const found = CORNER.exec(part);
      return found && Number(found[1]) <= 1 && Number(found[2]) <= 1;
    });
  }

  write(corners) {
    if (corners.length && !this.isReadable()) {
      this.said.textContent = "A corner that was typed is not two numbers from 0 to 1: mend it or take all away first.";
      return false;
    }
    const text = corners.map(([x, y]) => `${rounded(x)},${rounded(y)}`).join(";");
    if (text.length > this.field.maxLength) {
      this.said.textContent = "There are too many corners: take one away first.";
      return false;
    }
    this.field.value = text;
    this.show();
    return true;
  }

  show() {
    const corners = this.corners();
    const { width, height } = this.plot.viewBox.baseVal;
    this.chosen = Math.min(this.chosen, Math.max(corners.length - 1, 0));
    const places = corners.map(([x, y]) => [x * width, y * height]);
    this.shape.setAttribute("points", places.map((place) => place.map((value) => value.toFixed(1)).join(",")).join(" "));
    this.plot.setAttribute("aria-label", corners.length ? this.plot.dataset.region : this.plot.dataset.whole);
    this.more.textContent = corners.length ? "One more corner" : "Begin with a rectangle";
    this.mark(places, width / this.plot.getBoundingClientRect().width);
    this.name(corners);
  }

  mark(places, pixel) {
    this.marks.replaceChildren(
      ...places.flatMap(([x, y], index) => {
        const look = index === this.chosen ? "region-corner is-chosen" : "region-corner";
        const circle = { cx: x, cy: y, r: RADIUS_PX * pixel, "stroke-width": 2 * pixel, class: look };
        const number = { x, y, "font-size": 12 * pixel, class: look.replace("corner", "number") };
        return [drawn("circle", circle), drawn("text", number, index + 1)];
      }),
    );
  }

  name(corners) {
    while (this.list.children.length > corners.length) this.list.lastElementChild.remove();
    while (this.list.children.length < corners.length) this.list.append(cornerButton());
    corners.forEach(([x, y], index) => {
      const button = this.list.children[index].firstElementChild;
      button.textContent = `Corner ${index + 1}: ${rounded(x)}, ${rounded(y)}`;
      button.setAttribute("aria-pressed", String(index === this.chosen));
    });
  }

  indexOf(target) {
    return [...this.list.children].indexOf(target.closest("li"));
  }

  choose(index) {
    if (index < 0 || index === this.chosen) return;
    this.chosen = index;
    this.show();
  }

  focus() {
    const button = this.list.children[this.chosen]?.firstElementChild ?? this.more;
    button.focus({ preventScroll: true });
  }

  move(place) {
    const corners = this.corners();
    corners[this.chosen] = place.map(within);
    if (this.write(corners)) this.said.textContent = this.list.children[this.chosen].textContent;
  }

  insert(index, place) {
    const [corners, former] = [this.corners(), this.chosen];
    corners.splice(index, 0, place.map(within));
    this.chosen = index;
    const isWritten = this.write(corners);
    if (!isWritten) this.chosen = former;
    return isWritten;
  }

  addOne() {
    const corners = this.corners();
    if (!corners.length) this.write(RECTANGLE);
    else {
      const next = corners[(this.chosen + 1) % corners.length];
      const here = corners[this.chosen];
      const aside = corners.length === 1 ? 0.1 : 0;
      this.insert(this.chosen + 1, [(here[0] + next[0]) / 2 + aside, (here[1] + next[1]) / 2]);
    }
    this.focus();
  }

  remove() {
    const corners = this.corners();
    corners.splice(this.chosen, 1);
    const left = corners.length === 1 ? "1 corner is" : `${corners.length} corners are`;
    if (this.write(corners)) this.said.textContent = `${left} left.`;
    this.focus();
  }

  key(event) {
    const way = WAYS[event.key];
    const step = event.shiftKey ? FINE_STEP : STEP;
    if (way) this.move(this.corners()[this.chosen].map((value, axis) => value + way[axis] * step));
    else if (event.key === "Delete") this.remove();
    else return;
    event.preventDefault();
  }

  point(event) {
    const box = this.plot.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }

  pixels([x, y]) {
    const box = this.plot.getBoundingClientRect();
    return [x * box.width, y * box.height];
  }

  press(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    const here = this.pixels(this.point(event));
    const apart = this.corners().map((corner) => distance(this.pixels(corner), here));
    const nearest = apart.indexOf(Math.min(...apart));
    if (apart[nearest] <= NEAR_PX) this.choose(nearest);
    else if (!this.insert(this.edgeNear(here), this.point(event))) return;
    this.isHeld = true;
    this.plot.setPointerCapture(event.pointerId);
    this.focus();
  }

  drag(event) {
    if (this.isHeld) this.move(this.point(event));
  }

  edgeNear(here) {
    const places = this.corners().map((corner) => this.pixels(corner));
    if (places.length < 3) return places.length;
    const apart = places.map((place, index) => fromEdge(here, place, places[(index + 1) % places.length]));
    return apart.indexOf(Math.min(...apart)) + 1;
  }
}

function within(value) {
  return Math.min(Math.max(value, 0), 1);
}

function rounded(value) {
  return Number(value.toFixed(4));
}

function distance([xA, yA], [xB, yB]) {
  return Math.hypot(xA - xB, yA - yB);
}

function fromEdge([x, y], [xA, yA], [xB, yB]) {
  const [dx, dy] = [xB - xA, yB - yA];
  const along = within(((x - xA) * dx + (y - yA) * dy) / (dx * dx + dy * dy || 1));
  return distance([x, y], [xA + along * dx, yA + along * dy]);
}

function drawn(name, attributes, text = "") {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  return element;
}

function cornerButton() {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  item.append(button);
  return item;
}

const plot = document.querySelector("[data-region-plot]");
const field = document.querySelector("[name=region]");
const tools = document.querySelector("[data-region-tools]");
if (plot && field && tools) new RegionPlot(plot, field, tools);
