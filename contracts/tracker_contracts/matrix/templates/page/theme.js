// Runs before the page is drawn, so that it doesn't flash in the other colours.
const remembered = {
  get() {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // storage may be forbidden; the system's choice stands
    }
  },
  set(theme) {
    try {
      localStorage.setItem("theme", theme);
    } catch {}
  },
};

const systemDark = matchMedia("(prefers-color-scheme: dark)");

function shownTheme() {
  return document.documentElement.dataset.theme ?? (systemDark.matches ? "dark" : "light");
}

function showTheme(theme) {
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
}

showTheme(remembered.get());
