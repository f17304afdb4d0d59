// What is told of a block or a cell, and lists that grow.

// Puts the first items into a list; the button that comes back asks for the others.
function growing(list, items, first, step, makeItem) {
  let shown = 0;
  const more = make("button", { type: "button", class: "more" });
  const grow = (number) => {
    for (const item of items.slice(shown, shown + number)) list.append(makeItem(item));
    shown = Math.min(items.length, shown + number);
    more.hidden = shown >= items.length;
    more.textContent = `Show ${Math.min(step, items.length - shown).toLocaleString("en")} more of ${items.length.toLocaleString("en")}`;
  };
  more.addEventListener("click", () => {
    const next = list.children.length;
    grow(step);
    const link = list.children[next] && list.children[next].querySelector("a");
    if (link) link.focus();
  });
  grow(first);
  return more;
}

function areaItem({ sheet, sides, inside }) {
  const where = sheet === state.sheet ? "" : quoted(sheets[sheet] ? sheets[sheet].name : "?") + "!";
  const item = make("li", {}, make("a", { href: toCell(sheet, sides[0], sides[1]) }, ranged(where + rangeText(sides))));
  if (!inside.length) {
    item.append(make("span", { class: "muted" }, sheets[sheet] && ofSheet[sheet].length < sheets[sheet].blocks ? " no listed formulas there" : " no formulas there"));
  } else if (inside.length !== 1 || rangeText(sides) !== cellsText(inside[0])) {
    const few = inside.slice(0, 6);
    item.append(make("span", { class: "muted" }, " in "), ...few.flatMap((number, at) => [at ? ", " : "", swatch(number), blockLink(number, sheet)]));
    if (inside.length > few.length) item.append(` and ${count(inside.length - few.length, "more block")}`);
  }
  return item;
}

function dependentItem(number) {
  return make("li", {}, swatch(number), blockLink(number, state.sheet), " ",
    make("code", { class: "muted", dir: "ltr" }, short(firstFormula(number), 70)));
}

function part(title, items, makeItem, none) {
  const made = make("section", {}, make("h5", {}, items.length ? `${title} (${items.length.toLocaleString("en")})` : title));
  const list = make("ul", { class: "plain" });
  if (items.length) made.append(list, growing(list, items, 12, 100, makeItem));
  else made.append(make("p", { class: "muted" }, none));
  return made;
}

function partial(sheet) {
  return sheets.some((one, at) => ofSheet[at].length < one.blocks)
    ? make("p", { class: "small muted" }, "Blocks that are only counted on this page may depend on it too.") : null;
}

function stationItem([station, references]) {
  const text = make("bdi", {}, station < sheets.length ? sheets[station].name : books[station - sheets.length] || "another workbook");
  const name = station < sheets.length && sheets[station].area ? make("a", { href: toSheet(station) }, text) : text;
  return make("li", {}, name, make("span", { class: "muted" }, ` ${count(references, "reference")}`));
}

function showNothing(sheet) {
  const takes = links.filter((one) => one[1] === sheet).map(([from, , references]) => [from, references]);
  const feeds = links.filter((one) => one[0] === sheet).map(([, to, references]) => [to, references]);
  const own = ofSheet[sheet].length;
  const dependents = own || !sheets[sheet].area ? [] : dependentsOf(sheet, fromSides(sheets[sheet].area));
  views.panel.replaceChildren(
    make("h4", {}, "The whole sheet"),
    make("p", { class: "muted" }, own ? "Choose a block in the picture or in the list." : "No formulas here. Choose a cell in the picture to see what refers to it."),
    part("Takes from", takes, stationItem, "No other sheet."),
    part("Feeds", feeds, stationItem, "No other sheet."),
    own ? "" : part("Referred to by", dependents, dependentItem, "No formula refers to it."),
  );
  tidy(views.panel);
  return { precedents: [], dependents: [] };
}

function showBlock(number) {
  const block = blocks[number], template = templates[block[5]], more = block[8] || {}, kind = template[1] || {};
  const areas = reachedBy(number);
  const dependents = dependentsOf(block[0], latticesOf[number]);
  const facts = [count(sizeOf(number), "cell") + (sizeOf(number) > 1 ? ` (${count(block[3], "row")}, ${count(block[4], "column")})` : ""), `level ${block[6] + 1}`];
  if (kind.t) facts.push("data table");
  else if (kind.a) facts.push("array formula");
  if (more.c) facts.push("part of a circular reference");
  views.panel.replaceChildren(
    make("h4", { id: "block-title", tabindex: "-1" }, swatch(number), ranged(cellsText(number))),
    labelOf(number) && make("p", { class: "label-of" }, make("bdi", {}, labelOf(number))),
    formulaBlock(firstFormula(number), sizeOf(number) > 1 ? cellText(block[1], block[2]) : "", relativeFormula(template)),
    make("p", { class: "small muted" }, facts.join(", ") + "."),
    kind.u ? make("p", { class: "small warn" }, "Some cells that it depends on are known only when it is calculated (INDIRECT, OFFSET and the like).") : "",
    part("Refers to", areas, areaItem, "No cells of this workbook."),
    more.m ? make("p", { class: "small muted" }, `And ${count(more.m, "more area")}.`) : "",
    part("Referred to by", dependents, dependentItem, "No formula refers to it."),
    partial(block[0]) || "",
    sizeOf(number) > 1 ? cellTable(number, template) : "",
  );
  tidy(views.panel);
  return { precedents: areas.filter((one) => one.sheet === block[0]), dependents };
}

function showCell(sheet, row, column, number) {
  const target = oneCell(row, column);
  const areas = number === undefined ? [] : reachedFrom(number, row, column);
  const dependents = dependentsOf(sheet, target);
  const template = number === undefined ? null : templates[blocks[number][5]];
  views.panel.replaceChildren(
    make("h4", { id: "block-title", tabindex: "-1" }, number === undefined ? "" : swatch(number), ranged(cellText(row, column))),
    template ? formulaBlock(formulaAt(template, row, column), "", relativeFormula(template)) : make("p", { class: "muted" },
      ofSheet[sheet].length < sheets[sheet].blocks ? "No formula that is listed on this page." : "No formula here."),
    number !== undefined ? make("p", { class: "small muted" }, "In the block ", blockLink(number, sheet), ".") : "",
    template ? part("Refers to", areas, areaItem, "No cells of this workbook.") : "",
    part("Referred to by", dependents, dependentItem, "No formula refers to it."),
    partial(sheet) || "",
  );
  tidy(views.panel);
  return { precedents: areas.filter((one) => one.sheet === sheet), dependents };
}

function tidy(place) {
  for (const node of [...place.childNodes]) if (node.nodeType === Node.TEXT_NODE && !node.data) node.remove();
}

function formulaBlock(text, where, relative) {
  return make("div", { class: "formula" },
    make("p", {}, where ? make("span", { class: "label" }, `First formula, in ${where}`) : make("span", { class: "label" }, "Formula")),
    make("pre", { dir: "ltr", tabindex: "0" }, make("code", {}, text)),
    make("details", {}, make("summary", {}, where ? "In R1C1, the same for all its cells" : "In R1C1"), make("pre", { dir: "ltr", tabindex: "0" }, make("code", {}, relative))));
}

function cellTable(number, template) {
  const block = blocks[number], lattice = latticesOf[number];
  const total = sizeOf(number);
  const made = make("details", { class: "cells" }, make("summary", {}, `Its ${count(total, "cell")}, one by one`));
  made.addEventListener("toggle", () => {
    if (!made.open || made.childElementCount > 1) return;
    const most = Math.min(total, 5000);
    const body = make("tbody");
    const more = growing(body, Array.from({ length: most }, (_, at) => at), 50, 250, (at) => {
      const row = lattice.top + Math.floor(at / lattice.width) * lattice.down;
      const column = lattice.left + (at % lattice.width) * lattice.across;
      return make("tr", {}, make("th", { scope: "row" }, make("a", { href: toCell(block[0], row, column) }, cellText(row, column))),
        make("td", {}, make("code", { dir: "ltr" }, short(formulaAt(template, row, column), 400))));
    });
    made.append(make("table", {}, make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Cell"), make("th", { scope: "col" }, "Formula"))), body), more);
    if (most < total) made.append(make("p", { class: "small muted" }, `The first ${most.toLocaleString("en")} of ${total.toLocaleString("en")} cells.`));
  });
  return made;
}
