// What the page was given: files of functions before and after, as rows; and what can be asked of them.

const REPORT = JSON.parse(document.getElementById("data").textContent);
const IS_COMPARISON = REPORT.mode === "diff";
const NOTHING = { zipped: 0, size: 0 };

const CAUSE_GROUPS = {
  loads: { label: "runs at load", kinds: ["handler", "import", "package"] },
  guarded: { label: "optional at load", kinds: ["try", "conditional"] },
  function: { label: "inside a function", kinds: ["function"] },
  named: { label: "named by a string or rule", kinds: ["dynamic", "entry-point", "known", "observed"] },
  opened: { label: "data and metadata", kinds: ["data", "metadata"] },
  linked: { label: "native", kinds: ["native", "link"] },
  asked: { label: "settings", kinds: ["include"] },
};
const GROUP_OF_CAUSE = new Map(
  Object.entries(CAUSE_GROUPS).flatMap(([group, { kinds }]) => kinds.map((kind) => [kind, group])),
);

/** One side of a function: its files with sizes and kinds, and the chains that led to what they were made from. */
class Side {
  constructor(described) {
    this.described = described;
    this.origins = described.origins.map(([path, kind, source, line, name, through, rule]) => ({
      path, kind, line, name, source, through, rule, files: [], hanging: [],
    }));
    this.files = described.files.map(([path, size, zipped, owner, kind, origin]) => ({
      path, size, zipped, kind: described.kinds[kind], owner: described.owners[owner], origin: this.origins[origin],
    }));
    for (const file of this.files) file.origin.files.push(file);
    for (const origin of this.origins) {
      // An older metafile knows one chain for each file and not which files all chains pass through.
      const above = described.exact ? origin.through : origin.source;
      if (above >= 0) this.origins[above].hanging.push(origin);
    }
    this.byPath = new Map(this.files.map((file) => [file.path, file]));
  }

  /** Return the steps from the settings to a file: each an origin that says where it is asked for. */
  chain(file) {
    const steps = [];
    let origin = file.origin;
    while (origin && !steps.includes(origin)) {
      steps.push(origin);
      origin = this.origins[origin.source];
    }
    return steps.reverse();
  }

  /** Return the other files that go with some: those made from the same origins, and those that hang on them. */
  goingWith(files) {
    const found = new Set();
    const waiting = files.map((file) => file.origin);
    const seen = new Set(waiting);
    while (waiting.length) {
      const origin = waiting.pop();
      for (const file of origin.files) found.add(file);
      for (const next of origin.hanging) {
        if (!seen.has(next)) {
          seen.add(next);
          waiting.push(next);
        }
      }
    }
    for (const file of files) found.delete(file);
    return [...found].sort((one, other) => other.zipped - one.zipped || (one.path < other.path ? -1 : 1));
  }
}

/** Return a function's tree: packages, in them folders, in them files; folders with one folder alone are joined. */
function plantTree(described) {
  const before = described.before && new Side(described.before);
  const after = described.after && new Side(described.after);
  const root = { name: described.name, path: "", children: new Map(), parent: null };
  const paths = new Set([...(after ? after.byPath.keys() : []), ...(before ? before.byPath.keys() : [])]);
  for (const path of paths) {
    const now = after ? after.byPath.get(path) : undefined;
    const then = before ? before.byPath.get(path) : undefined;
    const owner = (now || then).owner;
    let folder = branch(root, owner || "(own code)", owner || "(own code)");
    folder.owner = owner;
    const parts = path.split("/");
    const name = parts.pop();
    parts.forEach((part, depth) => { folder = branch(folder, part, parts.slice(0, depth + 1).join("/")); });
    folder.children.set(`/${name}`, { name, path, parent: folder, now, then, file: now || then });
  }
  settle(root, root);
  return { root, before, after };
}

function branch(folder, name, path) {
  let child = folder.children.get(name);
  if (!child) folder.children.set(name, (child = { name, path, parent: folder, children: new Map() }));
  return child;
}

/** Turn maps into lists, sum sizes, and join a folder with the only folder in it. */
function settle(node, root) {
  if (!node.children) {
    node.after = node.now ? { zipped: node.now.zipped, size: node.now.size } : NOTHING;
    node.before = node.then ? { zipped: node.then.zipped, size: node.then.size } : NOTHING;
    node.count = 1;
    return;
  }
  node.children = [...node.children.values()];
  while (node !== root && node.children.length === 1 && node.children[0].children) {
    const only = node.children[0];
    if (node.name !== only.name) node.name = `${node.name}/${only.name}`;
    if (node.owner === undefined) node.path = only.path;
    node.children = [...only.children.values()];
    for (const child of node.children) child.parent = node;
  }
  node.after = { zipped: 0, size: 0 };
  node.before = { zipped: 0, size: 0 };
  node.count = 0;
  for (const child of node.children) {
    settle(child, root);
    node.count += child.count;
    for (const measure of ["zipped", "size"]) {
      node.after[measure] += child.after[measure];
      node.before[measure] += child.before[measure];
    }
  }
}

function leavesOf(node, found = []) {
  if (node.children) for (const child of node.children) leavesOf(child, found);
  else found.push(node);
  return found;
}

function changeOf(node, measure) {
  const difference = node.after[measure] - node.before[measure];
  if (!node.children && !node.then) return "added";
  if (!node.children && !node.now) return "removed";
  return difference > 0 ? "grown" : difference < 0 ? "shrunk" : "same";
}

function formatBytes(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  let amount = bytes / 1000;
  for (const unit of ["kB", "MB"]) {
    if (Math.round(amount * 10) / 10 < 1000) return `${amount.toFixed(1)} ${unit}`;
    amount /= 1000;
  }
  return `${amount.toFixed(1)} GB`;
}

const formatDifference = (bytes) => `${bytes >= 0 ? "+" : "−"}${formatBytes(Math.abs(bytes))}`;
const formatCount = (count, word) => `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;
