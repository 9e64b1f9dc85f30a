// Rows that are put in another order: by mouse and touch at their grip, and by keyboard (Space on the grip, arrows,
// Space; Escape puts the row back). What comes of it is sent by the row's own form, whose buttons do without script.
//
// Markup: [data-order] holds the rows [data-row] with a data-name; in each a [data-grip] and a form that takes "place",
// the number of the row from 0. #order-said holds the sentences for screen readers.

const EDGE = 56; // pixels from the window's edge where the page begins to scroll
const SCROLLS_BY = 12; // pixels a move of the pointer
const STEPS = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 };

const said = document.getElementById("order-said");

let carried = null; // { row, order, byKeyboard }: the row, and the order before it was picked up
let sent = 0; // the last move that was sent: an earlier answer tells of an order that is no more
let withheld = null; // { target, html }: what the server said of the move before, while the next row is in the hand

const rows = () => [...carried.row.parentElement.querySelectorAll(":scope > [data-row]")];

document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest("[data-grip]");
  if (!grip || event.button !== 0 || !event.isPrimary) return;
  if (carried) cancel();
  pickUp(grip);
});
document.addEventListener("pointermove", (event) => carried && !carried.byKeyboard && follow(event));
document.addEventListener("pointerup", () => carried && !carried.byKeyboard && drop());
document.addEventListener("pointercancel", () => carried && !carried.byKeyboard && cancel());
document.addEventListener("keydown", steer, { capture: true });
document.addEventListener("focusout", (event) => carried?.byKeyboard && event.target.matches("[data-grip]") && cancel());
window.addEventListener("blur", () => carried && cancel());

function pickUp(grip, byKeyboard = false) {
  const row = grip.closest("[data-row]");
  carried = { row, byKeyboard };
  carried.order = rows();
  row.classList.add("carried");
  say("pickedUp");
}

// The others step aside: a row that is taken out of the page and put back would lose the focus and the finger.
function stepTo(place) {
  const all = rows();
  const at = all.indexOf(carried.row);
  if (place > at) carried.row.before(...all.slice(at + 1, place + 1));
  else if (place < at) carried.row.after(...all.slice(place, at));
  else return;
  say("over");
}

function follow(event) {
  event.preventDefault();
  if (event.clientY < EDGE) scrollBy(0, -SCROLLS_BY);
  else if (event.clientY > innerHeight - EDGE) scrollBy(0, SCROLLS_BY);
  const others = rows().filter((row) => row !== carried.row);
  stepTo(others.filter((row) => event.clientY > middle(row)).length);
}

function middle(row) {
  const box = row.getBoundingClientRect();
  return box.top + box.height / 2;
}

function drop() {
  const { row, order } = carried;
  const place = rows().indexOf(row);
  if (place === order.indexOf(row)) return cancel();
  say("dropped");
  putDown();
  withheld = null; // the answer to this one says it too
  send(row, place, order);
}

function cancel() {
  const { row, order } = carried;
  row.parentElement.append(...order.filter((one) => one.isConnected && one !== row));
  stepTo(order.indexOf(row));
  say("cancelled");
  putDown();
  if (withheld) htmx.swap(withheld.target, withheld.html, { swapStyle: "outerHTML" });
  withheld = null;
}

function putDown() {
  carried.row.classList.remove("carried");
  carried = null;
}

// If the server refuses, the frame says so, and the rows go back to where they were.
function send(row, place, order) {
  sent += 1;
  const form = row.querySelector("form");
  form.addEventListener(
    "htmx:afterRequest",
    (event) => event.detail.successful || (row.isConnected && row.parentElement.append(...order)),
    { once: true },
  );
  htmx.ajax("POST", form.action, { source: form, target: form.getAttribute("hx-target"), swap: "outerHTML", values: { place }, headers: { "Order-Sent": sent } });
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, serverResponse, requestConfig } = event.detail;
  const number = requestConfig.headers["Order-Sent"];
  const isLate = number !== undefined && Number(number) !== sent;
  if (!isLate && !(carried && target.contains(carried.row))) return;
  event.detail.shouldSwap = false;
  if (isLate) return;
  withheld = { target, html: serverResponse };
});

function steer(event) {
  const grip = event.target.closest?.("[data-grip]");
  if (carried === null) {
    if (!grip || event.key !== " ") return;
    pickUp(grip, true);
  } else if (event.key === "Escape") {
    cancel();
  } else if (!carried.byKeyboard || event.key === "Tab") {
    return; // Tab leaves the grip, which puts the row back
  } else if (event.key === " " || event.key === "Enter") {
    drop();
  } else if (event.key in STEPS) {
    const place = rows().indexOf(carried.row) + STEPS[event.key];
    stepTo(Math.min(Math.max(place, 0), rows().length - 1));
    carried.row.scrollIntoView({ block: "nearest" });
  }
  event.preventDefault();
  event.stopPropagation();
}

function say(sentence) {
  const all = rows();
  const values = { name: carried.row.dataset.name, place: all.indexOf(carried.row) + 1, places: all.length };
  said.textContent = said.dataset[sentence].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}
