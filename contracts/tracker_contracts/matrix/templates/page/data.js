const data = JSON.parse(at("data").textContent);
const clauses = new Map(data.clauses.map((clause, index) => [clause.id, { ...clause, index }]));
const cells = new Map(data.cells.map((cell) => [cell.name, cell]));
const PAGE = data.page; // the documented page, shown like a backend

const text = (index) => data.texts[index];
const packages = data.axes.filter((axis) => axis !== "python");
const chapters = [...new Set(data.clauses.map((clause) => clause.chapter))];
