/* A record's menu: its address goes to the clipboard, the page to the printer. */
const menu = document.getElementById("record-menu");

menu?.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (button?.matches("[data-print]")) print();
  if (button?.matches("[data-copy]")) {
    await navigator.clipboard.writeText(new URL(button.dataset.copy, location.href).href);
    document.dispatchEvent(new CustomEvent("toast", { detail: { message: button.dataset.copied, tone: "good" } }));
  }
  if (button) menu.hidePopover();
});
