/* Calling somebody in a comment: a list of names opens after an @; arrows choose, Enter or Tab takes, Escape closes. */
const AT = /(^|[^\w.@/+-])@([^@\n]{0,40})$/u;
const MOST = 6;
const lists = new WeakMap();
const names = new Map();
let number = 0;

async function namesFor(url) {
  if (!names.has(url)) {
    names.set(url, fetch(url, { headers: { Accept: "application/json" } }).then((answer) => (answer.ok ? answer.json() : [])).catch(() => []));
  }
  return names.get(url);
}

function listOf(field) {
  if (lists.has(field)) return lists.get(field);
  const list = document.createElement("ul");
  number += 1;
  list.id = `mentions-${number}`;
  list.className = "mentions";
  list.setAttribute("role", "listbox");
  list.hidden = true;
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  list.setAttribute("aria-label", field.labels[0]?.textContent ?? "");
  field.after(list);
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option) take(field, option);
  });
  lists.set(field, list);
  return list;
}

function close(field) {
  const list = listOf(field);
  list.hidden = true;
  field.removeAttribute("aria-activedescendant");
}

function choose(field, option) {
  const list = listOf(field);
  for (const each of list.children) each.setAttribute("aria-selected", String(each === option));
  field.setAttribute("aria-activedescendant", option.id);
}

function take(field, option) {
  const before = field.value.slice(0, field.selectionStart).replace(AT, (_all, lead) => `${lead}@${option.textContent} `);
  const after = field.value.slice(field.selectionStart);
  field.value = before + after;
  field.setSelectionRange(before.length, before.length);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  close(field);
}

function fits(name, typed) {
  const wanted = typed.toLocaleLowerCase();
  const whole = name.toLocaleLowerCase();
  return whole.startsWith(wanted) || whole.split(" ").some((word) => word.startsWith(wanted));
}

async function offer(field) {
  const typed = AT.exec(field.value.slice(0, field.selectionStart))?.[2];
  if (typed === undefined) return close(field);
  const found = (await namesFor(field.dataset.mentions)).filter((name) => fits(name, typed)).slice(0, MOST);
  if (!found.length || found[0] === typed.trimEnd()) return close(field);
  const list = listOf(field);
  list.replaceChildren(...found.map((name, at) => {
    const option = document.createElement("li");
    option.id = `${list.id}-${at}`;
    option.setAttribute("role", "option");
    option.dir = "auto";
    option.textContent = name;
    return option;
  }));
  list.hidden = false;
  choose(field, list.firstElementChild);
}

document.addEventListener("input", (event) => {
  if (event.target.matches?.("[data-mentions]")) offer(event.target);
});

document.addEventListener("focusout", (event) => {
  if (event.target.matches?.("[data-mentions]")) close(event.target);
});

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (!field.matches?.("[data-mentions]") || !lists.has(field) || listOf(field).hidden) return;
  const options = [...listOf(field).children];
  const at = options.findIndex((each) => each.getAttribute("aria-selected") === "true");
  const acts = {
    ArrowDown: () => choose(field, options[(at + 1) % options.length]),
    ArrowUp: () => choose(field, options[(at - 1 + options.length) % options.length]),
    Enter: () => take(field, options[at]),
    Tab: () => take(field, options[at]),
    Escape: () => close(field),
  };
  if (acts[event.key]) {
    event.preventDefault();
    event.stopPropagation();
    acts[event.key]();
  }
}, true);
