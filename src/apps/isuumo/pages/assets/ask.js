// Buying a chair and requesting documents without a reload. The form works without this module.
//
// Each attempt has a key, so that pressing again after a failure cannot buy twice: the server does a
// request with the same key once.

for (const form of document.querySelectorAll("form[data-api]")) {
  const button = form.querySelector("button");
  const email = form.elements.namedItem("email");
  const hint = form.querySelector(".hint");
  const label = button.textContent;
  let key;
  let isRunning = false;

  const warn = (text) => {
    hint.textContent = text;
    hint.classList.add("bad");
    hint.setAttribute("role", "alert");
  };

  const finish = (kind, title, text) => {
    const message = document.createElement("div");
    message.className = `message ${kind}`;
    message.setAttribute("role", "status");
    message.tabIndex = -1;
    const heading = document.createElement("h2");
    heading.textContent = title;
    message.append(heading);
    if (text) {
      const words = document.createElement("p");
      words.textContent = text;
      message.append(words);
    }
    form.parentElement.querySelector(".message")?.remove();
    form.replaceWith(message);
    message.focus();
  };

  // The browser's own bubble speaks the browser's language; the hint below speaks the page's.
  form.noValidate = true;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isRunning) return;
    if (!email.checkValidity()) {
      email.setAttribute("aria-invalid", "true");
      warn(form.dataset.invalid);
      email.focus();
      return;
    }
    email.removeAttribute("aria-invalid");
    isRunning = true;
    button.setAttribute("aria-disabled", "true");
    button.textContent = form.dataset.busy;
    key ??= newKey();
    try {
      const response = await fetch(form.dataset.api, {
        method: "POST",
        headers: { "Content-Type": "application/json", "Idempotency-Key": `"${key}"` },
        body: JSON.stringify({ email: email.value }),
      });
      if (response.ok) return finish("message-good", form.dataset.done, form.dataset.doneHint);
      if (response.status === 404) return finish("message-bad", form.dataset.tooLate);
      // The key was taken by a request with another address.
      if (response.status === 422) key = undefined;
      warn(form.dataset.failed);
    } catch {
      warn(form.dataset.failed);
    } finally {
      isRunning = false;
      button.removeAttribute("aria-disabled");
      button.textContent = label;
    }
  });
}

// crypto.randomUUID is missing where a page came without TLS from another machine.
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
