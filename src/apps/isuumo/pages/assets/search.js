// Counts while choosing: asks the API how many match, as soon as a condition changes. The form works
// without this module.

const form = document.getElementById("conditions");
const live = document.getElementById("live");
const submit = document.getElementById("submit");
const number = new Intl.NumberFormat(document.documentElement.lang);
let running;

// The API's query for what is chosen: nothing empty, features in one list.
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

function say(text, isReady) {
  live.value = text;
  submit.disabled = !isReady;
}

async function count() {
  running?.abort();
  const query = chosen();
  if (query.toString() === "") return say(form.dataset.wait, false);
  submit.disabled = false;
  running = new AbortController();
  query.set("page", "0");
  query.set("perPage", "0");
  try {
    const response = await fetch(`${form.dataset.api}?${query}`, { signal: running.signal });
    if (!response.ok) return say("", true);
    const found = (await response.json()).count;
    const text = found === 0 ? form.dataset.none : found === 1 ? form.dataset.one : form.dataset.many;
    say(text.replace("{n}", number.format(found)), true);
  } catch (error) {
    // A newer question took its place; or there is no count, which the form does not need.
    if (error.name !== "AbortError") say("", true);
  }
}

form.addEventListener("change", count);
// The address holds what was chosen and nothing else.
form.addEventListener("submit", (event) => {
  event.preventDefault();
  location.assign(`${location.pathname}?${chosen()}#results`);
});
// Back from a result, the browser has filled the form in again.
addEventListener("pageshow", count);
