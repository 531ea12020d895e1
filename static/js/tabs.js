/* Rows of tabs that scroll sideways show the one that is open; so does the sidebar, which scrolls on low screens. */
for (const here of document.querySelectorAll(".subtabs [aria-current], .tabs [aria-current]")) {
  const row = here.parentElement;
  const before = here.offsetLeft - row.offsetLeft;
  row.scrollLeft = before - (row.clientWidth - here.offsetWidth) / 2;
}
const side = document.querySelector(".side");
const place = side?.querySelector(".navlist [aria-current]");
if (place) {
  const [whole, here] = [side.getBoundingClientRect(), place.getBoundingClientRect()];
  if (here.bottom > whole.bottom) side.scrollTop += here.bottom - whole.bottom + whole.height / 4;
}
