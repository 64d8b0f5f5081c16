// The drill by keyboard, grading without a reload, and the voice. The page works without this module, and its
// forms do whatever it fails at.

const page = document.querySelector("[data-drill]");
const part = (name) => page.querySelector(`[data-${name}]`);
const [answer, field, said] = ["answer", "free", "status"].map(part);
const link = (name) => page.querySelector(`a[rel="${name}"]`);
const forms = [...page.querySelectorAll("form[data-grade]")];

part("keys").hidden = false;
page.classList.add("has-keys");

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const { key, target } = event;
  if (target === field) {
    if (key === "Enter") answer.open = true;
    if (key === "Enter" || key === "Escape") field.blur();
    return;
  }
  // What is typed somewhere, or moves something, is not ours.
  if (target.closest("input, textarea, select, audio")) return;
  if (key === " ") {
    if (event.shiftKey || target.closest("button, summary")) return;
    answer.open = !answer.open;
  } else if (key === "ArrowLeft") {
    link("prev").click();
  } else if (key === "ArrowRight") {
    link("next").click();
  } else if (key.toLowerCase() === "v") {
    page.querySelector("[data-voice]:not([hidden]), [data-speak]:not([hidden])")?.click();
  } else {
    const form = forms.find(({ dataset }) => dataset.grade === key);
    if (!form || event.repeat) return;
    form.requestSubmit();
  }
  event.preventDefault();
});

// Grading

let isBusy = false;

for (const form of forms) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    try {
      show(await graded(form));
      mark(form);
    } catch {
      // It has the same key, so that nothing is graded twice.
      form.submit();
    } finally {
      isBusy = false;
    }
  });
}

// The sentence's page as it is after a form was sent.
async function graded(form) {
  const response = await fetch(form.action, {
    method: "POST",
    headers: { Accept: "text/html" },
    body: new URLSearchParams(new FormData(form)),
  });
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  const drill = fresh.querySelector("[data-drill]");
  if (!response.ok || !drill) throw new Error(String(response.status));
  return drill;
}

// The order may be another one now, and the next grading needs another key.
function show(fresh) {
  const score = fresh.querySelector("[data-score]").textContent;
  part("score").textContent = score;
  for (const name of ["prev", "next"]) link(name).href = fresh.querySelector(`a[rel="${name}"]`).href;
  const keys = fresh.querySelectorAll('input[name="idempotency_key"]');
  page.querySelectorAll('input[name="idempotency_key"]').forEach((input, index) => {
    input.value = keys[index].value;
  });
  said.textContent = page.dataset.said.replace("{score}", score);
  link("next").focus({ preventScroll: true });
}

function mark(form) {
  for (const other of forms) other.classList.toggle("is-chosen", other === form);
}

// The voice

const sound = part("sound");
const voice = part("voice");
const speak = part("speak");

function say() {
  const words = new SpeechSynthesisUtterance(part("en").textContent);
  words.lang = "en-US";
  speechSynthesis.cancel();
  speechSynthesis.speak(words);
}

function offerSpeech() {
  voice.hidden = true;
  speak.hidden = !("speechSynthesis" in window);
}

// Who asked for a recording that does not play hears the browser instead. A failure is told more than once.
function fallBack() {
  if (voice.hidden) return;
  const isThere = document.activeElement === voice;
  offerSpeech();
  if (speak.hidden) return;
  if (isThere) speak.focus();
  say();
}

if (sound) {
  sound.controls = false;
  voice.hidden = false;
  voice.addEventListener("click", () => {
    sound.currentTime = 0;
    // Stopped is not failed.
    sound.play().catch(({ name }) => name === "AbortError" || fallBack());
  });
  for (const source of [sound, sound.querySelector("source")]) source.addEventListener("error", fallBack);
} else {
  offerSpeech();
}

speak.addEventListener("click", say);
