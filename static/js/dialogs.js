/* Dialogs: opened and closed by buttons, a typed confirmation, and the list of shortcuts. */
function showOne(id) {
  const dialog = document.getElementById(id);
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  if (!button) return;
  if (button.dataset.close) document.getElementById(button.dataset.close)?.close?.();
  if (!("commandForElement" in button) && button.getAttribute("command") === "show-modal") showOne(button.getAttribute("commandfor"));
  if (button.matches("[data-shortcuts]")) {
    button.closest("[popover]")?.hidePopover();
    showOne("shortcuts");
  }
});

document.addEventListener("click", (event) => {
  if (event.target instanceof HTMLDialogElement && event.target.open && outside(event)) event.target.close();
});

function outside(event) {
  const box = event.target.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

function guard(input) {
  const button = input.form.querySelector(".btn--danger");
  button.disabled = input.value.trim() !== input.dataset.mustType;
}

for (const input of document.querySelectorAll("[data-must-type]")) guard(input);
document.addEventListener("input", (event) => {
  if (event.target.matches?.("[data-must-type]")) guard(event.target);
});
document.addEventListener("htmx:after:swap", () => {
  for (const input of document.querySelectorAll("[data-must-type]")) guard(input);
});

for (const button of document.querySelectorAll("[data-shortcuts]")) button.hidden = false;
