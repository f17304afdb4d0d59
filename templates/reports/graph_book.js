// The blocks of the workbook, and what refers to what.

const data = JSON.parse(document.getElementById("data").textContent);
const { sheets, books, templates, blocks, links, names } = data;
const HUES = 10;
const by = (id) => document.getElementById(id);
const count = (number, noun, plural) => `${number.toLocaleString("en")} ${number === 1 ? noun : plural || noun + "s"}`;

function make(tag, attributes, ...inside) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...inside.filter((one) => one !== null && one !== undefined && one !== ""));
  return made;
}

// What is looked up often.
const ofSheet = sheets.map(() => []);
const into = sheets.map(() => []);
const latticesOf = blocks.map(latticeOf);
blocks.forEach((block, number) => {
  if (ofSheet[block[0]]) ofSheet[block[0]].push(number);
  for (const reach of block[7]) if (into[reach[0]]) into[reach[0]].push([number, reach]);
});
const sizeOf = (number) => blocks[number][3] * blocks[number][4];
const hueOf = new Array(blocks.length);
for (const own of ofSheet) {
  const sizes = new Map();
  for (const number of own) sizes.set(blocks[number][5], (sizes.get(blocks[number][5]) || 0) + sizeOf(number));
  const order = [...sizes.keys()].sort((one, other) => sizes.get(other) - sizes.get(one));
  const rank = new Map(order.map((template, place) => [template, place % HUES]));
  for (const number of own) hueOf[number] = rank.get(blocks[number][5]);
}

const blockAt = (sheet, row, column) =>
  ofSheet[sheet].find((number) => holds(latticesOf[number], row, column));

function dependentsOf(sheet, target) {
  const found = new Set();
  for (const [number, reach] of into[sheet]) {
    if (!found.has(number) && reaches(reach, latticesOf[number], target)) found.add(number);
  }
  return [...found].sort((one, other) => one - other);
}

function blocksIn(sheet, target) {
  return (ofSheet[sheet] || []).filter((number) => meets(latticesOf[number], target));
}

function reachedBy(number) {
  const kept = new Map();
  for (const reach of blocks[number][7]) {
    const sides = around(reach, latticesOf[number]);
    const key = [reach[0], ...sides].join();
    if (!kept.has(key)) kept.set(key, { sheet: reach[0], sides, reaches: [] });
    kept.get(key).reaches.push(reach);
  }
  return [...kept.values()].map((one) => ({ ...one, inside: metBy(number, one) }));
}

function metBy(number, area) {
  const near = blocksIn(area.sheet, fromSides(area.sides));
  return near.filter((other) =>
    area.reaches.some((reach) => reaches(reach, latticesOf[number], latticesOf[other])));
}

function reachedFrom(number, row, column) {
  const kept = new Map();
  for (const reach of blocks[number][7]) {
    const sides = seenFrom(reach, latticesOf[number], row, column);
    if (sides) kept.set([reach[0], ...sides].join(), { sheet: reach[0], sides });
  }
  return [...kept.values()].map((one) => ({ ...one, inside: blocksIn(one.sheet, fromSides(one.sides)) }));
}

// Names and links.
const cellsText = (number) => {
  const lattice = latticesOf[number];
  const text = rangeText(sidesOf(lattice));
  if (lattice.down === 1 && lattice.across === 1) return text;
  const steps = [];
  if (lattice.down > 1) steps.push(`every ${nth(lattice.down)} row`);
  if (lattice.across > 1) steps.push(`every ${nth(lattice.across)} column`);
  return `${text}, ${steps.join(", ")}`;
};
const nth = (number) => ["", "", "2nd", "3rd", "4th"][number] || `${number}th`;
const labelOf = (number) => {
  const [row, column] = (blocks[number][8] && blocks[number][8].l) || ["", ""];
  return [row, column].filter(Boolean).join(" · ");
};
const firstFormula = (number) => formulaAt(templates[blocks[number][5]], blocks[number][1], blocks[number][2]);
const toSheet = (sheet) => `#s${sheet}`;
const toBlock = (number) => `#s${blocks[number][0]}b${number}`;
const toCell = (sheet, row, column) => `#s${sheet}r${row}c${column}`;
const short = (text, most) => (text.length > most ? text.slice(0, most - 1) + "…" : text);

function ranged(text) {
  return make("bdi", { dir: "ltr" }, text);
}

function blockLink(number, sheet) {
  const where = sheet === blocks[number][0] ? "" : quoted(sheets[blocks[number][0]].name) + "!";
  return make("a", { href: toBlock(number) }, ranged(where + cellsText(number)));
}

function swatch(number) {
  return make("span", { class: `dot hue-${hueOf[number]}`, "aria-hidden": "true" });
}
