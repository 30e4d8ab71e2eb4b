// What stands in a square: a mark is a sign, a word and a tone; the three always go together.
function markOf(cell, backend, clause) {
  if (cell.mark) return cell.backends.includes(backend) ? cell.mark : null;
  if (backend === PAGE) return clause ? null : cell.page_mark;
  const report = cell.reports[backend];
  if (!report) return null;
  return clause ? verdictMark(report, clauses.get(clause)) : data.marks.outcomes[report.outcome];
}

function verdictMark(report, clause) {
  const verdict = report.verdicts[clause.index];
  return verdict == null ? null : data.marks.verdicts[clause.level][verdict];
}

function failingClauses(report) {
  return data.clauses.filter((clause) => verdictMark(report, clauses.get(clause.id))?.tone === "bad");
}

// A verdict is looked for in what the square shows, and in what stands behind it.
function matches(cell, backend, clause, mark) {
  if (!state.verdict) return true;
  const report = cell.reports[backend];
  const behind = clause || !report ? [] : data.clauses.map((each) => verdictMark(report, clauses.get(each.id))?.word);
  return [mark?.word, report?.outcome, ...behind].includes(state.verdict);
}

function failingOf(cell, backend) {
  const report = cell.reports[backend];
  return report ? failingClauses(report) : [];
}

function programsOf(cell, backend) {
  const report = cell.reports[backend];
  return report ? report.programs : 0;
}

function square(cell, backend, clause) {
  const mark = markOf(cell, backend, clause);
  return mark && { cell, backend, clause, mark, match: matches(cell, backend, clause, mark) };
}

function label({ cell, backend, clause, mark }) {
  const where = [cell.title, backend, clause && `clause ${clause}`].filter(Boolean).join(", ");
  const failing = clause || cell.mark ? [] : failingOf(cell, backend).map((each) => each.id);
  const told = failing.length ? failing.join(", ") : !clause && programsOf(cell, backend) && `${programsOf(cell, backend)} programs`;
  return `${where}: ${mark.word}${told ? ` (${told})` : ""}`;
}
