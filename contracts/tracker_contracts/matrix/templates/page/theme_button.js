{
  const button = document.getElementById("theme");
  const name = () => {
    const other = shownTheme() === "dark" ? "light" : "dark";
    button.textContent = other === "dark" ? "☾ Dark" : "☀ Light";
    button.setAttribute("aria-label", `Switch to the ${other} theme`);
  };
  button.addEventListener("click", () => {
    showTheme(shownTheme() === "dark" ? "light" : "dark");
    remembered.set(shownTheme());
    name();
  });
  systemDark.addEventListener("change", name);
  name();
}
