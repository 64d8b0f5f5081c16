// Favorites and follows without a reload. The forms work without this module, and do whatever it fails at.

const busy = new WeakSet();

for (const form of document.querySelectorAll("form[data-toggle]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy.has(form)) return;
    busy.add(form);
    try {
      const response = await fetch(form.action, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new URLSearchParams(new FormData(form)),
      });
      if (!response.ok) throw new Error(String(response.status));
      show(form.action, await response.json());
    } catch {
      // With a page that says what is wrong.
      form.submit();
    } finally {
      busy.delete(form);
    }
  });
}

// The same button may be there several times.
function show(action, { article, profile }) {
  const isOn = article ? article.favorited : profile.following;
  for (const form of document.querySelectorAll("form[data-toggle]")) {
    if (form.action !== action) continue;
    form.elements.namedItem("_method").disabled = !isOn;
    form.querySelector("button").setAttribute("aria-pressed", String(isOn));
    const count = form.querySelector("[data-count]");
    if (count) count.textContent = article.favoritesCount.toLocaleString("en");
  }
}
