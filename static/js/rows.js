/* Rows of a table: arrows move, Enter opens the row's link, x selects. */
function prepare(table) {
  const all = [...table.tBodies[0].rows].filter((row) => row.querySelector("a[href]"));
  for (const [at, row] of all.entries()) row.tabIndex = at ? -1 : 0;
}

function move(row, by) {
  const all = [...row.parentElement.rows].filter((other) => other.hasAttribute("tabindex"));
  const to = all[all.indexOf(row) + by];
  if (!to) return;
  row.tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
}

document.addEventListener("keydown", (event) => {
  const row = event.target;
  if (!(row instanceof HTMLTableRowElement) || !row.closest("[data-rows]") || event.ctrlKey || event.metaKey) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    move(row, event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter") {
    row.querySelector("th a[href], a[href]").click();
  } else if (event.key === "x") {
    row.querySelector(".row-check")?.click();
  }
});

function prepareAll() {
  for (const table of document.querySelectorAll("table[data-rows]")) if (table.tBodies.length) prepare(table);
}

prepareAll();
document.addEventListener("htmx:after:swap", prepareAll);
