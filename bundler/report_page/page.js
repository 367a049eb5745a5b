// The page: its controls, the keys, and what is shown at the moment.

const byId = (id) => document.getElementById(id);
const COLOURS = {
  change: ["added", "grown", "removed", "shrunk", "same"],
  kind: ["bytecode", "source", "native", "data", "metadata"],
  cause: Object.keys(CAUSE_GROUPS),
};
const LABELS = { same: "same size", ...Object.fromEntries(Object.entries(CAUSE_GROUPS).map(([key, group]) => [key, group.label])) };

const view = {
  measure: "zipped", colour: IS_COMPARISON ? "change" : "kind", onlyChanges: false,
  /** Why some tiles stand out: "", "found", "going" or "legend". */
  lit: "", litLeaves: null, litColour: "",
  label: (node) => {
    const version = view.versions[node.owner];
    return version ? `${node.name} ${version}` : node.name;
  },
  showGoing(files) {
    const isOn = view.lit !== "going";
    light(isOn ? "going" : "", isOn ? new Set(files.map((file) => view.leafOf.get(file.path))) : null);
    select(view.selected);
    byId("show-going").focus();
  },
};

const map = new Treemap(byId("canvas"), {
  weight: (node) => {
    const { after, before } = node;
    if (view.onlyChanges) return Math.abs(after[view.measure] - before[view.measure]);
    return Math.max(after[view.measure], before[view.measure]);
  },
  look: (node) => {
    const colour = colourOf(node);
    const isLit = view.lit === "legend" ? colour === view.litColour : !view.litLeaves || view.litLeaves.has(node);
    return { colour, isLit, isHatched: view.colour === "change" && colour === "removed" };
  },
  amount: (node) => {
    const difference = node.after[view.measure] - node.before[view.measure];
    if (IS_COMPARISON && difference) return formatDifference(difference);
    return formatBytes(node.after[view.measure]);
  },
});

function colourOf(node) {
  if (view.colour === "change") return changeOf(node, view.measure);
  if (view.colour === "kind") return node.file.kind;
  return GROUP_OF_CAUSE.get(node.file.origin.kind) || "loads";
}

/** Show a function from its beginning. */
function open(described) {
  Object.assign(view, plantTree(described), { described, zoomed: null, lit: "", litLeaves: null });
  view.versions = { ...(described.before || {}).versions, ...(described.after || {}).versions };
  view.isCoarse = [described.before, described.after].some((side) => side && side.coarse);
  byId("measure").hidden = view.isCoarse;
  if (view.isCoarse) view.measure = "zipped";
  view.leaves = leavesOf(view.root);
  view.leafOf = new Map(view.leaves.map((leaf) => [leaf.path, leaf]));
  byId("query").value = "";
  drawLegend();
  zoom(view.root);
  select(view.root);
}

/** Make a folder fill the map. */
function zoom(node) {
  view.zoomed = node;
  const trail = [];
  for (let step = node; step; step = step.parent) trail.unshift(step);
  byId("crumbs").replaceChildren(...trail.flatMap((step, depth) => [
    ...(depth ? [element("span", { "aria-hidden": "true" }, "›")] : []),
    element("button", { type: "button", ...(step === node ? { "aria-current": "location" } : {}),
      onclick: () => { zoom(step); select(step); } }, step.name),
  ]));
  map.show(node);
}

/** Show a node's details; where the map does not hold it, the map goes there. */
function select(node, { isQuiet = false } = {}) {
  view.selected = node;
  map.selected = node;
  if (!map.tileOf.has(node)) zoom(node.children ? node : node.parent);
  else map.draw();
  const chosen = (next) => { reveal(next); select(next); };
  const found = view.lit === "found" ? describeFound([...view.litLeaves], view, chosen) : [];
  byId("panel").replaceChildren(...found, ...describeNode(node, view, chosen));
  byId("panel").scrollTop = 0;
  if (!isQuiet) say(`${node.path || node.name}, ${formatBytes(node.after[view.measure])}`);
}

/** Go to where a node is large enough to be seen. */
function reveal(node) {
  const tile = map.tileOf.get(node);
  const isSeen = tile && tile.x1 - tile.x0 > 24 && tile.y1 - tile.y0 > 12;
  if (node.children) zoom(node);
  else if (!isSeen) zoom(node.parent);
}

function light(why, leaves, colour = "") {
  Object.assign(view, { lit: why, litLeaves: leaves, litColour: colour });
  for (const button of byId("legend").children) {
    button.setAttribute("aria-pressed", String(why === "legend" && button.dataset.colour === colour));
  }
  map.draw();
}

function find(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = words.length && view.leaves.filter((leaf) => words.every((word) => leaf.path.toLowerCase().includes(word)));
  light(found ? "found" : "", found ? new Set(found) : null);
  select(view.selected, { isQuiet: true });
  if (found) say(formatCount(found.length, "file"));
  return found || [];
}

function drawLegend() {
  const sums = new Map();
  for (const leaf of view.leaves) sums.set(colourOf(leaf), (sums.get(colourOf(leaf)) || 0) + Math.max(leaf.after[view.measure], leaf.before[view.measure]));
  const shown = [...new Set([...COLOURS[view.colour], ...sums.keys()])].filter((colour) => sums.has(colour));
  byId("legend").replaceChildren(...shown.map((colour) => {
    const button = element("button", { type: "button", "aria-pressed": "false", "data-colour": colour,
      onclick: () => {
        const isOn = view.lit === "legend" && view.litColour === colour;
        light(isOn ? "" : "legend", null, colour);
      } },
    element("span", { class: "swatch" }), `${LABELS[colour] || colour} ${formatBytes(sums.get(colour))}`);
    button.firstChild.style.background = `var(--${colour})`;
    return button;
  }));
}

function redraw() {
  light("", null);
  drawLegend();
  map.show(view.zoomed);
  select(view.selected, { isQuiet: true });
}

/** Move by a key from the selected tile; return whether the key means anything. */
function move(key) {
  const node = view.selected;
  const siblings = (folder) => (map.tileOf.get(folder)?.children || []).filter((tile) => tile.value).map((tile) => tile.data);
  const neighbour = (step) => {
    const row = node === view.zoomed ? [node] : siblings(node.parent);
    return row[(row.indexOf(node) + step + row.length) % row.length];
  };
  const isOut = node === view.zoomed || !map.tileOf.has(node);
  switch (key) {
    case "ArrowRight": select(neighbour(1)); break;
    case "ArrowLeft": select(neighbour(-1)); break;
    case "ArrowDown": if (node.children) select(siblings(node)[0] || node); break;
    case "ArrowUp": if (!isOut) select(node.parent); break;
    case "Enter": if (node.children) { zoom(node); select(siblings(node)[0] || node); } else { zoom(node.parent); select(node); } break;
    case "Escape":
    case "Backspace": if (view.zoomed.parent) { const left = view.zoomed; zoom(left.parent); select(left); } break;
    default: return false;
  }
  return true;
}

function say(text) {
  byId("spoken").textContent = text;
}

function listen() {
  const canvas = byId("canvas");
  const tip = byId("tip");
  canvas.addEventListener("click", (event) => {
    const node = map.nodeAt(event.offsetX, event.offsetY);
    tip.hidden = true;
    if (!node) return;
    if (node.children) zoom(node);
    select(node);
  });
  canvas.addEventListener("pointermove", (event) => {
    const node = map.nodeAt(event.offsetX, event.offsetY);
    tip.hidden = !node;
    if (!node) return;
    tip.textContent = `${node.path} · ${map.describe.amount(node)}`;
    tip.style.left = `${Math.max(0, Math.min(event.offsetX + 12, canvas.clientWidth - tip.offsetWidth))}px`;
    tip.style.top = `${event.offsetY > canvas.clientHeight - 60 ? event.offsetY - 40 : event.offsetY + 18}px`;
  });
  canvas.addEventListener("pointerleave", () => { tip.hidden = true; });
  canvas.addEventListener("keydown", (event) => {
    tip.hidden = true;
    if (!event.ctrlKey && !event.metaKey && !event.altKey && move(event.key)) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|SELECT)$/.test(event.target.tagName)) {
      byId("query").focus();
      event.preventDefault();
    }
  });
  byId("function").addEventListener("change", (event) => open(REPORT.functions[event.target.value]));
  byId("measure").addEventListener("change", (event) => { view.measure = event.target.value; redraw(); });
  byId("colour").addEventListener("change", (event) => { view.colour = event.target.value; redraw(); });
  byId("only-changes").addEventListener("change", (event) => { view.onlyChanges = event.target.checked; redraw(); });
  byId("query").addEventListener("input", (event) => find(event.target.value));
  byId("controls").addEventListener("submit", (event) => {
    event.preventDefault();
    const found = find(byId("query").value);
    const first = found.reduce((best, leaf) => (!best || leaf.after[view.measure] > best.after[view.measure] ? leaf : best), null);
    if (first) { reveal(first); select(first); canvas.focus(); }
  });
  const preferred = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (document.documentElement.dataset.theme || (preferred.matches ? "dark" : "light")) === "dark";
  const themed = () => { byId("theme").textContent = isDark() ? "Light" : "Dark"; map.draw(); };
  byId("theme").addEventListener("click", () => { document.documentElement.dataset.theme = isDark() ? "light" : "dark"; themed(); });
  preferred.addEventListener("change", themed);
  themed();
  new ResizeObserver(() => { if (view.zoomed) map.show(view.zoomed); }).observe(canvas);
}

/** Say that there is nothing to show, as for a service without Python functions. */
function showNothing() {
  for (const id of ["controls", "map"]) byId(id).hidden = true;
  byId("panel").replaceChildren(element("h2", {}, "There are no functions on either side."));
}

function start() {
  byId("function").append(...REPORT.functions.map((described, index) => element("option", { value: index }, described.name)));
  byId("colour").append(...(IS_COMPARISON ? ["change", "kind", "cause"] : ["kind", "cause"]).map((name) => element("option", { value: name }, `by ${name}`)));
  byId("changes").hidden = !IS_COMPARISON;
  listen();
  if (REPORT.functions.length) open(REPORT.functions[0]);
  else showNothing();
  performance.mark("lbundle-ready");
  performance.measure("lbundle-open", "lbundle-start", "lbundle-ready");
}

start();
