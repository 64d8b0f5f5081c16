// Counts while choosing: asks the API how many match, as soon as a condition changes. The form works
// without this module.

const form = document.getElementById("conditions");
const live = document.getElementById("live");
const number = new Intl.NumberFormat(document.documentElement.lang);
let running;

// What the API does not know: words, an order, how many to a page.
const BESIDE = ["q", "sort", "perPage"];

// The query for what is chosen: nothing empty, features in one list.
function chosen() {
  const query = new URLSearchParams();
  const features = [];
  for (const [name, value] of new FormData(form)) {
    if (name === "features") features.push(value);
    else if (value !== "") query.set(name, value);
  }
  if (features.length > 0) query.set("features", features.join(","));
  return query;
}

function say(text) {
  live.value = text;
}

async function count() {
  running?.abort();
  const query = chosen();
  // Only the page counts what has these words.
  if (query.has("q")) return say("");
  for (const name of BESIDE) query.delete(name);
  if (query.toString() === "") return say(form.dataset.wait);
  running = new AbortController();
  query.set("page", "0");
  query.set("perPage", "0");
  try {
    const response = await fetch(`${form.dataset.api}?${query}`, { signal: running.signal });
    if (!response.ok) return say("");
    const found = (await response.json()).count;
    const text = found === 0 ? form.dataset.none : found === 1 ? form.dataset.one : form.dataset.many;
    say(text.replace("{n}", number.format(found)));
  } catch (error) {
    // A newer question took its place; or there is no count, which the form does not need.
    if (error.name !== "AbortError") say("");
  }
}

form.addEventListener("change", count);
document.getElementById("words").addEventListener("input", count);
// The address holds what was chosen and nothing else.
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const query = chosen().toString();
  // The search without anything is the form; the list of all has an address of its own.
  const address = query === "" ? form.dataset.all : `${form.getAttribute("action").split("#")[0]}?${query}`;
  location.assign(`${address}#results`);
});
// Back from a result, the browser has filled the form in again.
addEventListener("pageshow", count);
