// Draws an area on the map of cameras: press for a corner, drag for a rectangle. What counts is the list of corners
// in the field beside it, which can be typed as well; nothing is sent before the form is.
const NEAR_PX = 6;
const NUMBER = /-?\d+(?:\.\d+)?/g;

class AreaMap {
  constructor(map, field, tools) {
    this.map = map;
    this.field = field;
    this.outline = map.querySelector("[data-area-outline]");
    this.edges = ["south", "west", "north", "east"].map((name) => Number(map.dataset[name]));
    map.classList.add("is-drawable");
    map.addEventListener("pointerdown", (event) => this.press(event));
    map.addEventListener("pointermove", (event) => this.stretch(event));
    map.addEventListener("pointerup", (event) => this.release(event));
    field.addEventListener("input", () => this.show(this.corners()));
    tools.hidden = false;
    tools.querySelector("[data-area-undo]").addEventListener("click", () => this.write(this.corners().slice(0, -1)));
    tools.querySelector("[data-area-clear]").addEventListener("click", () => this.write([]));
    this.show(this.corners());
  }

  corners() {
    const lines = this.field.value.split(/[\n;]/).map((line) => (line.match(NUMBER) ?? []).map(Number));
    return lines.filter((numbers) => numbers.length === 2);
  }

  write(corners) {
    this.field.value = corners.map(([lat, lon]) => `${lat.toFixed(5)}, ${lon.toFixed(5)}`).join("\n");
    this.show(corners);
  }

  show(corners) {
    const shown = corners.length === 2 ? rectangle(...corners) : corners;
    this.outline.setAttribute("points", shown.map((corner) => this.place(corner).join(",")).join(" "));
  }

  place([lat, lon]) {
    const [south, west, north, east] = this.edges;
    const { width, height } = this.map.viewBox.baseVal;
    return [((lon - west) / (east - west)) * width, ((north - lat) / (north - south)) * height];
  }

  point(event) {
    const [south, west, north, east] = this.edges;
    const box = this.map.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width;
    const y = (event.clientY - box.top) / box.height;
    return [north - y * (north - south), west + x * (east - west)];
  }

  press(event) {
    if (event.button !== 0) return;
    this.start = event;
    this.map.setPointerCapture(event.pointerId);
    event.preventDefault();
  }

  isDrag(event) {
    return Math.hypot(event.clientX - this.start.clientX, event.clientY - this.start.clientY) > NEAR_PX;
  }

  stretch(event) {
    if (this.start && this.isDrag(event)) this.show(rectangle(this.point(this.start), this.point(event)));
  }

  release(event) {
    if (!this.start) return;
    const corner = this.point(event);
    this.write(this.isDrag(event) ? [this.point(this.start), corner] : [...this.corners(), corner]);
    this.start = null;
  }
}

function rectangle([latA, lonA], [latB, lonB]) {
  return [[latA, lonA], [latA, lonB], [latB, lonB], [latB, lonA]];
}

const map = document.querySelector("[data-area-map]");
const field = document.querySelector("[data-area-corners]");
const tools = document.querySelector("[data-area-tools]");
if (map && field && tools) new AreaMap(map, field, tools);
