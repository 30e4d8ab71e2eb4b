function entry(mark) {
  return element("li", {}, element("span", { class: `paint ${mark.tone}`, "aria-hidden": "true" }, mark.sign), mark.word);
}

function showLegend() {
  const marks = state.view === "clauses" || state.clause ? data.legend.clauses : data.legend.backends;
  at("legend").replaceChildren(element("ul", {}, marks.map(entry)));
}
