// Buttons that copy, save or print a text that is shown once; copying says so for a moment.

// Without HTTPS browsers have no clipboard for scripts, and it may be refused: then the text is copied as by hand, and
// where that fails too it stays marked.
const copy = async (input) => {
  input.select();
  try {
    await navigator.clipboard.writeText(input.value);
    return true;
  } catch {
    return document.execCommand("copy");
  }
};

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const said = button.querySelector("[aria-live]");
    const before = said.textContent;
    if (!(await copy(document.getElementById(button.dataset.copy)))) return;
    said.textContent = button.dataset.said;
    setTimeout(() => (said.textContent = before), 2000);
  });
}

for (const button of document.querySelectorAll("[data-download]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const text = document.getElementById(button.dataset.download).value;
    const address = URL.createObjectURL(new Blob([`${text}\n`], { type: "text/plain" }));
    Object.assign(document.createElement("a"), { href: address, download: button.dataset.name }).click();
    URL.revokeObjectURL(address);
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
