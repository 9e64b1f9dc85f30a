// Files on the cards of deals and clients: dropped anywhere, pasted or chosen, sent one after another, each with its
// progress. Without it the form sends what was chosen by its button.

const drop = document.getElementById("drop");
const uploads = document.getElementById("uploads");
const section = () => document.getElementById("files");

// The button that sends is for those without script.
document.documentElement.classList.add("sends-at-once");

// --- Where files come from ---

const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
const canWrite = () => section()?.querySelector(".file-form") != null;

document.addEventListener("dragover", (event) => {
  if (!carriesFiles(event) || !canWrite()) return;
  event.preventDefault();
  drop.hidden = false;
});

document.addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) drop.hidden = true;
});

document.addEventListener("drop", (event) => {
  drop.hidden = true;
  if (!carriesFiles(event) || !canWrite()) return;
  event.preventDefault();
  sendAll(event.dataTransfer.files);
});

// What is pasted with a text beside it (a cell of a table is a picture too) is the text.
document.addEventListener("paste", (event) => {
  const files = event.clipboardData?.files ?? [];
  if (files.length === 0 || event.clipboardData.types.includes("text/plain") || !canWrite()) return;
  event.preventDefault();
  sendAll(files);
});

document.addEventListener("change", (event) => {
  if (!event.target.matches(".file-form input[type=file]")) return;
  const files = [...event.target.files];
  event.target.value = "";
  sendAll(files);
});

// --- How they are sent ---

let sending = Promise.resolve();

function sendAll(files) {
  for (const said of uploads.querySelectorAll(".upload:has(.errors)")) said.remove();
  for (const file of files) {
    const line = lineOf(file);
    if (file.size > Number(drop.dataset.most)) {
      refuse(line, [`${file.name}: ${drop.dataset.tooLarge}`]);
    } else {
      sending = sending.then(() => send(file, line));
    }
  }
  sending = sending.then(renewTimeline);
}

function lineOf(file) {
  const line = document.createElement("li");
  line.className = "upload";
  const name = document.createElement("span");
  name.className = "cut";
  name.textContent = file.name;
  const progress = document.createElement("progress");
  progress.max = 1;
  progress.value = 0;
  progress.setAttribute("aria-label", file.name);
  line.append(name, progress);
  uploads.append(line);
  return line;
}

function refuse(line, texts) {
  line.replaceChildren(
    ...texts.map((text) => {
      const said = document.createElement("p");
      said.className = "errors";
      said.textContent = text;
      return said;
    }),
  );
}

function send(file, line) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("file", file, file.name);
    request.open("POST", drop.dataset.url);
    request.setRequestHeader("HX-Request", "true");
    request.setRequestHeader("X-CSRFToken", JSON.parse(document.body.getAttribute("hx-headers"))["x-csrftoken"]);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) line.querySelector("progress").value = event.loaded / event.total;
    });
    request.addEventListener("load", () => {
      if (request.status === 200) {
        line.remove();
        section().outerHTML = request.responseText;
        htmx.process(section());
      } else if (request.status === 422) {
        refuse(line, JSON.parse(request.responseText).wrong);
      } else if (request.getResponseHeader("HX-Refresh")) {
        location.reload();
      } else {
        refuse(line, [request.status === 413 ? `${file.name}: ${drop.dataset.tooLarge}` : `${file.name} ${drop.dataset.failed}`]);
      }
    });
    request.addEventListener("error", () => refuse(line, [`${file.name} ${drop.dataset.failed}`]));
    request.addEventListener("loadend", done);
    request.send(body);
  });
}

function renewTimeline() {
  if (document.getElementById("timeline") === null) return;
  return htmx.ajax("GET", location.pathname + location.search, {
    target: "#timeline",
    select: "#timeline",
    swap: "outerHTML",
  });
}
