// All that is known of the open square.
function chip(mark, name, hint) {
  return element("span", { class: `chip ${mark.tone}`, title: hint }, element("span", { "aria-hidden": "true" }, mark.sign), ` ${name}`);
}

const section = (name, ...children) => element("section", {}, element("h3", {}, name), children);
const story = (value) => element("pre", { dir: "auto", tabindex: "0" }, value);

function link(address) {
  const safe = /^https?:\/\//.test(address);
  return safe ? element("a", { href: address, rel: "noreferrer" }, address) : element("span", {}, address);
}

function knownCauses(cell, clause) {
  return cell.causes.filter((cause) => cause.clause === clause).map((cause) => element("div", { class: "notice" },
    element("p", {}, element("b", {}, "Known cause: "), text(cause.cause)),
    element("p", {}, link(cause.link))));
}

function findingOf(finding) {
  return element("div", { class: "finding" },
    element("p", { class: "trial" }, `${finding.trial.replaceAll("_", " ")} (${finding.driver}): ${finding.verdict}`),
    finding.advice != null && text(finding.advice).split("\n\n").map((part) => element("p", { class: "advice" }, part)),
    finding.story != null && story(text(finding.story)),
    finding.replay != null && commandLine(text(finding.replay)));
}

function clauseOf(cell, report, clause, opened) {
  const mark = verdictMark(report, clause);
  const known = ["bad", "warn"].includes(mark.tone) ? knownCauses(cell, clause.id) : [];
  const findings = report.findings[clause.id] ?? [];
  const head = [chip(mark, clause.id), element("span", { class: "sentence" }, clause.sentence)];
  if (!findings.length) return element("div", { class: "clause bare" }, head, element("p", { class: "trial" }, `${clause.level}: ${mark.word}`), known);
  return element("details", { class: "clause", open: opened },
    element("summary", {}, head, element("span", { class: "trial" }, `${clause.level}: ${mark.word}`)),
    known, findings.map(findingOf));
}

function verdictsOf(cell, report) {
  const told = data.clauses.map((each) => clauses.get(each.id)).filter((clause) => verdictMark(report, clause));
  const words = data.words.at(-1).words.filter((word) => told.some((clause) => verdictMark(report, clause).word === word));
  return words.map((word) => {
    const these = told.filter((clause) => verdictMark(report, clause).word === word);
    const telling = these.filter((clause) => report.findings[clause.id]);
    const plain = these.filter((clause) => !report.findings[clause.id]);
    return section(`${word} (${these.length})`,
      telling.map((clause) => clauseOf(cell, report, clause, telling.length === 1 && word === "broken")),
      plain.length ? element("p", { class: "chips" }, plain.map((clause) => chip(verdictMark(report, clause), clause.id, clause.sentence))) : null);
  });
}

function facts(pairs) {
  const known = pairs.filter(([, value]) => value);
  return element("dl", {}, known.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
}

function factsOf(cell, report) {
  const tried = report ? [["Stores the runs", report.stores], ["Contract", report.contract], ["Profile", report.profile], ["Programs", report.programs], ["Features", report.features]] : [];
  return facts([["Python", cell.exact_python], ...tried, ["Date", cell.date], ["Took", cell.took]]);
}

function block(each) {
  const head = [chip(each.mark, each.mark.word), element("span", { class: "sentence" }, `${each.where} (${each.language})`)];
  if (each.story == null) return element("div", { class: "clause bare" }, head);
  return element("details", { class: "clause", open: true }, element("summary", {}, head), story(text(each.story)));
}

function alsoHere(cell, backend) {
  const others = data.backends.filter((name) => name !== backend && markOf(cell, name, ""));
  const go = (name) => {
    const mark = markOf(cell, name, "");
    const button = element("button", { type: "button", class: `chip ${mark.tone}`, "aria-label": `${name}: ${mark.word}` },
      element("span", { "aria-hidden": "true" }, mark.sign), ` ${name}`);
    button.addEventListener("click", () => change({ of: name, at: name === PAGE ? "" : state.at }));
    return button;
  };
  return others.length ? section("The same releases", element("p", { class: "chips" }, others.map(go))) : null;
}

function heading(cell, backend, mark) {
  const button = element("button", { type: "button", class: "close", "aria-label": "Close" }, "✕");
  button.addEventListener("click", close);
  return element("header", {},
    element("div", {}, element("h2", { id: "details-title", tabindex: "-1" }, backend), element("p", {}, cell.title)), button);
}

function ofBackend(cell, backend) {
  if (backend === PAGE) return [section("Blocks, in their order", cell.page.map(block))];
  const report = cell.reports[backend];
  if (!report) return [];
  const chosen = state.at && verdictMark(report, clauses.get(state.at)) && clauses.get(state.at);
  return [chosen && section(`Clause ${chosen.id}`, clauseOf(cell, report, chosen, true)), ...verdictsOf(cell, report)];
}

function showDetails() {
  const panel = at("details");
  const cell = cells.get(state.cell);
  panel.hidden = !cell;
  document.body.classList.toggle("opened", Boolean(cell));
  if (!cell) return panel.replaceChildren();
  const backend = state.of;
  const mark = markOf(cell, backend, "");
  panel.replaceChildren(...[
    heading(cell, backend, mark),
    mark && element("p", { class: "outcome" }, chip(mark, mark.word), cell.reports[backend] && !cell.mark ? ` ${cell.reports[backend].summary}` : ""),
    cell.why != null && (cell.ruled_out ? element("p", { class: "notice" }, text(cell.why)) : story(text(cell.why))),
    ...(cell.mark?.tone === "bad" || (backend === PAGE && mark?.tone === "bad") ? knownCauses(cell) : []),
    cell.command != null && section("Repeat it", commandLine(text(cell.command))),
    ...(cell.mark ? [] : ofBackend(cell, backend)),
    cell.mark ? null : alsoHere(cell, backend),
    !cell.ruled_out && section("How it was tried", factsOf(cell, cell.reports[backend])),
  ].filter(Boolean));
  panel.scrollTop = 0;
}
