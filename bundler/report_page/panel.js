// The panel: what is selected, why it ships, what goes if it went, what a search finds.

const SHOWN_ROWS = 40;
const SHOWN_WAYS = 6;

/** Return an element with attributes and children; what is text stays text. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "onclick") made.addEventListener("click", value);
    else made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Return a sentence whose names stand in backticks as text and code. */
function withCode(text) {
  return text.split("`").map((part, place) => (place % 2 ? element("code", {}, part) : part));
}

/** Return the panel's content for a selected node. */
function describeNode(node, view, select) {
  const side = node.now || !view.before ? view.after : view.before;
  const leaves = leavesOf(node);
  const parts = [element("h2", {}, node.parent ? (node.owner === undefined ? node.path : view.label(node)) : view.described.name), ...facts(node, view), sizes(node, view)];
  if (!node.parent) parts.push(...overview(view));
  if (node.parent) parts.push(...reasons(node, leaves, view, select));
  if (node.children) parts.push(...contents(node, view, select));
  if (node.parent && side) parts.push(...consequences(node, leaves, view, select));
  return parts;
}

function facts(node, view) {
  if (!node.parent) {
    const described = view.described.after || view.described.before;
    const words = [described.runtime, described.architecture, described.handler].filter(Boolean).join(" · ");
    return [element("p", { class: "faint" }, words)];
  }
  if (node.children) return [element("p", { class: "faint" }, formatCount(node.count, "file"))];
  const { file } = node;
  const lines = [element("p", { class: "faint" }, `${file.kind} of ${file.owner || "your own code"}`)];
  if (file.origin.path !== file.path) {
    lines.push(element("p", { class: "faint" }, "made from ", element("code", {}, file.origin.path)));
  }
  return lines;
}

function sizes(node, view) {
  const rows = [["zipped", "zipped"], ["size", "unzipped"]].slice(0, view.isCoarse ? 1 : 2).map(([measure, label]) => {
    const before = node.before[measure];
    const after = node.after[measure];
    const whole = view.root[IS_COMPARISON && !after ? "before" : "after"][measure];
    const figures = IS_COMPARISON
      ? [formatBytes(before), formatBytes(after), formatDifference(after - before)]
      : [formatBytes(after), `${((100 * after) / (whole || 1)).toFixed(1)} %`];
    return element("tr", {}, element("td", {}, label), ...figures.map((text) => element("td", { class: "number" }, text)));
  });
  const heads = IS_COMPARISON ? ["", "before", "after", "change"] : ["", "bytes", "of all files"];
  const head = heads.map((text, column) => element("th", column ? { class: "number" } : {}, text));
  return element("table", { class: "sizes" }, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows));
}

function overview(view) {
  const parts = [];
  const { before, after, reasons: found } = view.described;
  const state = after || before;
  const zips = IS_COMPARISON && before && after
    ? `The zip went from ${formatBytes(before.zip)} to ${formatBytes(after.zip)}.`
    : `The zip has ${formatBytes(state.zip)}`
      + (view.isCoarse ? "." : `, of which ${formatBytes(state.overhead)} are its own headers.`);
  parts.push(element("p", {}, IS_COMPARISON && !before ? "The function is new. " : IS_COMPARISON && !after ? "The function is gone. " : "", zips));
  if (view.isCoarse) {
    parts.push(element("p", { class: "faint" }, "One side has no metafile: packages are compared whole, by zipped bytes."));
  }
  if (IS_COMPARISON) {
    parts.push(element("h3", {}, "What made the difference"));
    const rows = found.map(([text, bytes]) => element("tr", {},
      element("td", {}, ...withCode(text)), element("td", { class: "number" }, bytes ? formatDifference(bytes) : "")));
    parts.push(found.length ? element("table", { class: "reasons" }, ...rows) : element("p", {}, "Nothing that matters."));
  }
  return parts;
}

/** Return why a node ships: a file's chain; of a folder the shortest one, and the other ways in. */
function reasons(node, leaves, view, select) {
  const shipping = leaves.filter((leaf) => leaf.now);
  const isGone = !shipping.length;
  const side = isGone ? view.before : view.after;
  const files = isGone ? leaves.map((leaf) => leaf.then) : shipping.map((leaf) => leaf.now);
  const chains = files.map((file) => side.chain(file));
  const shortest = chains.reduce((best, chain) => (chain.length < best.length ? chain : best));
  const heading = isGone ? "Why it shipped" : node.children ? "Why it ships: the shortest chain" : "Why it ships";
  const parts = [element("h3", {}, heading), drawChain(shortest, side, view, select)];
  if (node.children) {
    const inside = new Set(files.map((file) => file.origin));
    const entering = [...inside].filter((origin) => !inside.has(side.origins[origin.source]) && !shortest.includes(origin));
    if (entering.length) {
      parts.push(element("p", { class: "faint" }, `${formatCount(entering.length, "other file")} in it came first from outside:`));
      const items = entering.slice(0, SHOWN_WAYS).map((origin) => drawStep(origin, side, view, select));
      parts.push(element("ol", { class: "chain ways" }, ...items));
    }
  }
  return parts;
}

function drawChain(steps, side, view, select) {
  return element("ol", { class: "chain why" }, ...steps.map((step) => drawStep(step, side, view, select)));
}

function drawStep(step, side, view, select) {
  const source = side.origins[step.source];
  const place = source ? (step.line ? `${source.path}:${step.line}` : source.path) : "settings";
  const leaf = step.files.length ? view.leafOf.get(step.files[0].path) : null;
  const target = leaf ? link(step.path, leaf, select) : element("span", {}, step.path);
  if (!step.kind) return element("li", {}, target, element("span", { class: "faint" }, " (not in the zip)"));
  const asked = step.name && !step.path.replaceAll("/", ".").startsWith(`${step.name}.`) ? ` ${step.name}` : "";
  return element("li", {}, element("code", {}, place), " ", element("span", { class: "kind", title: step.rule }, step.kind),
    element("span", { class: "faint" }, asked), element("div", { class: "target" }, "→", target));
}

function link(text, node, select) {
  return element("button", { type: "button", class: "link", onclick: () => select(node) }, text);
}

function consequences(node, leaves, view, select) {
  const side = leaves.some((leaf) => leaf.now) ? view.after : view.before;
  if (view.isCoarse) return [];
  const own = leaves.map((leaf) => (side === view.after ? leaf.now : leaf.then)).filter(Boolean);
  const files = side.goingWith(own);
  const parts = [element("h3", {}, side === view.after ? "What goes if it went" : "What went with it")];
  const bytes = files.reduce((sum, file) => sum + file[view.measure], 0);
  const amount = `${formatCount(files.length, "other file")}, ${formatBytes(bytes)} ${view.measure === "size" ? "unzipped" : "zipped"}`;
  let sentence;
  if (!files.length) {
    sentence = side.described.exact ? "No other file: each has a chain that goes around it." : "No other file: no shortest chain passes through it.";
  } else if (!side.described.exact) {
    sentence = `The shortest chains to ${amount} pass through it. Others may lead there too: this metafile holds one chain for each file.`;
  } else if (node.children) {
    sentence = `At least ${amount}: every chain from the handler to each of them passes through one and the same file here.`;
  } else {
    sentence = `${amount}: every chain from the handler to ${files.length === 1 ? "it" : "them"} passes through this file.`;
  }
  parts.push(element("p", { class: "goes" }, sentence));
  if (files.length) {
    const isShown = view.lit === "going";
    parts.push(element("button", { type: "button", id: "show-going", "aria-pressed": String(isShown),
      onclick: () => view.showGoing(files.concat(own)) }, isShown ? "Show all again" : "Show in the map"));
    const nodes = files.slice(0, SHOWN_ROWS).map((file) => view.leafOf.get(file.path));
    parts.push(nodeTable(nodes, view, select, (leaf) => leaf.path), more(files.length));
  }
  return parts;
}

function contents(node, view, select) {
  const weight = (child) => (IS_COMPARISON ? Math.abs(child.after[view.measure] - child.before[view.measure]) : 0);
  const heaviest = (child) => Math.max(child.after[view.measure], child.before[view.measure]);
  const inOrder = [...node.children].sort((one, other) => weight(other) - weight(one) || heaviest(other) - heaviest(one));
  return [
    element("h3", {}, node.parent ? "What is in it" : "Packages"),
    nodeTable(inOrder.slice(0, SHOWN_ROWS), view, select, (child) => view.label(child)),
    more(inOrder.length),
  ];
}

function nodeTable(nodes, view, select, label) {
  const rows = nodes.map((node) => element("tr", {},
    element("td", {}, link(label(node), node, select)),
    element("td", { class: "number" }, formatBytes((IS_COMPARISON && !node.after[view.measure] ? node.before : node.after)[view.measure])),
    IS_COMPARISON ? element("td", { class: "number" }, difference(node, view)) : null,
  ));
  return element("table", {}, ...rows);
}

/** Return how much a node changed, or nothing, so that what did change is easily seen. */
function difference(node, view) {
  const bytes = node.after[view.measure] - node.before[view.measure];
  return bytes ? formatDifference(bytes) : "";
}

function more(count) {
  return element("p", { class: "faint" }, count > SHOWN_ROWS ? `… and ${(count - SHOWN_ROWS).toLocaleString("en")} more` : "");
}

/** Return the panel's content for what a search finds. */
function describeFound(found, view, select) {
  const bytes = found.reduce((sum, leaf) => sum + leaf.after[view.measure], 0);
  const inOrder = [...found].sort((one, other) => other.after[view.measure] - one.after[view.measure]);
  return [
    element("h2", { id: "found" }, found.length ? `${formatCount(found.length, "file")}, ${formatBytes(bytes)}` : "No file has that in its path"),
    nodeTable(inOrder.slice(0, SHOWN_ROWS), view, select, (leaf) => leaf.path),
    more(found.length),
    element("hr"),
  ];
}
