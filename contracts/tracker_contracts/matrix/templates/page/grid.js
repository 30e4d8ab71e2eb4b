const key = ({ cell, backend, clause }) => [cell.name, backend, clause].join(" ");
const isOpen = (each) => state.cell === each.cell.name && state.of === each.backend && (state.view === "backends" || !each.clause || state.at === each.clause);

function groupRow({ heads, groups }) {
  const corner = heads.map((name, index) => element("th", { scope: "col", rowspan: 2, style: `left: var(--left-${index})`, class: `head head-${index}` }, name));
  const names = groups.map((group) => element("th", { scope: "colgroup", colspan: group.columns.length, class: "group first" }, group.name));
  return element("tr", {}, corner, names);
}

function columnRow({ groups }) {
  const columns = groups.flatMap((group) =>
    group.columns.map((column, index) => element("th", { scope: "col", title: column.hint, class: index ? "" : "first" }, column.name)));
  return element("tr", {}, columns);
}

// A release in which the package itself changed what a tracker sees is marked, and says what.
function breakOf(release) {
  const what = data.breaks[release];
  return what && element("span", { class: "break", title: `New in ${release}: ${what}` }, "◆");
}

function headCells(row, above) {
  return row.head.map((name, index) => {
    const again = above && row.head.slice(0, index + 1).every((value, at) => value === above.head[at]);
    const mark = index === 0 && !again ? breakOf(name) : null;
    return element("th", { scope: "row", style: `left: var(--left-${index})`, class: `head head-${index}${again ? " again" : ""}` }, name, mark);
  });
}

// How many clauses fail is what tells one broken backend from another, and how many programs what a good one is worth.
function painted(each, wide) {
  const failing = each.clause || each.cell.mark ? 0 : failingOf(each.cell, each.backend).length;
  const programs = each.clause || each.cell.mark ? 0 : programsOf(each.cell, each.backend);
  const heat = failing && `--heat: ${Math.min(100, Math.round((failing / data.clauses.length) * 160))}%`;
  const number = failing + programs > 0 && element("span", { class: "number" }, failing || programs);
  const reason = wide && element("span", { class: "reason" }, each.mark.word, each.cell.why == null ? "" : `: ${text(each.cell.why)}`);
  return element("span", { class: `paint ${each.mark.tone}`, style: heat || null, "aria-hidden": "true" }, each.mark.sign, number, reason);
}

function squareCell(each, first, wide) {
  const edge = first ? " first" : "";
  if (!each) return element("td", { class: `blank${edge}`, "aria-label": "not tried" }, element("span", { class: "paint" }));
  const classes = `square${wide ? " wide" : ""}${each.match ? "" : " dim"}${isOpen(each) ? " open" : ""}${edge}`;
  const attributes = { role: "gridcell", tabindex: "-1", class: classes, "data-key": key(each), colspan: wide };
  const made = element("td", { ...attributes, "aria-label": label(each), title: label(each) }, painted(each, wide));
  made.square = each;
  return made;
}

function bodyRow(row, above, made) {
  const firsts = new Set();
  made.groups.reduce((sum, group) => (firsts.add(sum), sum + group.columns.length), 0);
  const squares = row.squares.map((each, index) => squareCell(each, firsts.has(index), row.wide && made.width));
  const next = above && above.head[0] !== row.head[0] ? "release" : "";
  return element("tr", { class: next }, headCells(row, above), squares);
}

function showGrid() {
  const made = board();
  const focused = at("grid").contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const rows = made.rows.map((row, index) => bodyRow(row, made.rows[index - 1], made));
  at("grid").replaceChildren(element("thead", {}, groupRow(made), columnRow(made)), element("tbody", {}, rows));
  at("grid").className = state.view;
  at("grid").style.setProperty("--columns", made.width);
  stick(made.heads.length);
  at("scroll").hidden = !rows.length;
  at("none").hidden = Boolean(rows.length);
  enter(focused);
  const shown = new Set(made.rows.flatMap((row) => row.squares.filter((each) => each?.match).map((each) => each.cell)));
  const tried = (all) => [...all].filter((cell) => !cell.ruled_out).length;
  at("count").textContent = `${tried(shown)} of ${tried(data.cells)} combinations`;
}

// The first columns stay where they are while the others scroll, however wide the names in them are.
function stick(heads) {
  const lefts = [...at("grid").tHead.rows[0].cells].slice(0, heads).map((head) => head.offsetLeft);
  lefts.forEach((left, index) => at("grid").style.setProperty(`--left-${index}`, `${index ? left : 0}px`));
}

const allSquares = () => [...at("grid").querySelectorAll("td.square")];

// One square can be reached by the tab key: the one that was last in use, or else the first.
function enter(focused) {
  const all = allSquares();
  const reached = all.find((each) => each.dataset.key === focused) ?? all.find((each) => each.classList.contains("open")) ?? all[0];
  reached?.setAttribute("tabindex", "0");
  if (focused) reached?.focus();
}
