'use strict';

/** Return the names of the functions lbundle builds, and for each of the others why not. */
function chooseFunctions(service, only) {
  const names = only ? [only] : service.getAllFunctions();
  const chosen = [];
  const reasons = [];
  for (const name of names) {
    const reason = whyNot(service, service.getFunction(name));
    if (reason) reasons.push(`function \`${name}\` is left alone: ${reason}`);
    else chosen.push(name);
  }
  return { chosen, reasons };
}

/** Return the functions that lbundle says it leaves alone, such as those with a program for a handler. */
function findLeftAlone(said) {
  return new Set(said.flatMap((line) => /^note: function `(.+?)` is left alone: /.exec(line)?.[1] ?? []));
}

/** Return the names of the layers lbundle builds: those with `lbundle:`; the framework zips folders itself. */
function chooseLayers(service) {
  return service.getAllLayers().filter((name) => {
    const definition = service.getLayer(name);
    return definition.lbundle && !definition.package?.artifact;
  });
}

function whyNot(service, definition) {
  const own = definition.package ?? {};
  const shared = service.package ?? {};
  if (definition.image) return 'it is a container image';
  if (own.artifact) return '`package.artifact` names a finished zip';
  if (own.disable) return '`package.disable` says that it is not packaged';
  if (shared.artifact && !own.individually) return "the service's `package.artifact` names a finished zip";
  const runtime = definition.runtime ?? service.provider.runtime;
  if (!runtime) return 'it has no runtime, so it is a Node.js function';
  return String(runtime).startsWith('python') ? null : `its runtime is \`${runtime}\``;
}

module.exports = { chooseFunctions, chooseLayers, findLeftAlone };
