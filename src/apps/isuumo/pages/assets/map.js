// The map: a canvas with a dot for each place where estates are, that can be moved, zoomed and drawn on.
//
// Places are latitude and longitude; a degree of longitude is drawn as much shorter as it is in the
// middle of the map. What is drawn on it comes back as a list of places.

const CLOSEST = 4000;
const STEP = 1.5;
// Pixels within which a pointer is on a marker.
const NEAR = 12;

// A number between 0 and 1 that is always the same for the same seed.
function scatter(seed) {
  const much = Math.sin(seed * 12.9898) * 43758.5453;
  return much - Math.floor(much);
}

export class DensityMap {
  #canvas;
  #context;
  #frame;
  #bounds;
  #cities;
  #squeeze;
  #dots = [];
  #cell;
  #view;
  #width = 0;
  #height = 0;
  #pointers = new Map();
  #line = null;
  #moved = false;
  #isDue = false;
  #colours = {};

  // What is shown on top: a closed line, and markers {id, latitude, longitude}.
  ring = [];
  markers = [];
  marked = null;
  isDrawing = false;
  // Called with what was drawn, as points on the screen and a way to places; and with markers' ids.
  onDrawn = () => {};
  onHover = () => {};
  onPick = () => {};
  onMode = () => {};

  constructor(canvas, picture, bounds, cities) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d");
    this.#frame = canvas.parentElement;
    this.#bounds = bounds;
    this.#cities = cities;
    this.#squeeze = Math.cos((((bounds.south + bounds.north) / 2) * Math.PI) / 180);
    this.#readDots(picture);
    this.#readColours();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.#readColours();
      this.draw();
    });
    new ResizeObserver(() => this.#resize()).observe(this.#frame);
    this.#resize();
    this.#listen();
  }

  // The picture's opacity says how many there are.
  #readDots(picture) {
    const { naturalWidth: width, naturalHeight: height } = picture;
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(picture, 0, 0);
    const pixels = context.getImageData(0, 0, width, height).data;
    const { south, north, west, east } = this.#bounds;
    this.#cell = (north - south) / height;
    for (let i = 3; i < pixels.length; i += 4) {
      if (pixels[i] === 0) continue;
      const pixel = (i - 3) / 4;
      const [x, y] = [pixel % width, Math.floor(pixel / width)];
      // Somewhere in its cell, so that no grid shows where there is none.
      const latitude = north - ((y + scatter(pixel)) / height) * (north - south);
      const longitude = west + ((x + scatter(pixel + 0.5)) / width) * (east - west);
      this.#dots.push([pixels[i], latitude, longitude]);
    }
    // One change of colour for each level.
    this.#dots.sort((a, b) => a[0] - b[0]);
  }

  #readColours() {
    const style = getComputedStyle(this.#frame);
    for (const name of ["ink", "soft", "line", "dot", "accent", "focus", "card", "sans"]) {
      this.#colours[name] = style.getPropertyValue(`--${name}`).trim();
    }
  }

  #resize() {
    const { clientWidth: width, clientHeight: height } = this.#frame;
    if (width === 0 || (width === this.#width && height === this.#height)) return;
    const isFirst = this.#width === 0;
    [this.#width, this.#height] = [width, height];
    const ratio = window.devicePixelRatio || 1;
    this.#canvas.width = Math.round(width * ratio);
    this.#canvas.height = Math.round(height * ratio);
    this.#context.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (isFirst) this.fit(this.#bounds);
    else this.draw();
  }

  // Shows a part of the world as large as it fits.
  fit({ south, north, west, east }) {
    const tall = Math.max(north - south, 0.02);
    const wide = Math.max((east - west) * this.#squeeze, 0.02);
    const scale = Math.min(this.#height / tall, this.#width / wide);
    this.#view = { latitude: (south + north) / 2, longitude: (west + east) / 2, scale: Math.min(scale, CLOSEST) };
    this.draw();
  }

  whole() {
    this.fit(this.#bounds);
  }

  zoom(factor, [x, y] = [this.#width / 2, this.#height / 2]) {
    const [latitude, longitude] = this.placeAt([x, y]);
    const least = Math.min(this.#height / 40, this.#width / 40);
    this.#view.scale = Math.min(CLOSEST, Math.max(least, this.#view.scale * factor));
    const [newX, newY] = this.pointAt([latitude, longitude]);
    this.pan(x - newX, y - newY);
  }

  pan(dx, dy) {
    const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
    const { south, north, west, east } = this.#bounds;
    this.#view.latitude = clamp(this.#view.latitude + dy / this.#view.scale, south, north);
    const degrees = dx / this.#view.scale / this.#squeeze;
    this.#view.longitude = clamp(this.#view.longitude - degrees, west, east);
    this.draw();
  }

  pointAt([latitude, longitude]) {
    const { latitude: middle, longitude: centre, scale } = this.#view;
    return [
      (longitude - centre) * scale * this.#squeeze + this.#width / 2,
      (middle - latitude) * scale + this.#height / 2,
    ];
  }

  placeAt([x, y]) {
    const { latitude, longitude, scale } = this.#view;
    return [
      latitude - (y - this.#height / 2) / scale,
      longitude + (x - this.#width / 2) / scale / this.#squeeze,
    ];
  }

  setDrawing(isDrawing) {
    this.isDrawing = isDrawing;
    this.#frame.classList.toggle("is-drawing", isDrawing);
    this.onMode(isDrawing);
  }

  mark(id) {
    if (this.marked === id) return;
    this.marked = id;
    this.draw();
  }

  // Draws with the next frame.
  draw() {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      this.#paint();
    });
  }

  #paint() {
    this.#context.clearRect(0, 0, this.#width, this.#height);
    this.#paintGrid();
    this.#paintDots();
    this.#paintCities();
    this.#paintRing();
    this.#paintMarkers();
  }

  #paintGrid() {
    const context = this.#context;
    const step = [10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05].findLast((step) => step * this.#view.scale > 110) ?? 10;
    const [north, west] = this.placeAt([0, 0]);
    const [south, east] = this.placeAt([this.#width, this.#height]);
    context.strokeStyle = this.#colours.line;
    context.fillStyle = this.#colours.soft;
    context.font = `11px ${this.#colours.sans}`;
    context.lineWidth = 1;
    const digits = step < 0.1 ? 2 : step < 1 ? 1 : 0;
    context.beginPath();
    for (let n = Math.ceil(south / step); n * step <= north; n++) {
      const [, y] = this.pointAt([n * step, 0]);
      context.moveTo(0, y);
      context.lineTo(this.#width, y);
      if (y > 80 && y < this.#height - 30) context.fillText(`${(n * step).toFixed(digits)}°N`, 8, y - 4);
    }
    for (let n = Math.ceil(west / step); n * step <= east; n++) {
      const [x] = this.pointAt([0, n * step]);
      context.moveTo(x, 0);
      context.lineTo(x, this.#height);
      context.fillText(`${(n * step).toFixed(digits)}°E`, x + 4, this.#height - 8);
    }
    context.stroke();
  }

  #paintDots() {
    const context = this.#context;
    const high = this.#cell * this.#view.scale;
    const radius = Math.min(3.5, Math.max(0.7, high * 0.3));
    let level = -1;
    for (const [opacity, latitude, longitude] of this.#dots) {
      const [x, y] = this.pointAt([latitude, longitude]);
      if (x < -radius || y < -radius || x > this.#width + radius || y > this.#height + radius) continue;
      if (opacity !== level) {
        level = opacity;
        context.fillStyle = `rgb(${this.#colours.dot} / ${Math.min(1, 0.05 + opacity / 255)})`;
      }
      if (radius < 2) {
        context.fillRect(x - radius, y - radius, radius * 2, radius * 2);
      } else {
        context.beginPath();
        context.arc(x, y, radius, 0, Math.PI * 2);
        context.fill();
      }
    }
  }

  #paintCities() {
    const context = this.#context;
    context.font = `600 12px ${this.#colours.sans}`;
    context.lineWidth = 3;
    context.lineJoin = "round";
    context.strokeStyle = this.#colours.card;
    for (const [name, latitude, longitude] of this.#cities) {
      const [x, y] = this.pointAt([latitude, longitude]);
      context.fillStyle = this.#colours.ink;
      context.beginPath();
      context.arc(x, y, 2.5, 0, Math.PI * 2);
      context.stroke();
      context.fill();
      context.strokeText(name, x + 7, y + 4);
      context.fillText(name, x + 7, y + 4);
    }
  }

  #paintRing() {
    const points = this.#line ?? this.ring.map((place) => this.pointAt(place));
    if (points.length < 2) return;
    const context = this.#context;
    context.beginPath();
    points.forEach(([x, y]) => context.lineTo(x, y));
    if (!this.#line) context.closePath();
    context.lineWidth = 3;
    context.lineJoin = "round";
    context.strokeStyle = this.#colours.focus;
    context.stroke();
    context.globalAlpha = 0.12;
    context.fillStyle = this.#colours.focus;
    context.fill();
    context.globalAlpha = 1;
  }

  #paintMarkers() {
    const marked = this.markers.filter((marker) => marker.id === this.marked);
    for (const marker of [...this.markers, ...marked]) {
      const isMarked = marker.id === this.marked;
      const [x, y] = this.pointAt([marker.latitude, marker.longitude]);
      const context = this.#context;
      context.beginPath();
      context.arc(x, y, isMarked ? 10 : 5.5, 0, Math.PI * 2);
      context.fillStyle = isMarked ? this.#colours.accent : this.#colours.focus;
      context.fill();
      context.lineWidth = 2;
      context.strokeStyle = this.#colours.card;
      context.stroke();
    }
  }

  #listen() {
    const canvas = this.#canvas;
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    canvas.addEventListener("pointerup", (event) => this.#up(event));
    canvas.addEventListener("pointercancel", (event) => this.#cancel(event));
    canvas.addEventListener("pointerleave", () => this.onHover(null));
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY / 400), this.#at(event));
    }, { passive: false });
    canvas.addEventListener("keydown", (event) => this.#key(event));
  }

  #at(event) {
    const box = this.#canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  #down(event) {
    if (event.button > 0) return;
    this.#canvas.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, this.#at(event));
    this.#moved = false;
    // A second finger is for zooming.
    this.#line = this.isDrawing && this.#pointers.size === 1 ? [this.#at(event)] : null;
    this.#frame.classList.toggle("is-moving", !this.#line);
    this.draw();
  }

  #move(event) {
    const at = this.#at(event);
    const before = this.#pointers.get(event.pointerId);
    if (!before) return this.onHover(this.#markerAt(at));
    const others = [...this.#pointers].filter(([id]) => id !== event.pointerId);
    this.#pointers.set(event.pointerId, at);
    this.#moved ||= Math.hypot(at[0] - before[0], at[1] - before[1]) > 2;
    if (this.#line) {
      const drawn = event.getCoalescedEvents?.() ?? [];
      const points = drawn.length > 0 ? drawn.map((one) => this.#at(one)) : [at];
      this.#line.push(...points);
      return this.draw();
    }
    if (others.length === 1) {
      const [, other] = others[0];
      const apart = (point) => Math.hypot(point[0] - other[0], point[1] - other[1]);
      if (apart(before) > 0) this.zoom(apart(at) / apart(before), other);
      return;
    }
    if (others.length === 0) this.pan(at[0] - before[0], at[1] - before[1]);
  }

  #up(event) {
    const line = this.#line;
    this.#cancel(event);
    if (line) return this.onDrawn(line);
    if (!this.#moved && this.#pointers.size === 0) {
      const id = this.#markerAt(this.#at(event));
      if (id !== null) this.onPick(id);
    }
  }

  #cancel(event) {
    this.#pointers.delete(event.pointerId);
    this.#line = null;
    this.#frame.classList.remove("is-moving");
    this.draw();
  }

  #markerAt([x, y]) {
    let nearest = null;
    let least = NEAR;
    for (const marker of this.markers) {
      const [markerX, markerY] = this.pointAt([marker.latitude, marker.longitude]);
      const away = Math.hypot(markerX - x, markerY - y);
      if (away < least) [nearest, least] = [marker.id, away];
    }
    return nearest;
  }

  #key(event) {
    const far = 60;
    const keys = {
      ArrowLeft: () => this.pan(far, 0),
      ArrowRight: () => this.pan(-far, 0),
      ArrowUp: () => this.pan(0, far),
      ArrowDown: () => this.pan(0, -far),
      "+": () => this.zoom(STEP),
      "=": () => this.zoom(STEP),
      "-": () => this.zoom(1 / STEP),
      Escape: () => this.setDrawing(false),
    };
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }
}
