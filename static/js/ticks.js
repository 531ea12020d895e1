/* A tick shows at once and is taken back with a message when the server refuses. Without this module the form is sent as a form.
   The server may answer JSON { message, undo_url, done, version }; refusals are problem details (RFC 9457). Before another person's tick is taken
   away the server asks (409, checklist.other_tick): in the dialog #untick-sure where the page has it, else on a page of its own. What follows from
   a tick (counts, who and when) stands in elements with data-live="name", which are fetched again. */
const words = () => document.querySelector("main")?.dataset.wordOffline ?? "";

function paint(form, done) {
  form.querySelector("button").setAttribute("aria-checked", String(done));
  form.querySelector("[name=done]").value = done ? "0" : "1";
  form.closest("li, tr")?.classList.toggle("is-done", done);
  form.closest("li")?.querySelector(".items__t")?.classList.toggle("done", done);
}

function tell(message, tone = "", undoUrl = "") {
  document.dispatchEvent(new CustomEvent("toast", { detail: { message, tone, undoUrl } }));
}

async function answerOf(response) {
  const type = response.headers.get("Content-Type") ?? "";
  return type.includes("json") ? response.json() : {};
}

const ASKS = "urn:launch90:problem:checklist.other_tick";

async function send(form, sure = false) {
  const data = new FormData(form);
  const done = data.get("done") === "1";
  if (sure) data.set("sure", "1");
  form.setAttribute("aria-busy", "true");
  paint(form, done);
  try {
    const response = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" } });
    const answer = await answerOf(response);
    if (response.ok) settle(form, done, answer);
    else refuse(form, done, response, answer);
  } catch {
    paint(form, !done);
    tell(words(), "bad");
  } finally {
    form.removeAttribute("aria-busy");
  }
}

function refuse(form, done, response, answer) {
  paint(form, !done);
  if (response.status === 409 && answer.type === ASKS) ask(form, answer.detail);
  else tell(answer.detail ?? words(), "bad");
}

function ask(form, question) {
  const dialog = document.getElementById("untick-sure");
  if (!dialog) return form.submit();
  dialog.querySelector("[data-sure-text]").textContent = question;
  dialog.querySelector("[data-sure]").onclick = () => {
    dialog.close();
    send(form, true);
  };
  dialog.showModal();
}

let waiting = 0;

function renew() {
  if (!document.querySelector("[data-live]")) return;
  clearTimeout(waiting);
  waiting = setTimeout(refresh, 250);
}

async function refresh() {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const old of document.querySelectorAll("[data-live]")) {
    const made = fresh.querySelector(`[data-live="${CSS.escape(old.dataset.live)}"]`);
    if (made && made.innerHTML !== old.innerHTML && !old.contains(document.activeElement)) old.innerHTML = made.innerHTML;
  }
}

function settle(form, done, answer) {
  if (typeof answer.done === "boolean") paint(form, answer.done);
  const version = form.querySelector("[name=version]");
  if (version && answer.version !== undefined) version.value = answer.version;
  if (answer.message) tell(answer.message, "", answer.undo_url ?? "");
  renew();
  form.dispatchEvent(new CustomEvent("tick:saved", { bubbles: true, detail: { done, answer } }));
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches?.("[data-tick]")) return;
  event.preventDefault();
  if (form.getAttribute("aria-busy") !== "true") send(form);
});
