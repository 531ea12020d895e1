/* Keys that work everywhere: / and Ctrl K to find, g p and g w to go, ? for the list. */
const PLACES = { p: "/", w: "/my-work" };
const WAIT = 1200;
let waitingSince = 0;

const palette = document.getElementById("palette");
const input = palette?.querySelector("[data-palette-input]");
const list = palette?.querySelector("[data-palette-list]");

function typing(target) {
  return target.matches?.("input:not([type=checkbox]):not([type=radio]):not([type=range]), textarea, select, [contenteditable]");
}

function openPalette() {
  if (!palette || palette.open) return;
  palette.showModal();
  input.value = "";
  sift();
  input.focus();
}

function sift() {
  const words = input.value.trim().toLocaleLowerCase();
  for (const row of list.children) row.hidden = !row.textContent.toLocaleLowerCase().includes(words);
}

function rows() {
  return [...list.querySelectorAll("li:not([hidden]) a")];
}

function walk(event) {
  const all = rows();
  const at = all.indexOf(document.activeElement);
  if (event.key === "Enter" && document.activeElement === input && all.length) {
    event.preventDefault();
    all[0].click();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const to = at + (event.key === "ArrowDown" ? 1 : -1);
    (all[to] ?? input).focus();
  }
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
    return;
  }
  if (event.key === "Escape" && event.target.matches("[data-search]")) event.target.blur();
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
  if (Date.now() - waitingSince < WAIT && PLACES[event.key]) {
    waitingSince = 0;
    location.assign(PLACES[event.key]);
  } else if (event.key === "g") {
    waitingSince = Date.now();
  } else if (event.key === "/") {
    event.preventDefault();
    const search = document.querySelector("[data-search]");
    if (search?.offsetParent) search.focus();
    else openPalette();
  } else if (event.key === "?") {
    document.getElementById("shortcuts")?.showModal();
  }
});

input?.addEventListener("input", sift);
palette?.addEventListener("keydown", walk);
for (const button of document.querySelectorAll("[data-palette]")) {
  button.hidden = false;
  button.addEventListener("click", openPalette);
}
