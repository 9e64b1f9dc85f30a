// The bell: asks every few seconds what is new, tells it in the tab's title and as toasts, and fills its panel.
// Without it the bell leads to the page of notifications.

const bell = document.getElementById("bell");
const count = () => document.getElementById("bell-count");
// Not the event's own element: where the count was swapped meanwhile, that is what it stood in.
const isCount = (event) => event.detail.requestConfig.elt.id === "bell-count";

const SEEN_EVERY = 4000;
const HIDDEN_EVERY = 15000;
let timer = null;

function askLater() {
  clearTimeout(timer);
  timer = setTimeout(ask, document.hidden ? HIDDEN_EVERY : SEEN_EVERY);
}

function ask() {
  clearTimeout(timer);
  htmx.trigger(count(), "ask");
}

// --- What came back ---

// A page that htmx brings sets the title too: what is told of the count stands before whatever it is.
function retitle() {
  const unread = Number(count().dataset.count);
  const title = document.title.replace(/^\(\d+\) /, "");
  document.title = unread ? `(${unread}) ${title}` : title;
}

// Read in another tab, or taken by a colleague: a toast that says otherwise would mislead.
function dropOldToasts() {
  const unread = count().dataset.unread.split(" ");
  for (const toast of document.querySelectorAll(".toast[data-told]")) {
    if (!unread.includes(toast.dataset.told)) toast.remove();
  }
}

function fillPanel() {
  if (bell.open) htmx.trigger("#bell-panel", "fill");
}

if (bell) {
  document.addEventListener("htmx:afterSwap", (event) => {
    // Back brings a page out of htmx's memory: that has no target.
    if (event.detail.target?.id !== "bell-count") return;
    dropOldToasts();
    fillPanel();
  });
  document.addEventListener("htmx:afterSettle", retitle);
  document.addEventListener("htmx:afterRequest", (event) => isCount(event) && askLater());
  document.addEventListener("bell-changed", () => {
    fillPanel();
    ask();
  });
  bell.addEventListener("toggle", fillPanel);
  document.addEventListener("visibilitychange", () => (document.hidden ? askLater() : ask()));

  // A server that does not answer for a while is no news every few seconds.
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => isCount(event) && event.stopImmediatePropagation(), { capture: true });
  }
  // Whoever was logged out is told when he does something: this page may hold what he has typed.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (isCount(event) && event.detail.xhr.getResponseHeader("HX-Redirect")) event.preventDefault();
  });

  // What had the keyboard is gone when the panel was filled anew: the panel has it then.
  const panel = document.getElementById("bell-panel");
  let inside = false;
  panel.addEventListener("htmx:beforeSwap", () => {
    inside = panel.contains(document.activeElement);
  });
  panel.addEventListener("htmx:afterSwap", () => {
    if (inside && !panel.contains(document.activeElement)) panel.focus();
  });

  askLater();
}
