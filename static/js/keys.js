// Keys. A letter is a place on the keyboard, so that it works in a Russian layout too; none does anything while one
// types, with Ctrl or Alt, or while a dialog is open. What they do stands in templates/crm/_keys.html.
//
// data-key clicks an element, data-focus-key focuses one, data-go is pressed after "g". Items are the cards of the
// board and the rows of lists: j and k walk them, and a letter first means something on the one with the focus.

const ITEM = ".card[data-card], .rows tbody tr, .task-row";
const MAIN = [".card-link, .row-link", "th a", "a, button, summary"]; // what of an item gets the focus
const ON_ITEM = {
  e: ".row-edit, .task-row .row-link",
  m: ".card-menu, .task-move > summary, .row-move",
  x: ".task-check:not(.done), button.due",
};
const ON_PAGE = {
  c: '[data-compose="comment"]',
  e: "#slot-title .slot-edit, #client-name dd a",
  m: ".steps button",
  t: '[data-compose="task"]',
  x: ".planned .tick",
};
const STEPS = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 };
const SIDES = { ArrowRight: 1, ArrowLeft: -1 };
const GO_WITHIN = 1500; // milliseconds from "g" to where

const help = document.getElementById("keys");
let going = 0; // until when a letter says where to go
let place = -1; // of the item that had the focus last: the next one is found there when that is gone

const typing = (target) => target.closest('input:not([type="checkbox"]), textarea, select, [contenteditable], audio');
const busy = () => document.querySelector("dialog[open], :popover-open, html.dragging") !== null;

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || busy() || event.altKey) return;
  if (event.ctrlKey || event.metaKey) {
    if (event.code === "KeyK") done(event, focusField("/"));
    return;
  }
  if (typing(event.target)) return;
  if (event.key === "?" || (event.code === "Slash" && event.shiftKey)) return done(event, showKeys());
  if (event.shiftKey) return;
  const letter = event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : "";
  done(event, letter ? pressLetter(letter) : pressOther(event));
});

const done = (event, was) => was && event.preventDefault();

function pressLetter(letter) {
  if (performance.now() < going) {
    going = 0;
    return press(find(document, `[data-go="${letter}"]`));
  }
  if (letter === "g") {
    going = performance.now() + GO_WITHIN;
    return true;
  }
  if (letter in STEPS) return walk(STEPS[letter]);
  const item = current();
  if (item && letter === "c") return comment(item);
  if (item && press(find(item, ON_ITEM[letter]))) return true;
  return press(find(document, `[data-key="${letter}"]`)) || press(find(document, ON_PAGE[letter]));
}

function pressOther(event) {
  if (event.code === "Slash") return focusField("/");
  // Elsewhere arrows scroll, and in an open menu they are its own.
  if (!current() || event.target.closest("details[open]")) return false;
  return event.key in SIDES ? walkAside(SIDES[event.key]) : event.key in STEPS && walk(STEPS[event.key]);
}

// --- What is pressed ---

const find = (root, selector) => (selector ? root.querySelector(selector) : null);

// A choice of many gets the focus: which one is for the next key to say.
function press(element) {
  if (element === null) return false;
  if (element.matches(".step")) element.focus();
  else element.click();
  if (element.matches("summary")) element.parentElement.querySelector(".menu-item")?.focus();
  return true;
}

function focusField(key) {
  const field = document.querySelector(`[data-focus-key="${key}"]`);
  field?.focus();
  field?.select();
  return field !== null;
}

// --- Items ---

const items = () => [...document.querySelectorAll(ITEM)].filter((item) => item.checkVisibility());
const current = () => document.activeElement.closest(ITEM);

function focusItem(item) {
  MAIN.map((selector) => item.querySelector(selector)).find((link) => link !== null)?.focus();
  return true;
}

function walk(step) {
  const all = items();
  const at = all.indexOf(current());
  const next = at >= 0 ? at + step : Math.max(place, 0);
  return all.length > 0 && focusItem(all[Math.min(Math.max(next, 0), all.length - 1)]);
}

// To the card beside it in the next column that has one.
function walkAside(step) {
  const columns = [...document.querySelectorAll(".cards")].map((list) => [...list.querySelectorAll(ITEM)]);
  const from = columns.findIndex((cards) => cards.includes(current()));
  if (from < 0) return false;
  const row = columns[from].indexOf(current());
  for (let at = from + step; at in columns; at += step) {
    if (columns[at].length > 0) return focusItem(columns[at][Math.min(row, columns[at].length - 1)]);
  }
  return true;
}

document.addEventListener("focusin", () => {
  if (current()) place = items().indexOf(current());
});

// The record's page, ready to write a comment on it.
function comment(item) {
  const page = [...item.querySelectorAll("a")].find((link) => /^\/(deals|clients)\/\d+\/$/.test(link.pathname));
  if (page) location.assign(`${page.pathname}?compose=comment`);
  return page !== undefined;
}

const composing = new URLSearchParams(location.search).get("compose");
if (composing) document.querySelector(`#compose-${CSS.escape(composing)} textarea`)?.focus();

// --- The list of keys ---

function showKeys() {
  help?.showModal();
  return help !== null;
}

for (const button of document.querySelectorAll("[data-keys]")) {
  button.hidden = false;
  button.addEventListener("click", showKeys);
}
help?.addEventListener("click", (event) => {
  if (event.target === help || event.target.closest("[data-close]")) help.close();
});
