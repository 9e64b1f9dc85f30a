// The frame of every page: menus, the search box. Everything here is an addition: without it links and forms still work.

// --- Menus: <details class="menu"> closes when one leaves it ---

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(except)) menu.open = false;
  }
}

document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("focusin", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// --- The search box: arrows walk what was found, Enter opens it ---

const find = document.getElementById("find");
const found = document.getElementById("found");

// What can be chosen: not the line that says that nothing was found.
function options() {
  return [...found.querySelectorAll('[role="option"]:not([aria-disabled="true"])')];
}

function choose(option) {
  for (const other of options()) other.setAttribute("aria-selected", String(other === option));
  find.setAttribute("aria-activedescendant", option?.id ?? "");
  option?.scrollIntoView({ block: "nearest" });
}

find?.addEventListener("keydown", (event) => {
  const all = options();
  const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && all.length > 0) {
    event.preventDefault();
    choose(all[(at + step + all.length + (at < 0 && step < 0 ? 1 : 0)) % all.length]);
  } else if (event.key === "Enter" && at >= 0) {
    event.preventDefault();
    all[at].click();
  } else if (event.key === "Escape") {
    found.replaceChildren();
    find.setAttribute("aria-expanded", "false");
    find.blur();
  }
});

// The answer to the last letter may come when one has chosen already: what was chosen stays so.
let chosen = null;
found?.addEventListener("htmx:beforeSwap", () => {
  chosen = options().find((option) => option.getAttribute("aria-selected") === "true")?.getAttribute("href");
});
found?.addEventListener("htmx:afterSwap", () => {
  find.setAttribute("aria-expanded", String(found.childElementCount > 0));
  if (chosen) choose(options().find((option) => option.getAttribute("href") === chosen));
});

// On a telephone the sections of the settings are a line that scrolls: the present one is in sight.
document.querySelector(".settings-sections [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
