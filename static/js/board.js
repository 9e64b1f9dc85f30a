// The board: cards moved by menu or drag, the dialog of a loss, and others' moves that appear by themselves.
// A move is always the same press of a button: that of the one "move to" menu, pointed at the card.

const board = document.getElementById("board");
const menu = document.getElementById("move-menu");
const dialog = document.getElementById("lose-dialog");
const lose = document.getElementById("lose");
const PAGE = 50;

let moving = null; // { card, parent, next }: where a card goes back to if the server refuses

// --- The menu of a card ---

function pointMenuAt(card) {
  menu.elements.seen.value = card.dataset.seen;
  for (const button of menu.querySelectorAll("button")) {
    button.formAction = card.dataset.move;
    button.hidden = button.value === card.dataset.status;
  }
}

board.addEventListener("click", (event) => {
  const link = event.target.closest(".card-menu");
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  pointMenuAt(link.closest("[data-card]"));
  menu.showPopover();
  const place = link.getBoundingClientRect();
  menu.style.left = `${Math.max(8, Math.min(place.right - menu.offsetWidth, innerWidth - menu.offsetWidth - 8))}px`;
  menu.style.top = `${Math.max(8, Math.min(place.bottom + 4, innerHeight - menu.offsetHeight - 8))}px`;
  menu.querySelector("button:not([hidden])")?.focus();
});

menu?.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const buttons = [...menu.querySelectorAll("button:not([hidden])")];
  buttons.at((buttons.indexOf(document.activeElement) + step) % buttons.length).focus();
});

// Not before htmx has read which button it was: it forgets when the button loses the focus.
menu?.addEventListener("htmx:beforeSend", () => menu.hidePopover());

// --- A drop: the card stands in its new place at once, and goes back if that fails ---

board.addEventListener("card-drop", (event) => {
  const card = event.target;
  const { column } = event.detail;
  pointMenuAt(card);
  const focused = card.contains(document.activeElement);
  if (!("asks" in column.dataset)) {
    moving = { card, parent: card.parentElement, next: card.nextElementSibling };
  }
  menu.querySelector(`button[value="${column.dataset.column}"]`).click();
  if (moving) column.querySelector(".cards").prepend(card);
  if (focused) card.querySelector(".card-link").focus();
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.elt !== menu || moving === null) return;
  const { card, parent, next } = moving;
  moving = null;
  if (!event.detail.successful && card.isConnected) parent.insertBefore(card, next?.isConnected ? next : null);
});

// --- The dialog that asks why a deal is lost ---

const settle = () => {
  if (lose === null) return;
  const asks = lose.childElementCount > 0;
  if (asks && !dialog.open) dialog.showModal();
  if (!asks && dialog.open) dialog.close();
};

lose?.addEventListener("htmx:afterSettle", settle);
document.addEventListener("htmx:oobAfterSwap", settle);
dialog?.addEventListener("close", () => lose.replaceChildren());
dialog?.addEventListener("click", (event) => {
  if (event.target !== dialog && !event.target.closest("[data-close]")) return;
  event.preventDefault();
  dialog.close();
});

// --- What others do appears, but never under somebody's hands ---

const quick = () => document.getElementById("quick-deal");
const isBusy = () =>
  moving !== null ||
  document.documentElement.classList.contains("dragging") ||
  document.querySelector("dialog[open], :popover-open, details[open]") !== null ||
  document.activeElement?.matches("input, textarea, select") === true;

const isWatch = (event) => event.detail.elt.id === "watch";
const mostCards = () => Math.max(PAGE, ...[...document.querySelectorAll(".cards")].map((list) => list.childElementCount));

document.addEventListener("htmx:beforeRequest", (event) => {
  if (isWatch(event) && (isBusy() || document.hidden)) event.preventDefault();
});

document.addEventListener("htmx:configRequest", (event) => {
  if (isWatch(event) && mostCards() > PAGE) event.detail.parameters.limit = mostCards();
});

// A server that does not answer for a while is no news every ten seconds.
for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => isWatch(event) && event.stopImmediatePropagation(), { capture: true });
}

let scrolled = new Map();
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id !== "columns") return;
  if (isWatch(event) && isBusy()) event.detail.shouldSwap = false;
  scrolled = new Map([...document.querySelectorAll(".cards")].map((list) => [list.id, list.scrollTop]));
  scrolled.set("columns", document.getElementById("columns").scrollLeft);
});

document.addEventListener("htmx:afterSwap", (event) => {
  // Back brings a page out of htmx's memory: that has no target.
  if (event.detail.target?.id !== "columns") return;
  for (const [id, top] of scrolled) {
    const list = document.getElementById(id);
    if (list && id === "columns") list.scrollLeft = top;
    else if (list) list.scrollTop = top;
  }
});

// --- The quick deal: open means ready to type ---

board.addEventListener(
  "toggle",
  (event) => event.target === quick() && event.target.open && quick().querySelector("input:not([type=hidden])").focus(),
  { capture: true },
);
board.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !event.target.closest("#quick-deal")) return;
  quick().open = false;
  quick().querySelector("summary").focus();
});
document.addEventListener("visibilitychange", () => document.hidden || htmx.trigger("#watch", "renew"));
