/* Rows of tabs that scroll sideways show the one that is open. */
for (const here of document.querySelectorAll(".subtabs [aria-current], .tabs [aria-current]")) {
  const row = here.parentElement;
  const before = here.offsetLeft - row.offsetLeft;
  row.scrollLeft = before - (row.clientWidth - here.offsetWidth) / 2;
}
