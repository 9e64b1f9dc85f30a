// Cards that are dragged to columns: by mouse, by touch (a long press first, so that a swipe still scrolls) and by
// keyboard (Space on a card's link, arrows, Space; Escape puts it back). What comes of it is for others to do: a drop
// on another column is the event "card-drop" on the card, with the column in its detail.
//
// Markup: #board holds elements [data-column] with a data-name, cards [data-card] stand in their ".cards";
// #drag-said holds the sentences for screen readers. While something is dragged <html> has the class "dragging".

const STARTS_AFTER = 6; // pixels a mouse moves
const LONG_PRESS = 350; // milliseconds a finger rests
const MAY_TREMBLE = 10; // pixels a finger moves while it rests
const EDGE = 48; // pixels from the board's edge where it begins to scroll
const SCROLLS_BY = 14; // pixels a frame

const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 };

const board = document.getElementById("board");
const said = document.getElementById("drag-said");
const landing = Object.assign(document.createElement("li"), { className: "card-place" });

let pressed = null; // { card, x, y, pointer, touch, timer }: may become a drag
let carried = null; // { card, from, over, ghost, dx, dy, x, y }: is one

if (said) listen();

function listen() {
  board.addEventListener("pointerdown", press);
  document.addEventListener("pointermove", follow);
  document.addEventListener("pointerup", release);
  document.addEventListener("pointercancel", () => (forget(), carried && !carried.byKeyboard && cancel()));
  // A drag by touch would scroll the page; only a listener that is not passive can stop it.
  document.addEventListener("touchmove", (event) => carried?.ghost && event.preventDefault(), { passive: false });
  document.addEventListener("contextmenu", (event) => (carried || pressed?.touch) && event.preventDefault());
  board.addEventListener("dragstart", (event) => event.preventDefault());
  document.addEventListener("keydown", steer, { capture: true });
  board.addEventListener("focusout", () => setTimeout(cancelIfLeft));
  window.addEventListener("blur", () => carried && cancel());
}

// --- One thing is carried at a time ---

function pickUp(card) {
  const from = card.closest("[data-column]");
  carried = { card, from, over: from };
  card.classList.add("carried");
  document.documentElement.classList.add("dragging");
  say("pickedUp", { card: card.dataset.card, column: from.dataset.name });
}

function hover(column) {
  if (column === carried.over) return;
  carried.over?.classList.remove("over");
  carried.over = column;
  landing.remove();
  if (column === null || column === carried.from) return;
  column.classList.add("over");
  column.querySelector(".cards")?.prepend(landing);
}

function drop() {
  const { card, from, over } = carried;
  if (over === null || over === from) return cancel();
  putDown();
  say("dropped", { card: card.dataset.card, column: over.dataset.name });
  card.dispatchEvent(new CustomEvent("card-drop", { bubbles: true, detail: { column: over } }));
}

function cancel() {
  const { card, from } = carried;
  putDown();
  say("cancelled", { card: card.dataset.card, column: from.dataset.name });
}

function putDown() {
  carried.ghost?.remove();
  carried.over?.classList.remove("over");
  carried.card.classList.remove("carried");
  document.documentElement.classList.remove("dragging");
  landing.remove();
  carried = null;
}

function say(sentence, values) {
  said.textContent = said.dataset[sentence].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

// --- Mouse and touch ---

function press(event) {
  const card = event.target.closest("[data-card]");
  const control = event.target.closest("button, input, .card-menu, .due");
  if (!card || control || event.button !== 0 || !event.isPrimary || carried) return;
  const touch = event.pointerType === "touch";
  pressed = { card, x: event.clientX, y: event.clientY, pointer: event.pointerId, touch };
  if (touch) pressed.timer = setTimeout(lift, LONG_PRESS);
}

function forget() {
  clearTimeout(pressed?.timer);
  pressed = null;
}

function follow(event) {
  if (carried?.ghost) return trail(event);
  if (pressed === null || event.pointerId !== pressed.pointer) return;
  const way = Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y);
  if (pressed.touch) return way > MAY_TREMBLE && forget();
  if (way > STARTS_AFTER) {
    lift();
    trail(event);
  }
}

function lift() {
  const { card, x, y, pointer, touch } = pressed;
  forget();
  if (!card.isConnected) return;
  const box = card.getBoundingClientRect();
  pickUp(card);
  const ghost = card.cloneNode(true);
  for (const element of [ghost, ...ghost.querySelectorAll("[id]")]) element.removeAttribute("id");
  ghost.classList.replace("carried", "ghost");
  ghost.setAttribute("aria-hidden", "true");
  ghost.inert = true;
  ghost.style.width = `${box.width}px`;
  document.body.append(ghost);
  Object.assign(carried, { ghost, dx: x - box.left, dy: y - box.top, x, y });
  if (touch) navigator.vibrate?.(10);
  else card.setPointerCapture(pointer);
  place();
  requestAnimationFrame(scroll);
}

function trail(event) {
  event.preventDefault();
  Object.assign(carried, { x: event.clientX, y: event.clientY });
  place();
  hover(document.elementFromPoint(carried.x, carried.y)?.closest("[data-column]") ?? null);
}

function place() {
  const { ghost, x, y, dx, dy } = carried;
  ghost.style.translate = `${x - dx}px ${y - dy}px`;
}

// Near the edge the board scrolls on by itself.
function scroll() {
  if (!carried?.ghost) return;
  const box = board.getBoundingClientRect();
  const step = carried.x < box.left + EDGE ? -SCROLLS_BY : carried.x > box.right - EDGE ? SCROLLS_BY : 0;
  if (step) document.getElementById("columns").scrollLeft += step;
  requestAnimationFrame(scroll);
}

function release() {
  forget();
  if (!carried?.ghost) return;
  drop();
  // The click that ends a drag opens nothing.
  const swallow = (event) => (event.preventDefault(), event.stopPropagation());
  window.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => window.removeEventListener("click", swallow, { capture: true }));
}

// --- Keyboard ---

function steer(event) {
  if (carried === null) {
    const card = event.key === " " && event.target.closest?.(".card-link")?.closest("[data-card]");
    if (!card) return;
    pickUp(card);
    carried.byKeyboard = true;
  } else if (event.key === "Escape") {
    cancel();
  } else if (!carried.byKeyboard || event.key === "Tab") {
    return; // Tab leaves the card, which puts it back
  } else if (event.key === " " || event.key === "Enter") {
    drop();
  } else if (event.key in STEPS) {
    step(STEPS[event.key]);
  }
  event.preventDefault();
  event.stopPropagation();
}

function step(by) {
  const columns = [...board.querySelectorAll("[data-column]")];
  const at = Math.min(Math.max(columns.indexOf(carried.over) + by, 0), columns.length - 1);
  hover(columns[at]);
  columns[at].scrollIntoView({ block: "nearest", inline: "nearest" });
  say("over", { column: columns[at].dataset.name, place: at + 1, places: columns.length });
}

function cancelIfLeft() {
  if (carried?.byKeyboard && !carried.card.contains(document.activeElement)) cancel();
}
