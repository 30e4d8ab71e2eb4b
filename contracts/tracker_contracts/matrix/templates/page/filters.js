const form = at("filters");

function option(value, name = value) {
  return element("option", { value }, name);
}

function fill(name, all, ...groups) {
  form.elements[name].replaceChildren(option("", all), ...groups.flat());
}

const grouped = (name, options) => element("optgroup", { label: name }, options);

function fillFilters() {
  fill("backend", "all", data.backends.map((name) => option(name)));
  for (const name of data.axes) fill(name, "all", [...choices[name]].map((value) => option(value)));
  fill("clause", "all", chapters.map((chapter) => grouped(chapter, data.clauses.filter((clause) => clause.chapter === chapter)
    .map((clause) => option(clause.id, `${clause.id}: ${clause.sentence.slice(0, 60)}${clause.sentence.length > 60 ? "…" : ""}`)))));
  fill("verdict", "all", data.words.map((group) => grouped(group.name, group.words.map((word) => option(word)))));
}

function showFilters() {
  for (const name of ["view", ...Object.keys(choices)]) form.elements[name].value = state[name];
  // clauses are those of one backend
  if (state.view === "clauses") form.elements.backend.value = clausesBackend();
}

form.addEventListener("change", ({ target }) => change({ [target.name]: target.value }));
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", (event) => {
  event.preventDefault();
  change({ ...EMPTY, view: state.view, cell: state.cell, of: state.of, at: state.at });
});
