async function copied(value, source) {
  try {
    await navigator.clipboard.writeText(value);
    return true;
  } catch {
    // where the clipboard can't be reached the command is at least selected
    getSelection().selectAllChildren(source);
    return document.execCommand("copy");
  }
}

function commandLine(value) {
  const code = element("code", {}, value);
  const button = element("button", { type: "button", class: "copy", "aria-label": `Copy: ${value}` }, "Copy");
  button.addEventListener("click", async () => {
    button.textContent = (await copied(value, code)) ? "Copied" : "Selected";
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });
  return element("div", { class: "command" }, code, button);
}
