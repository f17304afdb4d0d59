// Search: addresses, ranges, names, sheets and labels.
function addressIn(text) {
  const [, prefix, cells] = /^\s*=?\s*(?:(.*)!)?([^!]*)$/su.exec(text) || [];
  if (cells === undefined) return null;
  const found = /^\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})(?::\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6}))?$/.exec(cells.trim());
  if (!found) return null;
  const corners = [Number(found[2]), columnNumber(found[1]), Number(found[4] || found[2]), columnNumber(found[3] || found[1])];
  const sides = [Math.min(corners[0], corners[2]), Math.min(corners[1], corners[3]), Math.max(corners[0], corners[2]), Math.max(corners[1], corners[3])];
  if (sides[2] > LAST_ROW || sides[3] > LAST_COLUMN) return null;
  let name = prefix;
  if (name !== undefined && /^'.*'$/s.test(name)) name = name.slice(1, -1).replaceAll("''", "'");
  return { name, sides };
}

function firstSheet() {
  const most = sheets.reduce((best, one, at) => (one.formulas > sheets[best].formulas ? at : best), 0);
  return state.sheet >= 0 ? state.sheet : most;
}

function search(text) {
  const found = [];
  const address = addressIn(text);
  if (address) {
    const same = (one) => one.name.toLowerCase() === address.name.toLowerCase();
    const sheet = address.name === undefined ? firstSheet() : sheets.findIndex(same);
    if (sheet < 0) return { found, message: `There is no sheet ${quoted(short(address.name, 60))}.` };
    const inside = blocksIn(sheet, fromSides(address.sides));
    const where = quoted(sheets[sheet].name) + "!" + rangeText(address.sides);
    const cell = rangeText(address.sides).includes(":") ? [] : [{ href: toCell(sheet, address.sides[0], address.sides[1]), text: where, more: inside.length ? firstFormula(inside[0]) : "no formula here" }];
    if (cell.length) return { found: cell, message: "" };
    const message = inside.length ? `${count(inside.length, "block")} in ${where}.` : `No formulas in ${where}.`;
    return { found: inside.map((number) => ({ href: toBlock(number), text: quoted(sheets[sheet].name) + "!" + cellsText(number), more: firstFormula(number) })), message };
  }
  const wanted = text.trim().toLowerCase();
  if (!wanted) return { found, message: "" };
  const like = (one) => one.toLowerCase().includes(wanted);
  for (const [name, sheet, ...sides] of names) {
    if (like(name) && sheets[sheet]) found.push({ href: toCell(sheet, sides[0], sides[1]), text: name, more: `${quoted(sheets[sheet].name)}!${rangeText(sides)}` });
  }
  sheets.forEach((one, sheet) => {
    if (like(one.name)) found.push({ href: toSheet(sheet), text: one.name, more: `sheet, ${count(one.formulas, "formula cell")}` });
  });
  blocks.forEach((block, number) => {
    if (like(labelOf(number))) found.push({ href: toBlock(number), text: labelOf(number), more: `${quoted(sheets[block[0]].name)}!${cellsText(number)}` });
  });
  const exact = found.filter((one) => one.text.toLowerCase() === wanted);
  const rest = found.filter((one) => one.text.toLowerCase() !== wanted);
  return { found: [...exact, ...rest], message: found.length ? `${count(found.length, "match", "matches")}.` : `Nothing is called ${short(text.trim(), 60)}. Write a cell like ${by("find").placeholder}.` };
}

function showFound({ found, message }) {
  by("found-status").textContent = message;
  by("found").replaceChildren(...found.slice(0, 12).map((one) =>
    make("li", {}, make("a", { href: one.href }, ranged(one.text)), " ", make("code", { class: "muted", dir: "auto" }, short(one.more, 90)))));
}

by("finder").addEventListener("submit", (event) => {
  event.preventDefault();
  const result = search(by("find").value);
  showFound(result.found.length === 1 ? { found: [], message: "" } : result);
  if (result.found.length !== 1) return;
  if (location.hash === result.found[0].href) follow(true);
  else location.hash = result.found[0].href;
});
by("find").addEventListener("input", () => showFound(by("find").value.trim().length < 2 ? { found: [], message: "" } : search(by("find").value)));
