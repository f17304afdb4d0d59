// Cells, formulas and references: what can be told from the page's data without drawing anything.
const LAST_ROW = 1048576;
const LAST_COLUMN = 16384;
const TOP = 1, LEFT = 2, BOTTOM = 4, RIGHT = 8, TWO = 16, COLUMNS = 32, ROWS = 64, BEFORE = 128, BEHIND = 256;

function letters(column) {
  let text = "";
  for (let rest = column; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    text = String.fromCharCode(65 + ((rest - 1) % 26)) + text;
  }
  return text;
}

function columnNumber(text) {
  let number = 0;
  for (const letter of text.toUpperCase()) number = number * 26 + letter.charCodeAt(0) - 64;
  return number;
}

function cellText(row, column) {
  return letters(column) + row;
}

function rangeText([top, left, bottom, right]) {
  const whole = (top === 1 && bottom === LAST_ROW) || (left === 1 && right === LAST_COLUMN);
  if (top === 1 && bottom === LAST_ROW) return `${letters(left)}:${letters(right)}`;
  if (whole) return `${top}:${bottom}`;
  const first = cellText(top, left);
  return top === bottom && left === right ? first : `${first}:${cellText(bottom, right)}`;
}

function quoted(name) {
  const bare = /^[\p{L}_][\p{L}\p{N}_.]*$/u.test(name) && !/^([A-Za-z]{1,3}[0-9]+|[Rr][0-9]*[Cc][0-9]*|[RrCc])$/.test(name);
  return bare ? name : `'${name.replaceAll("'", "''")}'`;
}

// Pieces of formulas: texts, and references as [form, top, left, bottom, right].

// Corners that a copy has put into another order are written in the usual one, as Excel does.
function swaps(form, one, other, first, last, near, far) {
  const wasInOrder = !(form & one && form & other) || first <= last;
  return form & TWO && form & (one | other) && wasInOrder && near > far;
}

function placed(piece, row, column) {
  const [form, top, left, bottom, right] = piece;
  const down = (distance, moves) => (form & moves ? ((row + distance - 1 + LAST_ROW) % LAST_ROW) + 1 : distance);
  const across = (distance, moves) => (form & moves ? ((column + distance - 1 + LAST_COLUMN) % LAST_COLUMN) + 1 : distance);
  const sign = (moves) => (form & moves ? "" : "$");
  let rows = [sign(TOP) + down(top, TOP), sign(BOTTOM) + down(bottom, BOTTOM)];
  let columns = [sign(LEFT) + letters(across(left, LEFT)), sign(RIGHT) + letters(across(right, RIGHT))];
  if (swaps(form, TOP, BOTTOM, top, bottom, down(top, TOP), down(bottom, BOTTOM))) rows = rows.reverse();
  if (swaps(form, LEFT, RIGHT, left, right, across(left, LEFT), across(right, RIGHT))) columns = columns.reverse();
  const corner = (at) => (form & ROWS ? "" : columns[at]) + (form & COLUMNS ? "" : rows[at]);
  return corner(0) + (form & TWO ? colon(form) + corner(1) : "");
}

function colon(form) {
  return (form & BEFORE ? "." : "") + ":" + (form & BEHIND ? "." : "");
}

function stepped(piece) {
  const [form, top, left, bottom, right] = piece;
  const part = (letter, number, moves) => letter + (form & moves ? (number ? `[${number}]` : "") : number);
  const corner = (y, x, moves, steps) =>
    (form & COLUMNS ? "" : part("R", y, moves)) + (form & ROWS ? "" : part("C", x, steps));
  return corner(top, left, TOP, LEFT) + (form & TWO ? colon(form) + corner(bottom, right, BOTTOM, RIGHT) : "");
}

function formulaAt(template, row, column) {
  const [pieces, more] = template;
  const [y, x] = (more && more.a) || [row, column];
  const text = "=" + pieces.map((piece) => (typeof piece === "string" ? piece : placed(piece, y, x))).join("");
  return more && more.a ? `{${text}}` : text;
}

function relativeFormula(template) {
  return "=" + template[0].map((piece) => (typeof piece === "string" ? piece : stepped(piece))).join("");
}

// Lattices: cells in even steps as {top, left, height, width, down, across}.

function latticeOf(block) {
  const [, top, left, height, width] = block;
  const [down, across] = (block[8] && block[8].s) || [1, 1];
  return { top, left, height, width, down, across };
}

function oneCell(row, column) {
  return { top: row, left: column, height: 1, width: 1, down: 1, across: 1 };
}

function fromSides([top, left, bottom, right]) {
  return { top, left, height: bottom - top + 1, width: right - left + 1, down: 1, across: 1 };
}

function sidesOf(lattice) {
  return [
    lattice.top,
    lattice.left,
    lattice.top + (lattice.height - 1) * lattice.down,
    lattice.left + (lattice.width - 1) * lattice.across,
  ];
}

function holds(lattice, row, column) {
  const y = row - lattice.top, x = column - lattice.left;
  return (
    y >= 0 && x >= 0 && y % lattice.down === 0 && x % lattice.across === 0 &&
    y / lattice.down < lattice.height && x / lattice.across < lattice.width
  );
}

function axisMeets(first, count, step, other, otherCount, otherStep) {
  const low = Math.max(first, other);
  const high = Math.min(first + (count - 1) * step, other + (otherCount - 1) * otherStep);
  for (let at = low; at <= high && at < low + 16; at++) {
    if ((at - first) % step === 0 && (at - other) % otherStep === 0) return true;
  }
  return false;
}

function meets(one, other) {
  return (
    axisMeets(one.top, one.height, one.down, other.top, other.height, other.down) &&
    axisMeets(one.left, one.width, one.across, other.left, other.width, other.across)
  );
}

// A reach is [sheet, top, left, bottom, right], perhaps with 4 + 4 numbers that tell how these
// sides move from row to row and from column to column, perhaps with the 6 numbers of its cells.

function cellsOf(reach, lattice) {
  if (reach.length < 19) return lattice;
  const [top, left, height, width, down, across] = reach.slice(13);
  return { top, left, height, width, down, across };
}

function sidesAt(reach, i, j) {
  const move = reach.length > 5;
  return [1, 2, 3, 4].map((side) => reach[side] + (move ? reach[side + 4] * i + reach[side + 8] * j : 0));
}

function around(reach, lattice) {
  const cells = cellsOf(reach, lattice);
  const ends = [sidesAt(reach, 0, 0), sidesAt(reach, cells.height - 1, 0), sidesAt(reach, 0, cells.width - 1),
    sidesAt(reach, cells.height - 1, cells.width - 1)];
  return [0, 1, 2, 3].map((side) => Math[side < 2 ? "min" : "max"](...ends.map((one) => one[side])));
}

function seenFrom(reach, lattice, row, column) {
  const cells = cellsOf(reach, lattice);
  if (!holds(cells, row, column)) return null;
  return sidesAt(reach, (row - cells.top) / cells.down, (column - cells.left) / cells.across);
}

function spanOf(reach, cells, side) {
  const low = reach[1 + side], high = reach[3 + side];
  if (reach.length > 5) {
    const rows = [reach[5 + side], reach[7 + side]], columns = [reach[9 + side], reach[11 + side]];
    if (rows[0] || rows[1]) return { low, high, lowStep: rows[0], highStep: rows[1], by: 1, count: cells.height };
    if (columns[0] || columns[1]) {
      return { low, high, lowStep: columns[0], highStep: columns[1], by: 2, count: cells.width };
    }
  }
  return { low, high, lowStep: 0, highStep: 0, by: 0, count: 1 };
}

// The numbers k of a span that meets the places from first to last: k from one number to another.
function turns(span, first, last) {
  let from = 0, to = span.count - 1;
  const atMost = (step, room) => {
    if (step > 0) to = Math.min(to, Math.floor(room / step));
    else if (step < 0) from = Math.max(from, Math.ceil(room / step));
    else if (room < 0) to = -1;
  };
  atMost(span.lowStep, last - span.low);
  atMost(-span.highStep, span.high - first);
  return [from, to];
}

function lands(span, k, first, count, step) {
  const low = span.low + span.lowStep * k, high = span.high + span.highStep * k;
  const place = first + Math.ceil((Math.max(low, first) - first) / step) * step;
  return place <= Math.min(high, first + (count - 1) * step);
}

// Steps are at most 4 both ways, so what does not land in a few turns never does.
function anyTurn([from, to], test) {
  for (let k = from; k <= to; k++) {
    if (k === from + 16 && to - 16 > k) k = to - 16;
    if (test(k)) return true;
  }
  return false;
}

function reaches(reach, lattice, target) {
  const cells = cellsOf(reach, lattice);
  const [top, left, bottom, right] = sidesOf(target);
  const rows = spanOf(reach, cells, 0), columns = spanOf(reach, cells, 1);
  const down = turns(rows, top, bottom), across = turns(columns, left, right);
  const inRows = (k) => lands(rows, k, top, target.height, target.down);
  const inColumns = (k) => lands(columns, k, left, target.width, target.across);
  if (rows.by && rows.by === columns.by) {
    const both = [Math.max(down[0], across[0]), Math.min(down[1], across[1])];
    return anyTurn(both, (k) => inRows(k) && inColumns(k));
  }
  return anyTurn(down, inRows) && anyTurn(across, inColumns);
}
