/* Light or dark: the choice is a cookie, so that the server renders it next time. */
const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");
const YEAR = 365 * 24 * 3600;

function shown() {
  return root.dataset.theme === "auto" ? (dark.matches ? "dark" : "light") : root.dataset.theme;
}

for (const button of document.querySelectorAll("[data-theme-toggle]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.theme = shown() === "dark" ? "light" : "dark";
    document.cookie = `theme=${root.dataset.theme}; path=/; max-age=${YEAR}; samesite=lax`;
  });
}
