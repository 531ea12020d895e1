/* Forms: filters send themselves, files can be dropped, sliders say their value, what was typed isn't lost, errors get the focus. */
const changed = new Set();
let timer = 0;

function later(form) {
  clearTimeout(timer);
  timer = setTimeout(() => form.requestSubmit(), 350);
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (event.target.matches?.("[data-range]")) tellRange(event.target);
  if (form?.matches("[data-guard]")) changed.add(form);
  if (form?.matches("[data-autosubmit]") && event.target.matches("[type=search], [type=text]")) later(form);
});

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form?.matches("[data-autosubmit]") && !event.target.matches("[type=search], [type=text]")) form.requestSubmit();
});

document.addEventListener("submit", (event) => changed.delete(event.target));

addEventListener("beforeunload", (event) => {
  if ([...changed].some((form) => form.isConnected)) event.preventDefault();
});

function tellRange(range) {
  const output = document.querySelector(`output[for="${CSS.escape(range.id)}"]`);
  if (output) output.textContent = [range.value, output.dataset.unit].filter(Boolean).join(" ");
}

for (const zone of document.querySelectorAll("[data-drop]")) {
  const input = zone.querySelector("input[type=file]");
  zone.querySelector("[data-drop-text]").hidden = false;
  for (const kind of ["dragover", "dragleave", "drop"]) {
    zone.addEventListener(kind, (event) => {
      event.preventDefault();
      zone.classList.toggle("is-over", kind === "dragover");
      if (kind === "drop" && event.dataTransfer.files.length) {
        input.files = event.dataTransfer.files;
        input.dispatchEvent(new Event("change", { bubbles: true }));
      }
    });
  }
}

document.querySelector("[data-error-summary]")?.focus();
