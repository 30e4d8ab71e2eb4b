// The heading of the column in use stands out: forty columns are too many for the eye alone.
function pointOut({ target }) {
  const cell = target.closest?.("td.square, td.blank");
  for (const each of at("grid").querySelectorAll("thead .here")) each.classList.remove("here");
  if (!cell || cell.classList.contains("wide")) return;
  const [groups, columns] = at("grid").tHead.rows;
  const heads = groups.querySelectorAll(".head").length;
  columns.cells[cell.cellIndex - heads]?.classList.add("here");
}

for (const event of ["pointerover", "pointerleave", "focusin"]) at("grid").addEventListener(event, pointOut);
