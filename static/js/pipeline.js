/* The board: a card goes to another stage by pointer or by the arrow keys, at once, and comes back with a message when the server refuses.
   Lost asks for the reason, won for the day, in a dialog that keeps what was typed. Without this module the link "Move" leads to a form. */
const board = document.querySelector("[data-board]");
const said = document.querySelector("[data-board-said]");
const FAR = 6;

const lanes = () => [...document.querySelectorAll("[data-lane]")];
const laneOf = (card) => card.closest("[data-lane]");

function tell(message, tone = "", undoUrl = "") {
  document.dispatchEvent(new CustomEvent("toast", { detail: { message, tone, undoUrl } }));
  if (said) said.textContent = message;
}

function place(card, lane) {
  const list = lane.querySelector(".lane__b");
  if (!list) return card.remove();
  list.querySelector(".lane__none")?.remove();
  list.prepend(card);
}

function memory(card) {
  const parent = card.parentNode;
  const next = card.nextSibling;
  const from = laneOf(card);
  return { from, back: () => parent.insertBefore(card, next?.parentNode === parent ? next : null) };
}

async function post(card, lane, from, more) {
  const data = new FormData();
  data.set("csrf_token", document.body.dataset.csrf ?? "");
  data.set("stage_id", lane.dataset.lane);
  data.set("was_id", from.dataset.lane);
  for (const [name, value] of Object.entries(more)) data.set(name, value);
  const response = await fetch(card.dataset.move, { method: "POST", body: data, headers: { Accept: "application/json" } });
  const type = response.headers.get("Content-Type") ?? "";
  return { ok: response.ok, answer: type.includes("json") ? await response.json() : {} };
}

async function move(card, lane, more = {}) {
  const was = memory(card);
  if (!lane || lane === was.from || card.hasAttribute("aria-busy")) return "";
  const focused = card.contains(document.activeElement);
  card.setAttribute("aria-busy", "true");
  place(card, lane);
  if (focused) card.querySelector("a")?.focus();
  try {
    const { ok, answer } = await post(card, lane, was.from, more);
    if (ok) {
      tell(answer.message, "good", answer.undo_url ?? "");
      renew();
      return "";
    }
    was.back();
    return answer.detail ?? board.dataset.wordOffline;
  } catch {
    was.back();
    return board.dataset.wordOffline;
  } finally {
    card.removeAttribute("aria-busy");
    if (focused) card.querySelector("a")?.focus();
  }
}

/* Heads, sums and the sentence are the server's: they are fetched anew after a move. */
async function renew() {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const head of document.querySelectorAll("[data-lane-head]")) {
    const made = fresh.querySelector(`[data-lane-head="${CSS.escape(head.dataset.laneHead)}"]`);
    if (made) head.innerHTML = made.innerHTML;
  }
  for (const part of [".answer", ".head__t h1"]) {
    const old = document.querySelector(part);
    const made = fresh.querySelector(part);
    if (old && made) old.innerHTML = made.innerHTML;
  }
}

async function send(card, lane) {
  const dialog = document.getElementById(`deal-${lane.dataset.outcome}`);
  if (dialog) return ask(dialog, card, lane);
  const problem = await move(card, lane);
  if (problem) tell(`${problem} ${board.dataset.wordBack}`, "bad");
}

function ask(dialog, card, lane) {
  const form = dialog.querySelector("form");
  const wrong = form.querySelector("[data-problem]");
  wrong.hidden = true;
  form.onsubmit = async (event) => {
    event.preventDefault();
    const more = Object.fromEntries([...new FormData(form)].filter(([name]) => name !== "csrf_token"));
    const problem = await move(card, lane, more);
    wrong.textContent = problem;
    wrong.hidden = !problem;
    if (!problem) dialog.close();
  };
  dialog.showModal();
}

/* Keys that come while a card is on its way wait for it: two presses are two stages. */
const moving = new WeakMap();

function step(card, by) {
  const all = lanes();
  const next = all[all.indexOf(laneOf(card)) + by];
  return next && card.isConnected ? send(card, next) : undefined;
}

function keys(event) {
  const card = event.target.closest?.("[data-deal]");
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!card || !by || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  moving.set(card, Promise.resolve(moving.get(card)).then(() => step(card, by)));
}

let drag = null;

function lift(event) {
  const { card } = drag;
  const box = card.getBoundingClientRect();
  const ghost = card.cloneNode(true);
  ghost.classList.add("deal--drag");
  ghost.style.width = `${box.width}px`;
  document.body.append(ghost);
  card.classList.add("deal--lifted");
  document.body.classList.add("is-dragging");
  const hint = document.createElement("li");
  hint.className = "drop";
  Object.assign(drag, { ghost, hint, dx: event.clientX - box.left, dy: event.clientY - box.top });
}

function over(lane) {
  if (drag.lane === lane) return;
  drag.lane?.classList.remove("is-over");
  drag.hint.remove();
  drag.lane = lane;
  if (!lane || lane === laneOf(drag.card)) return;
  lane.classList.add("is-over");
  drag.hint.textContent = `${board.dataset.wordDrop} ${lane.dataset.name}${lane.dataset.likely ? `, ${lane.dataset.likely}` : ""}`;
  lane.querySelector(".lane__b")?.prepend(drag.hint);
}

function follow(event) {
  if (!drag) return;
  if (!drag.ghost) {
    if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < FAR) return;
    lift(event);
  }
  drag.ghost.style.left = `${event.clientX - drag.dx}px`;
  drag.ghost.style.top = `${event.clientY - drag.dy}px`;
  over(document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-lane]") ?? null);
}

function drop(event) {
  if (!drag) return;
  const { card, ghost, hint, lane } = drag;
  const moved = Boolean(ghost);
  ghost?.remove();
  hint?.remove();
  lane?.classList.remove("is-over");
  card.classList.remove("deal--lifted");
  document.body.classList.remove("is-dragging");
  drag = null;
  if (!moved || event?.type === "pointercancel") return;
  if (event) hold();
  if (lane && lane !== laneOf(card)) send(card, lane);
}

/* The release of a drag is no click on the card. A card that has left its place gets no click, so nothing is held back for the next one. */
function hold() {
  const stop = (click) => click.preventDefault();
  addEventListener("click", stop, { capture: true });
  setTimeout(() => removeEventListener("click", stop, { capture: true }));
}

function cancel(event) {
  if (event.key !== "Escape" || !drag) return;
  drag.lane?.classList.remove("is-over");
  drag.lane = null;
  if (drag.ghost) addEventListener("pointerup", hold, { once: true });
  drop();
}

/* A stage that was opened goes on at the first card that was not there before, one that was closed at the press that opens it. */
let opening = null;
document.addEventListener("click", (event) => {
  const list = event.target.closest?.("[data-more], [data-fewer]")?.closest("ul");
  if (list) opening = { id: list.id, shown: list.querySelectorAll("[data-deal]").length };
});
document.addEventListener("htmx:after:swap", () => {
  const list = opening && document.getElementById(opening.id);
  if (!list) return;
  const card = list.querySelectorAll("[data-deal]")[opening.shown];
  (card?.querySelector("a") ?? list.querySelector("[data-more]"))?.focus();
  opening = null;
});

if (board && document.querySelector("[data-ends]")) {
  board.addEventListener("keydown", keys);
  board.addEventListener("dragstart", (event) => event.preventDefault());
  board.addEventListener("pointerdown", (event) => {
    const card = event.target.closest("[data-deal]");
    if (!card || event.button !== 0 || event.pointerType === "touch" || event.target.closest(".deal__go")) return;
    drag = { card, x: event.clientX, y: event.clientY };
  });
  addEventListener("pointermove", follow);
  addEventListener("pointerup", drop);
  addEventListener("pointercancel", drop);
  addEventListener("keydown", cancel);
}
