// "@" in a comment offers colleagues: arrows choose, Enter or Tab takes, Escape leaves it as it was typed.
// Without it a name can be typed whole.

// The sign at the beginning of a word, and what was typed of a name behind it: names have blanks.
const TYPED = /(?:^|[^\p{L}\p{N}_@.])@([^\n@]{0,60})$/u;
const PAUSE = 120;

let timer = null;
let asked = 0;

const listOf = (field) => document.getElementById(field.getAttribute("aria-controls"));
const typed = (field) => TYPED.exec(field.value.slice(0, field.selectionStart))?.[1] ?? null;

function close(field) {
  clearTimeout(timer);
  asked += 1;
  listOf(field)?.replaceChildren();
  field.removeAttribute("aria-activedescendant");
}

function choose(field, option) {
  for (const other of listOf(field).children) other.setAttribute("aria-selected", String(other === option));
  field.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function take(field, option) {
  const end = field.selectionStart;
  field.setRangeText(`${option.dataset.name} `, end - typed(field).length, end, "end");
  close(field);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

async function offer(field) {
  const question = (asked += 1);
  const text = typed(field);
  const url = new URL(field.dataset.mentions, location.href);
  url.searchParams.set("q", text);
  const answer = await fetch(url, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || question !== asked || typed(field) !== text) return;
  const list = listOf(field);
  list.innerHTML = await answer.text();
  if (list.firstElementChild) choose(field, list.firstElementChild);
  else close(field);
}

document.addEventListener("input", (event) => {
  const field = event.target;
  if (!field.matches("[data-mentions]")) return;
  clearTimeout(timer);
  if (typed(field) === null) close(field);
  else timer = setTimeout(offer, PAUSE, field);
});

// Before others hear of the key: an open list takes it.
document.addEventListener(
  "keydown",
  (event) => {
    const field = event.target;
    if (!field.matches?.("[data-mentions]") || event.ctrlKey || event.metaKey || event.altKey) return;
    const options = [...listOf(field).children];
    if (options.length === 0) return;
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) choose(field, options[(at + step + options.length) % options.length]);
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey) take(field, options[at]);
    else if (event.key === "Escape") close(field);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  { capture: true },
);

document.addEventListener("mousedown", (event) => {
  const option = event.target.closest(".mention-list [role=option]");
  if (!option) return;
  event.preventDefault();
  take(option.closest(".mentioning").querySelector("[data-mentions]"), option);
});

document.addEventListener("focusout", (event) => {
  if (event.target.matches("[data-mentions]")) close(event.target);
});
