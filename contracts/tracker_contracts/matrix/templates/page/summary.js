// One card a backend: in how many combinations it conforms, at a glance.
const TONES = ["good", "warn", "bad"];

function card(backend) {
  const marks = data.cells.filter((cell) => !cell.ruled_out).map((cell) => markOf(cell, backend, "")).filter(Boolean);
  const number = (tone) => marks.filter((mark) => mark.tone === tone).length;
  const bar = TONES.filter(number).map((tone) => element("span", { class: tone, style: `flex-grow: ${number(tone)}` }));
  const said = `${backend}: ${backend === PAGE ? "works" : "conforms"} in ${number("good")} of ${marks.length}`;
  return element("button", { type: "button", class: "card", "data-backend": backend, "aria-label": said },
    element("span", { class: "name" }, backend),
    element("span", { class: "number" }, element("b", {}, number("good")), ` of ${marks.length} ${backend === PAGE ? "work" : "conform"}`),
    element("span", { class: "bar", "aria-hidden": "true" }, bar));
}

function showSummary() {
  for (const each of at("backends").children) each.setAttribute("aria-pressed", String(each.dataset.backend === form.elements.backend.value));
}

at("backends").replaceChildren(...data.backends.map(card));
at("backends").addEventListener("click", (event) => {
  const target = event.target.closest(".card");
  if (target) change({ backend: target.dataset.backend === state.backend ? "" : target.dataset.backend });
});
