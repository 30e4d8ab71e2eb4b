// What is shown: kept in the page's address, so that it can be linked to and walked back.
const UPGRADE = { axis: "", from: "", to: "" };
const axes = Object.fromEntries(data.axes.map((axis) => [axis, ""]));
const EMPTY = { view: "backends", backend: "", ...axes, clause: "", verdict: "", cell: "", of: "", at: "", ...UPGRADE };
const OPEN = ["cell", "of", "at"];

function fromAddress() {
  const told = new URLSearchParams(location.hash.slice(1));
  const state = { ...EMPTY };
  for (const name of Object.keys(EMPTY)) if (told.get(name)) state[name] = told.get(name);
  return checked(state);
}

// An address may be old or mistyped: what doesn't exist is left out.
function checked(state) {
  const kept = { ...state };
  if (!["backends", "clauses"].includes(kept.view)) kept.view = EMPTY.view;
  for (const [name, known] of Object.entries(choices)) if (!known.has(kept[name])) kept[name] = "";
  if (!cells.has(kept.cell) || !choices.backend.has(kept.of)) for (const name of OPEN) kept[name] = "";
  if (!clauses.has(kept.at)) kept.at = "";
  if (!data.axes.includes(kept.axis)) kept.axis = "";
  for (const name of ["from", "to"]) if (!kept.axis || !choices[kept.axis].has(kept[name])) kept[name] = "";
  return kept;
}

function toAddress(state) {
  const told = new URLSearchParams();
  for (const [name, value] of Object.entries(state)) if (value && value !== EMPTY[name]) told.set(name, value);
  return `#${told}`;
}

const newestFirst = (one, other) => other.localeCompare(one, "en", { numeric: true });
const unique = (axis) => new Set(data.cells.map((cell) => cell.releases[axis]).sort(newestFirst));
const choices = {
  backend: new Set(data.backends),
  ...Object.fromEntries(data.axes.map((axis) => [axis, unique(axis)])),
  clause: new Set(clauses.keys()),
  verdict: new Set(data.words.flatMap((group) => group.words)),
};

let state = fromAddress();

// Opening and closing a cell can be walked back in the browser; a filter replaces the last one.
function change(patch) {
  const before = state;
  state = checked({ ...state, ...patch });
  const address = toAddress(state);
  if (address === toAddress(before)) return;
  if (OPEN.some((name) => before[name] !== state[name])) history.pushState(null, "", address);
  else history.replaceState(null, "", address);
  show();
}

function followAddress() {
  state = fromAddress();
  show();
}

addEventListener("popstate", followAddress);
addEventListener("hashchange", followAddress);
