// What another release changes: the cells that are alike but for it, compared clause by clause.
const KINDS = { regression: "bad", worse: "warn", "no longer tried": "quiet", improvement: "good" };
const fromTo = at("from-to");

function counterpart(cell, axis, release) {
  const alike = (other) => data.axes.every((each) => (each === axis ? other.releases[each] === release : other.releases[each] === cell.releases[each]));
  return data.cells.find((other) => !other.ruled_out && alike(other));
}

const badness = (report, clause) => data.badness[report.verdicts[clauses.get(clause.id).index]] ?? null;

// As `tracker-contracts matrix --from … --to …` tells them; the two have to stay alike.
function kindOf(clause, before, after) {
  if (after === null) return "no longer tried";
  if (after < before) return "improvement";
  return clause.level === "provisional" ? "worse" : "regression";
}

function ofClauses(old, now, backend) {
  const changed = data.clauses.filter((clause) => badness(old, clause) !== null && badness(old, clause) !== badness(now, clause));
  return changed.map((clause) => ({
    backend, clause: clause.id,
    kind: kindOf(clause, badness(old, clause), badness(now, clause)),
    what: `${clause.id} (${clause.level}): ${verdictMark(old, clauses.get(clause.id)).word} → ${verdictMark(now, clauses.get(clause.id))?.word ?? "none"}`,
  }));
}

function ofPages(old, now) {
  const worse = old.page_mark?.tone === "good" && now.page_mark && now.page_mark.tone !== "good";
  const better = now.page_mark?.tone === "good" && old.page_mark && old.page_mark.tone !== "good";
  if (!worse && !better && !(old.page_mark && !now.page_mark)) return [];
  const what = `${old.page_mark.word} → ${now.page_mark?.word ?? "not followed"}`;
  return [{ backend: PAGE, clause: "", kind: worse ? "regression" : better ? "improvement" : "no longer tried", what }];
}

function ofCells(old, now) {
  if (now.mark) return [{ backend: data.backends[0], clause: "", kind: "regression", what: `ran → ${now.mark.word}` }];
  const backends = Object.keys(old.reports).flatMap((name) =>
    now.reports[name] ? ofClauses(old.reports[name], now.reports[name], name) : [{ backend: name, clause: "", kind: "no longer tried", what: "all clauses" }]);
  return [...backends, ...ofPages(old, now)];
}

function incomparable(old, now) {
  if (!now) return "there is no report of the new release";
  if (old.mark) return `it ${old.mark.word} on the old release`;
  const how = (report) => `${report.contract.split(" ")[0]} ${report.profile}`;
  const other = Object.keys(old.reports).find((name) => now.reports[name] && how(now.reports[name]) !== how(old.reports[name]));
  const hurried = Object.keys(old.reports).find((name) => now.reports[name] && old.reports[name].left_out + now.reports[name].left_out > 0);
  if (hurried) return `there was no time for all programs on ${hurried}`;
  return other && `${other} was tried with another contract or profile`;
}

const rest = (cell, axis) => data.axes.filter((each) => each !== axis).map((each) => `${data.labels[each]} ${cell.releases[each]}`).join(", ");

function changeOf({ kind, backend, clause, what, cells: where }, axis) {
  const links = where.map((cell) => element("a", { href: toAddress({ ...state, cell: cell.name, of: backend, at: clause }) }, rest(cell, axis)));
  return element("li", {}, element("span", { class: `chip ${KINDS[kind]}` }, kind), ` ${backend}: ${what} `,
    element("span", { class: "trial" }, links.flatMap((link, index) => (index ? ["; ", link] : [link]))));
}

// What is known of the releases between, which may be why.
function known(axis, from, to) {
  const between = (release) => newestFirst(from, release) > 0 && newestFirst(release, to) >= 0;
  const releases = axis === packages[0] ? Object.keys(data.breaks).filter(between).sort(newestFirst).reverse() : [];
  return releases.map((release) => element("li", { class: "trial" }, element("span", { class: "break" }, "◆"), ` ${release}: ${data.breaks[release]}`));
}

function upgrade({ axis, from, to }) {
  const found = new Map();
  const left = [];
  const old = data.cells.filter((cell) => !cell.ruled_out && cell.releases[axis] === from);
  for (const cell of old) {
    const now = counterpart(cell, axis, to);
    const why = incomparable(cell, now);
    if (why) left.push(element("li", { class: "trial" }, `Not compared: ${rest(cell, axis)}: ${why}.`));
    for (const each of why ? [] : ofCells(cell, now)) {
      const key = [each.kind, each.backend, each.what].join("\n");
      if (!found.has(key)) found.set(key, { ...each, cells: [] });
      found.get(key).cells.push(now);
    }
  }
  const kinds = Object.keys(KINDS);
  const told = [...found.values()].sort((one, other) => kinds.indexOf(one.kind) - kinds.indexOf(other.kind));
  const compared = `${old.length - left.length} of ${old.length} pairs of combinations compared.${told.length ? "" : " Nothing changes."}`;
  return [element("p", {}, compared), element("ul", {}, told.map((each) => changeOf(each, axis)), known(axis, from, to), left)];
}

function showUpgrade() {
  const axis = state.axis || data.axes[0];
  const options = [...choices[axis]];
  fromTo.elements.axis.replaceChildren(...data.axes.map((each) => option(each, data.labels[each])));
  for (const name of ["from", "to"]) fromTo.elements[name].replaceChildren(option("", "choose"), ...options.map((value) => option(value)));
  fromTo.elements.axis.value = axis;
  for (const name of ["from", "to"]) fromTo.elements[name].value = state[name];
  const asked = state.from && state.to && state.from !== state.to;
  if (asked) at("upgrade").open = true;
  at("changes").replaceChildren(...(asked ? upgrade(state) : []));
}

fromTo.addEventListener("submit", (event) => event.preventDefault());
fromTo.addEventListener("change", ({ target }) =>
  change(target.name === "axis" ? { axis: target.value, from: "", to: "" } : { axis: fromTo.elements.axis.value, [target.name]: target.value }));
