/* My work: a task that was reported as done can only be taken back by its toast, so its box rests. */
document.addEventListener("tick:saved", (event) => {
  const form = event.target;
  if (event.detail.done && form.querySelector("[name=percent_complete]")) form.querySelector("button").disabled = true;
});
