/* A tick shows at once and is taken back with a message when the server refuses. Without this module the form is sent as a form.
   The server may answer JSON { message, undo_url, done, version }; refusals are problem details (RFC 9457). */
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

async function send(form) {
  const data = new FormData(form);
  const done = data.get("done") === "1";
  form.setAttribute("aria-busy", "true");
  paint(form, done);
  try {
    const response = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" } });
    const answer = await answerOf(response);
    if (!response.ok) throw new Error(answer.detail ?? words());
    settle(form, done, answer);
  } catch (error) {
    paint(form, !done);
    tell(error instanceof TypeError ? words() : error.message, "bad");
  } finally {
    form.removeAttribute("aria-busy");
  }
}

function settle(form, done, answer) {
  if (typeof answer.done === "boolean") paint(form, answer.done);
  const version = form.querySelector("[name=version]");
  if (version && answer.version !== undefined) version.value = answer.version;
  if (answer.message) tell(answer.message, "", answer.undo_url ?? "");
  form.dispatchEvent(new CustomEvent("tick:saved", { bubbles: true, detail: { done, answer } }));
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches?.("[data-tick]")) return;
  event.preventDefault();
  if (form.getAttribute("aria-busy") !== "true") send(form);
});
