// The switch of languages without an entry in the history: the choice is remembered, and the page shown
// again in its place. Without this module the form does the same, and Back leads to the page before.

const form = document.querySelector(".language");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter));
  try {
    // What it leads to is not asked for: the cookie comes with the answer.
    const response = await fetch(form.action, { method: "POST", body, redirect: "manual" });
    if (response.type !== "opaqueredirect") throw new Error(String(response.status));
    const to = new URL(body.get("to"), location.href);
    // A page that a form led to has another address than the one to come back to.
    if (to.pathname + to.search === location.pathname + location.search) location.reload();
    else location.replace(to);
  } catch {
    // As without this module.
    HTMLFormElement.prototype.submit.call(withChoice(event.submitter));
  }
});

// The form with the button's value, which a script that submits it leaves out.
function withChoice(button) {
  const choice = document.createElement("input");
  choice.type = "hidden";
  choice.name = button.name;
  choice.value = button.value;
  form.append(choice);
  return form;
}
