// What the grid holds: its columns in groups, and its rows of squares.
function asked(cell) {
  return data.axes.every((axis) => !state[axis] || cell.releases[axis] === state[axis]);
}

// the documented pages know nothing of clauses
const shownBackends = () =>
  data.backends.filter((name) => (!state.backend || name === state.backend) && !(state.clause && name === PAGE));

function byRelease() {
  const here = data.cells.filter(asked);
  const pythons = [...choices.python].reverse().filter((python) => here.some((cell) => cell.releases.python === python));
  const groups = shownBackends().map((name) => ({ name, columns: pythons.map((python) => ({ name: python, hint: `Python ${python}` })) }));
  const rows = new Map();
  for (const cell of here) {
    const head = packages.map((axis) => cell.releases[axis]);
    if (!rows.has(`${head}`)) rows.set(`${head}`, { head, cells: new Map() });
    rows.get(`${head}`).cells.set(cell.releases.python, cell);
  }
  const squares = ({ cells }) =>
    shownBackends().flatMap((backend) =>
      pythons.map((python) => cells.has(python) ? square(cells.get(python), backend, state.clause) : null));
  return {
    heads: packages.map((axis) => data.labels[axis]),
    groups,
    rows: [...rows.values()].map((row) => ({ head: row.head, squares: squares(row) })),
  };
}

const clausesBackend = () => (state.backend && state.backend !== PAGE ? state.backend : data.backends[0]);

function byClause() {
  const backend = clausesBackend();
  const shown = data.clauses.filter((clause) => !state.clause || clause.id === state.clause);
  const groups = chapters
    .map((name) => ({ name, columns: shown.filter((clause) => clause.chapter === name).map((clause) => ({ name: clause.id, hint: clause.sentence })) }))
    .filter((group) => group.columns.length);
  const rows = data.cells.filter(asked).map((cell) => ({
    head: [...packages, "python"].map((axis) => cell.releases[axis]),
    // a cell that did not run has one answer to all clauses
    wide: Boolean(cell.mark),
    squares: cell.mark ? [square(cell, backend, "")].filter(Boolean) : shown.map((clause) => square(cell, backend, clause.id)),
  }));
  return { heads: [...packages, "python"].map((axis) => data.labels[axis]), groups, rows };
}

function board() {
  const made = state.view === "clauses" ? byClause() : byRelease();
  const rows = made.rows.filter((row) => row.squares.some((each) => each?.match));
  return { ...made, rows, width: made.groups.reduce((sum, group) => sum + group.columns.length, 0) };
}
