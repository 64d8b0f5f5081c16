// Nazotte: a line drawn on the map becomes a search, whose results stand beside it and on it. The page
// works without this module: it shows the map as a picture, and has a form with coordinates.

import { extent, simplify } from "./line.js";
import { DensityMap } from "./map.js";
import { picturePath } from "./thumbnail.js";

const page = document.getElementById("nazotte");
const texts = page.dataset;
const picture = document.getElementById("density");
const canvas = document.getElementById("canvas");
const found = document.getElementById("found");
const heading = document.getElementById("results");
const hint = document.getElementById("results-hint");
const mapSaid = document.getElementById("map-said");
const card = document.getElementById("card").content.firstElementChild;
const number = new Intl.NumberFormat(document.documentElement.lang);
// A line that is nowhere farther from a straight one is a slip of the hand, in pixels.
const SMALLEST = 6;
// So many are a full answer, of which there may be more.
const MOST = 50;
let running;

const bounds = Object.fromEntries(
  ["south", "north", "west", "east"].map((side) => [side, Number(texts[side])]),
);

await picture.decode();
canvas.hidden = false;
document.getElementById("tools").hidden = false;
const map = new DensityMap(canvas, picture, bounds, JSON.parse(texts.cities));
picture.hidden = true;

function say(title, more = "") {
  heading.textContent = title;
  hint.textContent = more;
  mapSaid.textContent = title;
  mapSaid.hidden = false;
}

function around(ring) {
  const latitudes = ring.map(([latitude]) => latitude);
  const longitudes = ring.map(([, longitude]) => longitude);
  const [south, north] = [Math.min(...latitudes), Math.max(...latitudes)];
  const [west, east] = [Math.min(...longitudes), Math.max(...longitudes)];
  const margin = Math.max(north - south, east - west) * 0.15;
  return { south: south - margin, north: north + margin, west: west - margin, east: east + margin };
}

function show(estate) {
  const item = card.cloneNode(true);
  item.dataset.id = estate.id;
  item.dataset.latitude = estate.latitude;
  item.dataset.longitude = estate.longitude;
  item.querySelector("a").href = `${texts.base}/estate/${estate.id}`;
  item.querySelector("img").src = texts.base + picturePath(estate.thumbnail);
  const write = (name, text) => { item.querySelector(`.${name}`).textContent = text; };
  write("name", estate.name);
  write("price", texts.rent.replace("{n}", number.format(estate.rent)));
  write("note", `${texts.door} ${number.format(estate.doorWidth)} × ${number.format(estate.doorHeight)} cm`);
  write("line", estate.address);
  return item;
}

// Reads the list back, whoever wrote it, and puts it on the map.
function mark() {
  map.markers = [...found.querySelectorAll("[data-id]")].map((item) => ({
    id: item.dataset.id,
    latitude: Number(item.dataset.latitude),
    longitude: Number(item.dataset.longitude),
  }));
  map.marked = null;
  map.draw();
}

async function search(ring) {
  running?.abort();
  running = new AbortController();
  map.ring = ring;
  map.markers = [];
  map.draw();
  say(texts.searching);
  found.setAttribute("aria-busy", "true");
  const coordinates = ring.map(([latitude, longitude]) => ({ latitude, longitude }));
  try {
    const response = await fetch(`${texts.base}/api/estate/nazotte`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ coordinates }),
      signal: running.signal,
    });
    if (!response.ok) throw new Error(String(response.status));
    const { count, estates } = await response.json();
    const list = document.createElement("ul");
    list.className = "compact";
    list.append(...estates.map(show));
    found.replaceChildren(...(count > 0 ? [list] : []));
    found.removeAttribute("aria-busy");
    const text = count === 0 ? texts.none : count === 1 ? texts.foundOne : count >= MOST ? texts.capped : texts.found;
    say(text.replace("{n}", number.format(count)), count === 0 ? texts.noneHint : "");
    mark();
    const line = ring.map((place) => place.join(",")).join(" ");
    history.replaceState(null, "", `?${new URLSearchParams({ area: line })}`);
    // The switch of languages comes back to what is shown.
    document.querySelector(".language input").value = location.pathname + location.search;
  } catch (error) {
    if (error.name === "AbortError") return;
    found.removeAttribute("aria-busy");
    found.replaceChildren();
    say(texts.failed);
  }
}

map.onDrawn = (line) => {
  const points = simplify(line);
  if (points.length < 3 || extent(points) < SMALLEST) return say(texts.tooSmall);
  const round = (degrees) => Math.round(degrees * 1e4) / 1e4;
  const ring = points.map((point) => map.placeAt(point).map(round));
  // A closed line ends where it began.
  ring.push(ring[0]);
  map.setDrawing(false);
  search(ring);
};

const drawButton = document.getElementById("draw");
map.onMode = (isDrawing) => drawButton.setAttribute("aria-pressed", String(isDrawing));
drawButton.addEventListener("click", () => map.setDrawing(!map.isDrawing));
document.getElementById("zoom-in").addEventListener("click", () => map.zoom(1.6));
document.getElementById("zoom-out").addEventListener("click", () => map.zoom(1 / 1.6));
document.getElementById("whole").addEventListener("click", () => map.whole());

// The list and the map point at each other.
const itemOf = (id) => found.querySelector(`[data-id="${CSS.escape(id)}"]`);
map.onHover = (id) => {
  if (id === map.marked) return;
  if (map.marked !== null) itemOf(map.marked)?.classList.remove("is-marked");
  map.mark(id);
  const item = id === null ? null : itemOf(id);
  item?.classList.add("is-marked");
  item?.scrollIntoView({ block: "nearest" });
};
map.onPick = (id) => itemOf(id)?.querySelector("a").focus();
for (const kind of ["pointerover", "focusin"]) {
  found.addEventListener(kind, (event) => map.mark(event.target.closest("[data-id]")?.dataset.id ?? null));
}
for (const kind of ["pointerleave", "focusout"]) found.addEventListener(kind, () => map.mark(null));

// What the server found already.
if (texts.area) {
  map.ring = texts.area.split(" ").map((pair) => pair.split(",").map(Number));
  map.fit(around(map.ring));
  mark();
  say(heading.textContent, hint.textContent);
}
// For whoever waits until the map can be used.
page.dataset.ready = "";
