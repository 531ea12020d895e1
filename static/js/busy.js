/* What takes seconds: the button says so and how long it has been, and can't be pressed twice. */
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  const words = button?.dataset.busy;
  if (!words) return;
  const said = event.target.querySelector("[data-busy-said]");
  const begun = Date.now();
  const tell = () => {
    said.textContent = `${words} ${Math.round((Date.now() - begun) / 1000)} s`;
  };
  said.textContent = words;
  setTimeout(() => {
    for (const each of event.target.querySelectorAll("button")) each.disabled = true;
  });
  setInterval(tell, 1000);
});

addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
