// One tick for all on the page, and a range with Shift; the form works without.

const ticks = () => [...document.querySelectorAll('input[name="number"]')];
const all = () => document.querySelector("[data-all]");

function settle() {
  if (!all()) return;
  const ticked = ticks().filter((tick) => tick.checked).length;
  all().disabled = false;
  all().checked = ticked > 0 && ticked === ticks().length;
  all().indeterminate = ticked > 0 && ticked < ticks().length;
}

let last = null;
document.addEventListener("click", (event) => {
  if (!event.target.matches('input[name="number"]')) return;
  const row = ticks();
  const [from, to] = [row.indexOf(last), row.indexOf(event.target)].sort((one, other) => one - other);
  if (event.shiftKey && from >= 0) for (const tick of row.slice(from, to + 1)) tick.checked = event.target.checked;
  last = event.target;
});
document.addEventListener("change", (event) => {
  if (event.target === all()) for (const tick of ticks()) tick.checked = event.target.checked;
  settle();
});
document.addEventListener("htmx:afterSwap", settle);
settle();
