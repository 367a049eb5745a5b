'use strict';

const fs = require('node:fs');
const path = require('node:path');

const OUTPUT = '.lbundle';
const ARTIFACTS = '.serverless';

const zipOf = (name) => path.join(OUTPUT, `${name}.zip`);

/**
 * Make a zip the artifact of its function.
 *
 * It is copied to where the framework keeps its own zips: only those are compared to decide whether anything changed,
 * and only those move along with `--package`. The path is relative, so that it holds on another machine.
 */
function handOver(service, name, folder) {
  const artifact = path.join(ARTIFACTS, artifactName(service, name));
  fs.mkdirSync(path.join(folder, ARTIFACTS), { recursive: true });
  fs.copyFileSync(path.join(folder, zipOf(name)), path.join(folder, artifact), fs.constants.COPYFILE_FICLONE);
  const definition = service.getFunction(name);
  definition.package = { ...definition.package, artifact, individually: true };
}

/** Name a function's zip so that no zip of the framework's own can take its place, here and in the bucket. */
function artifactName(service, name) {
  const isTaken = name === service.service || service.getAllLayers().includes(name);
  return isTaken ? `${name}.lbundle.zip` : `${name}.zip`;
}

/** Keep our folder out of the zips that the framework makes of other functions. */
function hideOutput(service) {
  service.package ??= {};
  service.package.patterns = [...(service.package.patterns ?? []), `!${OUTPUT}/**`];
}

module.exports = { OUTPUT, handOver, hideOutput, zipOf };
