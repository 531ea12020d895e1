/* A page of checklists: finds a list by its name among many, brings the open one into view, prints. */
const picks = document.querySelector(".picks__all");

function sift(words) {
  for (const pick of picks.querySelectorAll("li")) pick.hidden = !pick.textContent.toLowerCase().includes(words);
  for (const list of picks.querySelectorAll("ul")) {
    const none = !list.querySelector("li:not([hidden])");
    list.hidden = none;
    if (list.previousElementSibling?.matches(".picks__h")) list.previousElementSibling.hidden = none;
  }
}

function show(current) {
  const middle = (start, size, room) => Math.max(0, start - (room - size) / 2);
  const place = current.getBoundingClientRect();
  const frame = picks.getBoundingClientRect();
  picks.scrollTop = middle(place.top - frame.top + picks.scrollTop, place.height, frame.height);
  picks.scrollLeft = middle(place.left - frame.left + picks.scrollLeft, place.width, frame.width);
}

if (picks) {
  const field = document.querySelector("[data-picks]");
  if (field) {
    field.hidden = false;
    field.addEventListener("input", (event) => sift(event.target.value.trim().toLowerCase()));
  }
  const current = picks.querySelector("[aria-current]");
  if (current) show(current);
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
