/* Toasts leave by themselves, but wait while one looks at them; failures stay. Others add one by the event "toast":
   document.dispatchEvent(new CustomEvent("toast", { detail: { message, tone, undoUrl, again } })). `again` is { label, run }. */
const region = document.getElementById("toasts");
const STAY = 8000;
const STAYING = ".toast--bad, .toast--error";

function start(toast) {
  if (toast.matches(STAYING)) return;
  let timer = 0;
  const go = () => {
    timer = setTimeout(() => toast.remove(), STAY);
  };
  const wait = () => clearTimeout(timer);
  toast.addEventListener("pointerenter", wait);
  toast.addEventListener("focusin", wait);
  toast.addEventListener("pointerleave", go);
  toast.addEventListener("focusout", go);
  go();
}

function element(name, attributes, text = "") {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

function undoForm(url) {
  const form = element("form", { method: "post", action: url });
  form.append(
    element("input", { type: "hidden", name: "csrf_token", value: document.body.dataset.csrf ?? "" }),
    element("button", { class: "toast__undo" }, region.dataset.wordUndo),
  );
  return form;
}

function againButton({ label, run }, toast) {
  const button = element("button", { type: "button", class: "toast__undo" }, label);
  button.addEventListener("click", () => {
    toast.remove();
    run();
  });
  return button;
}

function show({ message, tone = "", undoUrl = "", again = null }) {
  const toast = element("div", { class: tone ? `toast toast--${tone}` : "toast", "data-toast": "" });
  toast.append(element("span", {}, message));
  if (undoUrl) toast.append(undoForm(undoUrl));
  if (again) toast.append(againButton(again, toast));
  toast.append(element("button", { type: "button", "data-toast-close": "", "aria-label": region.dataset.wordDismiss }, "×"));
  region.append(toast);
  start(toast);
}

if (region) {
  for (const toast of region.querySelectorAll("[data-toast]")) start(toast);
  document.addEventListener("toast", (event) => show(event.detail));
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-toast-close]")) event.target.closest(".toast")?.remove();
  });
}
