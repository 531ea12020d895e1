/* Menus are popovers; this adds arrow keys, and a place for browsers without anchor positioning. */
const anchored = CSS.supports("position-area: bottom");

function opener(menu) {
  return document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);
}

function entries(menu) {
  return [...menu.querySelectorAll("a[href], button:not([disabled])")].filter((entry) => !entry.hidden);
}

function put(menu) {
  const from = opener(menu).getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  const up = menu.classList.contains("pop--up");
  const start = menu.classList.contains("pop--start");
  const left = start ? from.left : from.right - size.width;
  const top = up ? from.top - size.height - 8 : Math.min(from.bottom, innerHeight - size.height - 8);
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - size.width - 8))}px`;
  menu.style.top = `${Math.max(8, top)}px`;
}

function step(menu, key) {
  const all = entries(menu);
  const at = all.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[key];
  all[(to + all.length) % all.length]?.focus();
}

document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!(menu instanceof HTMLElement) || !menu.matches("[data-menu]") || event.newState !== "open") return;
  if (!anchored) put(menu);
  if (opener(menu).matches(":focus-visible")) entries(menu)[0]?.focus();
}, true);

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("[data-menu]");
  if (menu && ["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) {
    event.preventDefault();
    step(menu, event.key);
  }
});
