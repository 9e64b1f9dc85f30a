// The cards of deals and clients: tabs of the composer, drafts that survive leaving the page, keys, the dialog of a
// loss. Without it the tabs are links and everything is sent by its button.

// --- Tabs: all forms are on the page, the links only show one ---

document.addEventListener("click", (event) => {
  const tab = event.target.closest("[data-compose]");
  if (!tab || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const form = document.getElementById(`compose-${tab.dataset.compose}`);
  if (!form) return;
  event.preventDefault();
  for (const other of document.querySelectorAll("[data-compose]")) {
    const one = document.getElementById(`compose-${other.dataset.compose}`);
    one.hidden = one !== form;
    if (other === tab) other.setAttribute("aria-current", "true");
    else other.removeAttribute("aria-current");
  }
  form.querySelector("textarea, input:not([type=hidden])").focus();
});

// --- Drafts: what was typed into a composer is there again after a reload, a move or a look elsewhere ---

const draftOf = (form) => `draft-${form.dataset.draft}`;
const draftField = (form) => form.querySelector("textarea");

function keepDraft(form) {
  const text = draftField(form).value;
  if (text) sessionStorage.setItem(draftOf(form), text);
  else sessionStorage.removeItem(draftOf(form));
}

function bringDrafts() {
  for (const form of document.querySelectorAll("form[data-draft]")) {
    const field = draftField(form);
    if (!field.value) field.value = sessionStorage.getItem(draftOf(form)) ?? "";
  }
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-draft]");
  if (form) keepDraft(form);
});

// Sent: the draft goes with the form. An answer that says what is wrong brings the text back itself.
const forget = (event) => {
  const form = event.target.closest?.("form[data-draft]");
  if (form) sessionStorage.removeItem(draftOf(form));
};
document.addEventListener("submit", (event) => {
  if (!event.target.hasAttribute("hx-post")) forget(event);
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const form = event.detail.requestConfig.elt.closest("form[data-draft]");
  if (form && event.detail.xhr.status < 400) sessionStorage.removeItem(draftOf(form));
});

bringDrafts();

// A form that was swapped while it had the keyboard gives it to its successor.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  if (event.detail.target.contains(document.activeElement)) {
    const id = event.detail.target.id;
    setTimeout(() => document.getElementById(id)?.querySelector("textarea")?.focus());
  }
});

// --- Keys: Ctrl+Enter sends, Escape closes what was opened to be edited ---

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = event.target.closest("form");
    if (!form || !event.target.matches("textarea")) return;
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === "Escape") {
    const cancel = event.target.closest("form")?.querySelector("[data-cancel]");
    if (!cancel) return;
    event.preventDefault();
    cancel.click();
  }
});

// --- The reason of a loss is asked for in a dialog ---

const dialog = document.getElementById("lose");

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target === dialog && dialog.firstElementChild) dialog.showModal();
});

dialog?.addEventListener("click", (event) => {
  if (!event.target.closest("[data-close]")) return;
  event.preventDefault();
  dialog.close();
});
