// Arrows move through the grid, over what is blank; Enter opens; Escape closes.
let column = 0; // kept while a row that is one wide square is crossed

function focusOn(target) {
  for (const each of allSquares()) each.setAttribute("tabindex", "-1");
  target.setAttribute("tabindex", "0");
  target.focus();
}

const squaresOf = (row) => [...row.cells].filter((each) => each.classList.contains("square"));

function beside(from, step) {
  const here = squaresOf(from.parentElement);
  const next = here[here.indexOf(from) + step];
  if (next) column = next.cellIndex;
  return next;
}

function above(from, step) {
  if (!from.hasAttribute("colspan")) column = from.cellIndex;
  const rows = [...from.closest("tbody").rows];
  const near = (a, b) => Math.abs(a.cellIndex - column) - Math.abs(b.cellIndex - column);
  for (let index = rows.indexOf(from.parentElement) + step; rows[index]; index += step) {
    const [found] = squaresOf(rows[index]).sort(near);
    if (found) return found;
  }
  return undefined;
}

const MOVES = {
  ArrowLeft: (from) => beside(from, -1),
  ArrowRight: (from) => beside(from, 1),
  ArrowUp: (from) => above(from, -1),
  ArrowDown: (from) => above(from, 1),
  Home: (from) => squaresOf(from.parentElement)[0],
  End: (from) => squaresOf(from.parentElement).at(-1),
};

function open({ cell, backend, clause }) {
  change({ cell: cell.name, of: backend, at: clause });
  at("details-title")?.focus();
}

function close() {
  const opened = at("grid").querySelector(".open");
  change({ cell: "", of: "", at: "" });
  const again = opened && allSquares().find((each) => each.dataset.key === opened.dataset.key);
  if (again) focusOn(again);
}

at("grid").addEventListener("click", (event) => {
  const target = event.target.closest("td.square");
  if (target) open(target.square);
});

at("grid").addEventListener("keydown", (event) => {
  const target = event.target.closest("td.square");
  if (!target || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter" || event.key === " ") open(target.square);
  else if (event.key in MOVES) {
    const next = MOVES[event.key](target);
    if (next) focusOn(next);
  } else return;
  event.preventDefault();
});

addEventListener("keydown", (event) => {
  if (event.key === "Escape" && state.cell) close();
});
