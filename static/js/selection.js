// Ticking deals in the list: a range by Shift, row after row by Shift and the arrows, the whole page by the tick in the
// head, all that were found by the bar's.
// Without script each tick and the bar itself work.

const form = document.getElementById("bulk-form");
const head = document.querySelector(".pick [data-all]");
const ticks = () => [...document.querySelectorAll('.pick [name="number"]')];
const all = form?.elements.all;
const count = form?.querySelector("[data-chosen]");
let last = null;

function show() {
  const chosen = ticks().filter((tick) => tick.checked).length;
  count.textContent = all?.checked ? all.dataset.total : chosen;
  head.checked = chosen === ticks().length;
  head.indeterminate = chosen > 0 && chosen < ticks().length;
}

function tickAll(on) {
  for (const tick of ticks()) tick.checked = on;
  if (!on && all) all.checked = false;
  show();
}

function range(from, to) {
  const [first, second] = [ticks().indexOf(from), ticks().indexOf(to)].sort((a, b) => a - b);
  for (const tick of ticks().slice(first, second + 1)) tick.checked = to.checked;
}

// From the row with the focus on to the next one.
function tickOn(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !event.shiftKey || event.target.closest('input:not([type="checkbox"]), textarea, select')) return;
  const tick = event.target.closest("tr")?.querySelector('.pick [name="number"]');
  const next = tick && ticks()[ticks().indexOf(tick) + step];
  if (!next) return;
  event.preventDefault();
  tick.checked = next.checked = true;
  last = next;
  next.focus();
  show();
}

if (form) {
  document.addEventListener("keydown", tickOn);
  document.addEventListener("click", (event) => {
    const tick = event.target.closest?.('.pick [name="number"]');
    if (!tick) return;
    if (event.shiftKey && last) range(last, tick);
    last = tick;
    if (!tick.checked && all) all.checked = false;
    show();
  });
  head.addEventListener("change", () => tickAll(head.checked));
  all?.addEventListener("change", () => tickAll(all.checked));
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    tickAll(false);
    ticks()[0].focus();
  });
  show(); // Back brings the ticks along
  window.addEventListener("pageshow", show);
  document.addEventListener("htmx:afterSwap", show); // a row that was edited comes anew
}

// --- Cells edited in place: Escape leaves one as it was ---

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") event.target.closest?.(".cell-form")?.querySelector("[data-cancel]").click();
});
