// The page: sheets, blocks and cells on demand.

const state = { sheet: -1, block: -1, row: 0, column: 0 };
const views = { picture: null, panel: null, list: null };

function showSheet(sheet, asked) {
  const one = sheets[sheet];
  const own = ofSheet[sheet];
  const kept = own.reduce((sum, number) => sum + sizeOf(number), 0);
  const place = by("sheet");
  const heading = make("h3", { id: "sheet-title", tabindex: "-1" }, make("bdi", {}, one.name));
  if (one.state) heading.append(" ", make("span", { class: "tag" }, one.state));
  const facts = make("p", { class: "muted" }, one.formulas
    ? `${count(one.formulas, "formula cell")}, ${one.unique.toLocaleString("en")} unique, in ${count(one.blocks, "block")}.` : "No formulas on this sheet.");
  const rest = one.blocks - own.length;
  if (rest > 0) {
    facts.append(` The ${count(rest, "smallest block")} with ${count(one.formulas - kept, "cell")} ${rest === 1 ? "is" : "are"} only counted here; in the picture ${rest === 1 ? "it is" : "they are"} grey.`);
  }
  views.picture = make("div", { class: "picture" });
  views.panel = make("div", { class: "panel", "aria-live": "off" });
  views.list = make("div", { class: "list" });
  place.replaceChildren(heading, facts, make("div", { class: "parts" }, views.picture, views.panel, views.list));
  showList(sheet);
  for (const link of by("sheets").children) {
    if (Number(link.dataset.sheet) === sheet) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  for (const box of document.querySelectorAll(".map .box")) box.classList.toggle("on", Number(box.dataset.number) === sheet);
  for (const curve of document.querySelectorAll(".map .curve")) {
    curve.classList.toggle("on", Number(curve.dataset.from) === sheet || Number(curve.dataset.to) === sheet);
  }
  const map = document.querySelector(".map svg");
  if (map) map.classList.toggle("chosen", asked);
}

function showList(sheet) {
  if (!ofSheet[sheet].length) return;
  const own = [...ofSheet[sheet]];
  const large = own.length > 40;
  const choice = make("select", { id: "order" },
    make("option", { value: "size" }, "largest first"), make("option", { value: "place" }, "as on the sheet"));
  choice.value = large ? "size" : "place";
  const fill = () => {
    const order = choice.value === "size" ? own.toSorted((a, b) => sizeOf(b) - sizeOf(a) || a - b) : own;
    const body = make("tbody");
    const table = make("table", { class: "block-list" },
      make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Block"), make("th", { scope: "col", class: "num" }, "Cells"),
        make("th", { scope: "col" }, "First formula"))), body);
    const more = growing(body, order, 25, 200, (number) =>
      make("tr", { "data-block": number },
        make("th", { scope: "row" }, swatch(number), blockLink(number, sheet),
          labelOf(number) && make("span", { class: "small muted" }, make("bdi", {}, labelOf(number)))),
        make("td", { class: "num" }, sizeOf(number).toLocaleString("en")),
        make("td", {}, make("code", { dir: "ltr" }, short(firstFormula(number), 160)))));
    views.list.replaceChildren(head, table, more);
    mark();
  };
  const head = make("div", { class: "list-head" }, make("h4", {}, "Blocks"));
  if (own.length > 1) head.append(make("label", {}, "Order ", choice));
  choice.addEventListener("change", fill);
  fill();
}

function mark() {
  for (const row of views.list.querySelectorAll("tr[data-block]")) {
    const chosen = Number(row.dataset.block) === state.block;
    row.classList.toggle("on", chosen);
    const link = row.querySelector("a");
    if (chosen) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

// What the address behind # asks for.
function follow(focus) {
  const asked = /^#s(\d+)(?:b(\d+))?(?:r(\d+)c(\d+))?$/.exec(location.hash);
  if (!asked || !sheets[asked[1]]) return false;
  const sheet = Number(asked[1]);
  const row = Math.min(Number(asked[3] || 0), LAST_ROW), column = Math.min(Number(asked[4] || 0), LAST_COLUMN);
  let block = asked[2] === undefined ? undefined : Number(asked[2]);
  if (row && column) block = blockAt(sheet, row, column);
  else if (block === undefined || !blocks[block] || blocks[block][0] !== sheet) block = undefined;
  const other = sheet !== state.sheet;
  Object.assign(state, { sheet, block: block === undefined ? -1 : block, row, column });
  if (other) showSheet(sheet, true);
  mark();
  if (row && column) paint(showCell(sheet, row, column, block));
  else paint(block === undefined ? showNothing(sheet) : showBlock(block));
  const title = by("block-title") || by("sheet-title");
  if (focus) {
    title.focus({ preventScroll: true });
    const box = title.getBoundingClientRect();
    if (other || box.top < 0 || box.bottom > innerHeight - 40) (title.id === "block-title" && !other ? title : by("sheet-title")).scrollIntoView({ block: "start" });
  }
  return true;
}

// The picture; its ground is drawn once for a sheet and a width.
let ground = null;

function paint({ precedents, dependents }) {
  const sheet = sheets[state.sheet], own = ofSheet[state.sheet];
  if (!sheet.area) return views.picture.replaceChildren();
  const width = Math.max(240, Math.min(760, views.picture.clientWidth || 600));
  if (!ground || ground.sheet !== state.sheet || ground.width !== width || !views.picture.contains(ground.picture)) {
    const hues = new Map();
    for (const number of own) {
      if (!hues.has(hueOf[number])) hues.set(hueOf[number], []);
      hues.get(hueOf[number]).push(latticesOf[number]);
    }
    const scale = scaleOf(sheet.area, width);
    const title = `Picture of the sheet, ${rangeText(sheet.area)}, with ${count(own.length, "block")} in colour; the list of blocks tells the same.`;
    const picture = pictureOf(scale, sheet.outline, hues, own.length < sheet.blocks, title);
    const under = make("p", { class: "small muted under", "aria-hidden": "true" });
    ground = { sheet: state.sheet, width, scale, picture, under };
    picture.addEventListener("click", (event) => go(placeOf(event)));
    picture.addEventListener("pointermove", (event) => tell(placeOf(event)));
    picture.addEventListener("pointerleave", () => tell(null));
    views.picture.replaceChildren(make("div", { class: "scroll" }, picture), under, legend());
  }
  for (const old of ground.picture.querySelectorAll(".outlines")) old.remove();
  const marks = dependents.filter((number) => blocks[number][0] === state.sheet).slice(0, 300).map((number) => ["dependent", latticesOf[number]]);
  marks.push(...precedents.slice(0, 300).map((one) => ["precedent", fromSides(one.sides)]));
  if (state.block >= 0) marks.push(["chosen", latticesOf[state.block]]);
  if (state.row) marks.push(["chosen cell", oneCell(state.row, state.column)]);
  ground.picture.append(outlines(ground.scale, marks));
  return undefined;
}

function legend() {
  const key = (name, text) => make("li", {}, make("span", { class: `key ${name}`, "aria-hidden": "true" }), text);
  return make("ul", { class: "legend" }, key("hue-0", "a colour for each formula"), key("text", "text"), key("value", "values"),
    key("chosen", "chosen"), key("precedent", "refers to"), key("dependent", "referred to by"));
}

function placeOf(event) {
  const { scale, picture } = ground;
  const box = picture.getBoundingClientRect();
  const x = ((event.clientX - box.left) / box.width) * scale.width, y = ((event.clientY - box.top) / box.height) * scale.height;
  const cell = scale.cell(x, y);
  if (!cell) return null;
  let block = blockAt(state.sheet, ...cell);
  if (block === undefined && (scale.high < 3 || scale.wide < 3)) {
    const rows = Math.ceil(2 / scale.high), columns = Math.ceil(2 / scale.wide);
    block = blocksIn(state.sheet, fromSides([Math.max(1, cell[0] - rows), Math.max(1, cell[1] - columns), cell[0] + rows, cell[1] + columns]))[0];
  }
  return { cell, block };
}

function go(place) {
  if (!place) return;
  const { cell, block } = place;
  const inside = block !== undefined && holds(latticesOf[block], ...cell);
  if (block === undefined || (block === state.block && inside && sizeOf(block) > 1)) location.hash = toCell(state.sheet, ...cell);
  else location.hash = toBlock(block);
}

function tell(place) {
  const { under } = ground;
  if (!place) under.textContent = "\u00a0";
  else if (place.block === undefined) under.textContent = cellText(...place.cell);
  else {
    const block = blocks[place.block];
    const cell = holds(latticesOf[place.block], ...place.cell) ? place.cell : [block[1], block[2]];
    under.textContent = `${cellText(...cell)}  ${short(formulaAt(templates[block[5]], ...cell), 120)}`;
  }
}

// Start: with the sheet that is asked for, else with the one with most formulas.
document.documentElement.classList.add("live");
for (const old of document.querySelectorAll("[data-was]")) old.id = `table-${old.dataset.was}`;
sheets.forEach((one, sheet) => {
  if (one.formulas) by("sheets").append(make("a", { href: toSheet(sheet), "data-sheet": sheet }, make("bdi", {}, one.name)));
});
by("explorer").hidden = false;
addEventListener("hashchange", () => follow(true));
let drawnAt = innerWidth;
addEventListener("resize", () => {
  if (innerWidth !== drawnAt && state.sheet >= 0) {
    drawnAt = innerWidth;
    ground = null;
    follow(false);
  }
});
if (!follow(true)) {
  const sheet = firstSheet();
  Object.assign(state, { sheet });
  showSheet(sheet, false);
  paint(showNothing(sheet));
}
