// Toasts: how long they stay, and undoing what one tells of, by its button or by Ctrl+Z.

const SHOWN_FOR = 8000;
const UNDONE_WITHIN = 10_000; // milliseconds; as long as the animation toast-time
const MOST = 3; // that offer to undo something: of many moves in a row the last ones

const toasts = document.getElementById("toasts");
const undoing = () => [...toasts.querySelectorAll("form[data-undo]")];

// What says that something went wrong, or leads somewhere, stays until it is dismissed.
function watch(toast) {
  const undo = toast.querySelector("form[data-undo]");
  if (undo) {
    toast.classList.add("timed");
    for (const form of undoing().slice(0, -MOST)) form.closest(".toast").remove();
  } else if (toast.matches(".error") || toast.querySelector("a, form")) {
    return;
  }
  removeLater(toast, undo ? UNDONE_WITHIN : SHOWN_FOR);
}

// Time stands still while the pointer or the focus is on it.
function removeLater(toast, left) {
  let since;
  let timer;
  const run = () => {
    clearTimeout(timer);
    since = performance.now();
    timer = setTimeout(() => toast.remove(), left);
    toast.classList.remove("held");
  };
  const hold = () => {
    if (toast.classList.contains("held")) return;
    clearTimeout(timer);
    left -= performance.now() - since;
    toast.classList.add("held");
  };
  const isHeld = () => toast.matches(":hover") || toast.contains(document.activeElement);
  run();
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("pointerleave", () => isHeld() || run());
  toast.addEventListener("focusout", () => setTimeout(() => isHeld() || run()));
}

for (const toast of toasts.children) watch(toast);
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) {
    for (const node of addedNodes) if (node instanceof Element) watch(node);
  }
}).observe(toasts, { childList: true });

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-dismiss]");
  button?.closest(button.dataset.dismiss)?.remove();
});

// --- Undoing: a page that can put itself in order (it waits for "undone") stays; any other is loaded anew ---

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-undo]");
  if (!form) return;
  form.elements.next.value = location.pathname + location.search;
  if (!document.querySelector('[hx-trigger*="undone"]')) return;
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  const sent = htmx.ajax("POST", form.action, { source: document.body, swap: "none" });
  sent.then(() => form.closest(".toast")?.remove(), () => (button.disabled = false));
});

// In a field Ctrl+Z is its own, but for one that nothing was typed into: it got the focus by itself.
const typedInto = new WeakSet();
const isTyping = (field) => field !== null && (field.value !== "" || typedInto.has(field));
document.addEventListener("input", (event) => typedInto.add(event.target));

document.addEventListener("keydown", (event) => {
  if (event.code !== "KeyZ" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
  if (isTyping(event.target.closest("input, textarea, select")) || event.target.closest("dialog[open]")) return;
  const last = undoing().at(-1);
  if (!last) return;
  event.preventDefault();
  last.requestSubmit();
});

// What is being typed into an open field stays when the page is put in order.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  if (event.detail.target.querySelector(".slot-form")) event.detail.shouldSwap = false;
});

// --- What htmx cannot tell by itself ---

function toastFrom(id) {
  toasts.append(document.getElementById(id).content.cloneNode(true));
}

document.addEventListener("htmx:sendError", () => toastFrom("toast-offline"));
document.addEventListener("htmx:timeout", () => toastFrom("toast-offline"));
document.addEventListener("htmx:responseError", (event) => {
  toastFrom(event.detail.xhr.status === 404 ? "toast-gone" : "toast-failed");
});
