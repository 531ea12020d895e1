/* Several rows at once: the bar appears when a row is selected; Shift selects the rows between. */
let last = null;

function boxes(form) {
  return [...document.querySelectorAll(`.row-check[form="${CSS.escape(form.id)}"]`)];
}

function refresh(form) {
  const chosen = boxes(form).filter((box) => box.checked).length;
  form.hidden = chosen === 0;
  const count = form.querySelector("[data-bulk-count]");
  count.textContent = (count.dataset.word || "#").replace("#", String(chosen));
}

function between(all, one, other, checked) {
  const [from, to] = [all.indexOf(one), all.indexOf(other)].sort((a, b) => a - b);
  if (from >= 0) for (const box of all.slice(from, to + 1)) box.checked = checked;
}

document.addEventListener("click", (event) => {
  const box = event.target;
  if (!box.matches?.(".row-check") || !box.form) return;
  if (event.shiftKey && last) between(boxes(box.form), last, box, box.checked);
  last = box;
  refresh(box.form);
});

for (const form of document.querySelectorAll("[data-bulk]")) refresh(form);
