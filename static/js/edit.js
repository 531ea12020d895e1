/* A cell turns into a field: click or Enter starts, Enter saves, Esc cancels; a refusal keeps what was typed and says why.
   The server gets the field and its version by POST and answers JSON { value, shown, version } or problem details. */
function ready(cell) {
  cell.tabIndex = 0;
  cell.setAttribute("role", "button");
  cell.setAttribute("aria-label", `${cell.dataset.label}: ${cell.textContent.trim()}`);
}

function fieldFor(cell) {
  const input = document.createElement("input");
  input.className = "input input--cell";
  input.type = cell.dataset.kind;
  if (input.type === "number") input.step = "any";
  input.name = cell.dataset.name;
  input.value = cell.dataset.value;
  input.setAttribute("aria-label", cell.dataset.label);
  return input;
}

function start(cell) {
  const input = fieldFor(cell);
  cell.hidden = true;
  cell.after(input);
  input.focus();
  input.select();
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") stop(cell, input);
    if (event.key === "Enter") save(cell, input);
  });
  input.addEventListener("blur", () => {
    if (input.isConnected && !input.dataset.left && !input.matches("[aria-invalid]")) save(cell, input, false);
  });
}

function stop(cell, input, focus = true) {
  cell.hidden = false;
  input.dataset.left = "1"; // removing a focused field makes it lose the focus, which would save once more
  input.remove();
  if (focus) cell.focus();
}

function body(cell, input) {
  const data = new FormData();
  data.set(cell.dataset.name, input.value);
  data.set("csrf_token", document.body.dataset.csrf ?? "");
  if (cell.dataset.version) data.set("version", cell.dataset.version);
  return data;
}

async function save(cell, input, focus = true) {
  if (input.dataset.busy) return;
  if (input.value === cell.dataset.value) return stop(cell, input, focus);
  input.dataset.busy = "1";
  const response = await fetch(cell.dataset.edit, { method: "POST", body: body(cell, input), headers: { Accept: "application/json" } }).catch(() => null);
  const answer = response ? await response.json().catch(() => ({})) : {};
  delete input.dataset.busy;
  if (response?.ok) settle(cell, input, answer, focus);
  else refuse(input, answer.detail);
}

function settle(cell, input, answer, focus) {
  cell.dataset.value = answer.value ?? input.value;
  cell.textContent = answer.shown ?? input.value;
  if (answer.version !== undefined) cell.dataset.version = answer.version;
  ready(cell);
  stop(cell, input, focus);
  cell.dispatchEvent(new CustomEvent("edit:saved", { bubbles: true, detail: answer }));
  if (answer.message) document.dispatchEvent(new CustomEvent("toast", { detail: { message: answer.message, undoUrl: answer.undo_url ?? "" } }));
}

function refuse(input, detail) {
  input.setAttribute("aria-invalid", "true");
  input.addEventListener("input", () => input.removeAttribute("aria-invalid"), { once: true });
  const message = detail ?? document.querySelector("main")?.dataset.wordOffline ?? "";
  document.dispatchEvent(new CustomEvent("toast", { detail: { message, tone: "bad" } }));
  input.focus();
}

for (const cell of document.querySelectorAll("[data-edit]")) ready(cell);
document.addEventListener("htmx:after:swap", () => {
  for (const cell of document.querySelectorAll("[data-edit]:not([role])")) ready(cell);
});
document.addEventListener("click", (event) => {
  const cell = event.target.closest?.("[data-edit]");
  if (cell) start(cell);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches?.("[data-edit]")) {
    event.preventDefault();
    start(event.target);
  }
});
