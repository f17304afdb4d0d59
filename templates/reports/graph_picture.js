// A sheet as a picture: what its cells hold in grey, its formula blocks in the colour of their formula.

const PICTURE_HEIGHT = 400;
const RULER_LEFT = 44, RULER_TOP = 18;

function shape(tag, attributes, ...inside) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes || {})) made.setAttribute(name, value);
  made.append(...inside);
  return made;
}

// Where cells lie in a picture of some width: sides of an area to x, y, width and height, and back.
function scaleOf([top, left, bottom, right], width) {
  const rows = bottom - top + 1, columns = right - left + 1;
  const wide = Math.min(56, (width - RULER_LEFT - 2) / columns);
  const high = Math.min(20, Math.max(PICTURE_HEIGHT / rows, Math.min(4, wide / 3, Math.min(600, width * 1.3) / rows)));
  const inside = ([a, b, c, d]) => [Math.max(a, top), Math.max(b, left), Math.min(c, bottom), Math.min(d, right)];
  return {
    top, left, bottom, right, wide, high,
    width: Math.ceil(RULER_LEFT + columns * wide) + 2,
    height: Math.ceil(RULER_TOP + rows * high) + 2,
    x: (column) => RULER_LEFT + (column - left) * wide,
    y: (row) => RULER_TOP + (row - top) * high,
    box(sides) {
      const [a, b, c, d] = inside(sides);
      if (a > c || b > d) return null;
      return [this.x(b), this.y(a), Math.max(2, (d - b + 1) * wide), Math.max(2, (c - a + 1) * high)];
    },
    cell(x, y) {
      const row = top + Math.floor((y - RULER_TOP) / high), column = left + Math.floor((x - RULER_LEFT) / wide);
      return row < top || row > bottom || column < left || column > right || x < RULER_LEFT || y < RULER_TOP ? null : [row, column];
    },
  };
}

function rectPath([x, y, width, height]) {
  return `M${x.toFixed(1)} ${y.toFixed(1)}h${width.toFixed(1)}v${height.toFixed(1)}h${(-width).toFixed(1)}z`;
}

// The boxes of a lattice; one around all of it where its cells cannot be told apart.
function boxesOf(lattice, scale) {
  const sides = sidesOf(lattice);
  const rows = lattice.down > 1 && scale.high * lattice.down >= 2 ? lattice.height : 1;
  const columns = lattice.across > 1 && scale.wide * lattice.across >= 2 ? lattice.width : 1;
  if (rows * columns > 4000) return [scale.box(sides)];
  const boxes = [];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const top = lattice.top + i * lattice.down, left = lattice.left + j * lattice.across;
      boxes.push(scale.box([top, left, rows > 1 ? top : sides[2], columns > 1 ? left : sides[3]]));
    }
  }
  return boxes.filter(Boolean);
}

function contextPaths(outline, scale, more) {
  const kinds = { t: "text", n: "value", d: "value", b: "value", ...(more ? { f: "other", e: "other" } : {}) };
  const high = Math.ceil((scale.bottom - scale.top + 1) / outline.length);
  const wide = Math.ceil((scale.right - scale.left + 1) / Math.max(1, ...outline.map((row) => row.length)));
  const paths = { text: "", value: "", other: "" };
  outline.forEach((letters, i) => {
    for (let j = 0; j < letters.length; j++) {
      const kind = kinds[letters[j]];
      if (!kind) continue;
      const top = scale.top + i * high, left = scale.left + j * wide;
      const box = scale.box([top, left, top + high - 1, left + wide - 1]);
      if (box) paths[kind] += rectPath(box);
    }
  });
  return Object.entries(paths).filter(([, path]) => path).map(([kind, path]) => shape("path", { class: `tile-${kind}`, d: path }));
}

function rulers(scale) {
  const step = (size, room) => [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000, 200000, 500000].find((one) => one * size >= room) || 1000000;
  const made = shape("g", { class: "ruler" });
  const columns = step(scale.wide, scale.right > 26 ? 28 : 18);
  for (let column = scale.left; column <= scale.right; column += columns) {
    made.append(shape("text", { x: scale.x(column) + Math.min(scale.wide, 20) / 2, y: RULER_TOP - 5, "text-anchor": "middle" }, letters(column)));
  }
  const rows = step(scale.high, 16);
  const first = rows === 1 ? scale.top : Math.ceil(scale.top / rows) * rows;
  for (let row = first; row <= scale.bottom; row += rows) {
    made.append(shape("text", { x: RULER_LEFT - 5, y: scale.y(row) + Math.min(scale.high, 12) / 2 + 4, "text-anchor": "end" }, row));
  }
  return made;
}

function gridLines(scale) {
  if (scale.high < 7 || scale.wide < 10) return "";
  let path = "";
  for (let row = scale.top + 1; row <= scale.bottom; row++) path += `M${RULER_LEFT} ${scale.y(row).toFixed(1)}H${scale.width - 2}`;
  for (let column = scale.left + 1; column <= scale.right; column++) path += `M${scale.x(column).toFixed(1)} ${RULER_TOP}V${scale.height - 2}`;
  return path;
}

// `hues` maps a colour to lattices; `more` tells that there are other formulas than those.
function pictureOf(scale, outline, hues, more, title) {
  const picture = shape("svg", { width: scale.width, height: scale.height, viewBox: `0 0 ${scale.width} ${scale.height}`, role: "img", "aria-label": title });
  const inner = [scale.x(scale.left), scale.y(scale.top), scale.width - RULER_LEFT - 2, scale.height - RULER_TOP - 2];
  picture.append(shape("path", { class: "paper", d: rectPath(inner) }));
  if (outline.length) picture.append(...contextPaths(outline, scale, more));
  for (const [hue, lattices] of hues) {
    const path = lattices.flatMap((lattice) => boxesOf(lattice, scale)).map(rectPath).join("");
    picture.append(shape("path", { class: `fill-hue-${hue}`, d: path }));
  }
  picture.append(shape("path", { class: "lines", d: gridLines(scale) }), rulers(scale));
  return picture;
}

// `marks` are [class, lattice] drawn as outlines, in this order.
function outlines(scale, marks) {
  const made = shape("g", { class: "outlines" });
  for (const [name, lattice] of marks) {
    const box = scale.box(sidesOf(lattice));
    if (box) made.append(shape("path", { class: name, d: rectPath(box) }));
  }
  return made;
}
