/* What the palette finds beyond pages: roll-outs, tasks, checklist items, people, asked from the server while one types. */
const WAIT = 180;
const SHORTEST = 2;
const input = document.querySelector("[data-palette-input]");
const list = document.querySelector("[data-palette-list]");
let timer = 0;
let asked = 0;

function row(hit) {
  const line = document.createElement("li");
  const link = document.createElement("a");
  const name = document.createElement("span");
  const kind = document.createElement("span");
  line.dataset.found = "";
  link.href = hit.href;
  name.dir = "auto";
  name.textContent = hit.label;
  kind.className = "palette__k";
  kind.textContent = hit.detail ? `${hit.kind}, ${hit.detail}` : hit.kind;
  link.append(name, kind);
  line.append(link);
  return line;
}

function clear() {
  for (const line of list.querySelectorAll("[data-found]")) line.remove();
}

async function ask(words) {
  const mine = ++asked;
  const response = await fetch(`/search?q=${encodeURIComponent(words)}`, { headers: { Accept: "application/json" } });
  const hits = response.ok ? await response.json() : [];
  if (mine !== asked) return;
  clear();
  const there = new Set([...list.querySelectorAll("li:not([hidden]) a")].map((link) => link.getAttribute("href")));
  list.append(...hits.filter((hit) => !there.has(hit.href)).map(row));
}

input?.addEventListener("input", () => {
  clearTimeout(timer);
  asked += 1;
  clear();
  const words = input.value.trim();
  if (words.length >= SHORTEST) timer = setTimeout(() => ask(words).catch(clear), WAIT);
});
document.getElementById("palette")?.addEventListener("close", () => {
  asked += 1;
  clear();
});
