/* Choices that depend on another field: only those that go with its value stand open. Without this, the server says so. */
const named = (form, name) => [...form.elements].filter((each) => each.name === name);

const valueOf = (form, name) => {
  const found = named(form, name).filter((each) => each.type !== "hidden");
  const picked = found.find((each) => (each.type === "radio" || each.type === "checkbox" ? each.checked : true));
  return found.length ? (picked?.value ?? "") : null;
};

const narrow = (place, changed) => {
  const value = valueOf(place.closest("form"), place.dataset.dependsOn);
  if (value === null) return;
  const open = new Set(JSON.parse(place.dataset.among)[value] ?? []);
  for (const each of place.querySelectorAll("option, input[type=checkbox]")) {
    const picked = each.selected || each.checked;
    const fits = each.value === "" || open.has(each.value);
    if (!fits && picked && !changed) continue;
    each.disabled = !fits;
    (each.closest(".choice") ?? each).hidden = !fits;
    if (!fits && picked) {
      if (each.type === "checkbox") each.checked = false;
      else place.value = "";
    }
  }
};

const all = (root, changed, name) => {
  for (const each of root.querySelectorAll("[data-depends-on]")) {
    if (!each.closest("form") || (name && each.dataset.dependsOn !== name)) continue;
    narrow(each, changed);
    const own = each.name ?? each.dataset.name;
    if (changed && own) all(each.closest("form"), true, own);
  }
};

document.addEventListener("change", (event) => {
  if (event.target.form && event.target.name) all(event.target.form, true, event.target.name);
});
document.addEventListener("htmx:after:swap", () => all(document, false));
all(document, false);
