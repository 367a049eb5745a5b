// The map: d3-hierarchy lays a folder's tree out, a canvas shows it. It knows tiles, not what they mean.

const HEADER = 18;
const SMALLEST = 2.5;
const FONT = '12px system-ui, "Segoe UI", "Liberation Sans", "DejaVu Sans", sans-serif';

class Treemap {
  /** `describe` gives a node's weight, colour, hatching and whether it stands out; all of them may change. */
  constructor(canvas, describe) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.describe = describe;
    this.tiles = null;
    this.selected = null;
    this.inks = new Map();
  }

  /** Lay out what is below a node over the whole canvas, and draw it. */
  show(node) {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const tree = d3.hierarchy(node, (inner) => inner.children);
    tree.eachAfter((tile) => {
      tile.value = tile.children
        ? tile.children.reduce((sum, child) => sum + child.value, 0)
        : Math.max(this.describe.weight(tile.data), 0);
    });
    tree.sort((one, other) => other.value - one.value);
    d3.treemap().size([width, height]).round(false).paddingInner(1)
      .paddingTop((tile) => (tile.depth && hasHeader(tile) ? HEADER : tile.depth ? 1 : 0))
      .paddingLeft((tile) => (tile.depth ? 1 : 0)).paddingRight((tile) => (tile.depth ? 1 : 0))
      .paddingBottom((tile) => (tile.depth ? 1 : 0))(tree);
    this.tiles = tree;
    this.tileOf = new Map();
    tree.each((tile) => this.tileOf.set(tile.data, tile));
    this.draw();
  }

  draw() {
    const { canvas, context } = this;
    const scale = window.devicePixelRatio || 1;
    const width = Math.round(canvas.clientWidth * scale);
    const height = Math.round(canvas.clientHeight * scale);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    this.style = getComputedStyle(document.documentElement);
    this.colours = new Map();
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.fillStyle = this.colour("page");
    context.fillRect(0, 0, canvas.clientWidth, canvas.clientHeight);
    context.font = FONT;
    context.textBaseline = "middle";
    if (this.tiles && this.tiles.value) this.drawTile(this.tiles);
    const chosen = this.tileOf && this.tileOf.get(this.selected);
    if (chosen && chosen.depth) this.outline(chosen);
  }

  drawTile(tile) {
    const width = tile.x1 - tile.x0;
    const height = tile.y1 - tile.y0;
    if (width <= 0 || height <= 0) return;
    if (tile.children && (Math.min(width, height) > SMALLEST || !tile.depth)) {
      if (tile.depth) this.drawFolder(tile, width, height);
      for (const child of tile.children) this.drawTile(child);
      return;
    }
    // What is too small to be told apart has the colour of the heaviest file in it.
    let shown = tile;
    while (shown.children) shown = shown.children[0];
    const { colour, isHatched, isLit } = this.describe.look(shown.data);
    this.context.globalAlpha = isLit ? 1 : 0.16;
    this.context.fillStyle = this.colour(colour);
    this.context.fillRect(tile.x0, tile.y0, width, height);
    if (isHatched && width > 6 && height > 6) this.hatch(tile, width, height);
    if (width > 34 && height > 15 && !tile.children) {
      this.context.fillStyle = isLit ? this.ink(colour) : this.colour("text");
      this.context.globalAlpha = isLit ? 1 : 0.6;
      this.write(tile.data.name, tile.x0 + 4, tile.y0 + Math.min(height / 2, 10), width - 8);
      if (height > 34 && width > 50 && isLit) {
        this.writeWhole(this.describe.amount(tile.data), tile.x0 + 4, tile.y0 + 25, width - 8);
      }
    }
    this.context.globalAlpha = 1;
  }

  drawFolder(tile, width, height) {
    this.context.fillStyle = this.colour("folder");
    this.context.fillRect(tile.x0, tile.y0, width, height);
    if (!hasHeader(tile)) return;
    this.context.fillStyle = this.colour("text");
    const amount = this.describe.amount(tile.data);
    const both = `${tile.data.name}  ${amount}`;
    const text = this.context.measureText(both).width <= width - 8 ? both : tile.data.name;
    this.write(text, tile.x0 + 4, tile.y0 + HEADER / 2 + 0.5, width - 8);
  }

  hatch(tile, width, height) {
    const { context } = this;
    context.save();
    context.beginPath();
    context.rect(tile.x0, tile.y0, width, height);
    context.clip();
    context.strokeStyle = "rgba(255, 255, 255, 0.35)";
    context.lineWidth = 2;
    context.beginPath();
    for (let start = -height; start < width; start += 9) {
      context.moveTo(tile.x0 + start, tile.y1);
      context.lineTo(tile.x0 + start + height, tile.y0);
    }
    context.stroke();
    context.restore();
  }

  outline(tile) {
    const { context } = this;
    const width = Math.max(tile.x1 - tile.x0, 5);
    const height = Math.max(tile.y1 - tile.y0, 5);
    for (const [colour, inset, line] of [["page", 1, 5], ["focus", 1, 2.5]]) {
      context.strokeStyle = this.colour(colour);
      context.lineWidth = line;
      context.strokeRect(tile.x0 + inset, tile.y0 + inset, width - 2 * inset, height - 2 * inset);
    }
  }

  /** Write a text that fits, with its end cut off where it is too long. */
  write(text, x, y, width) {
    if (width < 12) return;
    let shown = text.length > width ? text.slice(0, width) : text;
    let measured = this.context.measureText(shown).width;
    if (measured > width) {
      while (shown && measured > width) {
        shown = shown.slice(0, Math.min(shown.length - 1, Math.floor((shown.length * width) / measured)));
        measured = this.context.measureText(`${shown}…`).width;
      }
      if (shown.length < 2) return;
      shown += "…";
    }
    this.context.fillText(shown, x, y);
  }

  /** Write a text where it fits whole: part of a number is another number. */
  writeWhole(text, x, y, width) {
    if (this.context.measureText(text).width <= width) this.context.fillText(text, x, y);
  }

  /** Return the node drawn at a point, and whether it is a folder's own part. */
  nodeAt(x, y) {
    let tile = this.tiles;
    if (!tile || !tile.value) return null;
    for (;;) {
      const isSmall = Math.min(tile.x1 - tile.x0, tile.y1 - tile.y0) <= SMALLEST;
      const inner = isSmall && tile.depth ? null : (tile.children || []).find(
        (child) => x >= child.x0 && x < child.x1 && y >= child.y0 && y < child.y1,
      );
      if (!inner) return tile.depth ? tile.data : null;
      tile = inner;
    }
  }

  colour(name) {
    if (!this.colours.has(name)) this.colours.set(name, this.style.getPropertyValue(`--${name}`).trim());
    return this.colours.get(name);
  }

  /** Return black or white, whichever is read more easily on a colour. */
  ink(name) {
    const hex = this.colour(name);
    if (!this.inks.has(hex)) {
      const [red, green, blue] = [1, 3, 5].map((at) => (parseInt(hex.slice(at, at + 2), 16) / 255) ** 2.2);
      this.inks.set(hex, 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 ? "#000000" : "#ffffff");
    }
    return this.inks.get(hex);
  }
}

function hasHeader(tile) {
  return tile.x1 - tile.x0 > 40 && tile.y1 - tile.y0 > 2 * HEADER;
}
