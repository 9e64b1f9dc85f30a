// A button that copies the text beside it, and says so for a moment.

// Without HTTPS browsers have no clipboard for scripts: the text is marked, to be copied by hand.
const copy = async (input) => {
  input.select();
  if (navigator.clipboard) await navigator.clipboard.writeText(input.value);
  return Boolean(navigator.clipboard) || document.execCommand("copy");
};

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const said = button.querySelector("[aria-live]");
    const before = said.textContent;
    if (!(await copy(document.getElementById(button.dataset.copy)).catch(() => false))) return;
    said.textContent = button.dataset.said;
    setTimeout(() => (said.textContent = before), 2000);
  });
}
