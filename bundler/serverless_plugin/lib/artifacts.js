'use strict';

const fs = require('node:fs');
const path = require('node:path');

const OUTPUT = '.lbundle';
const ARTIFACTS = '.serverless';

const zipOf = (name) => path.join(OUTPUT, `${name}.zip`);
const layerZipOf = (name) => path.join(OUTPUT, 'layers', `${name}.zip`);

/**
 * Make a zip the artifact of its function.
 *
 * It is copied to where the framework keeps its own zips: only those are compared to decide whether anything changed,
 * and only those move along with `--package`. The path is relative, so that it holds on another machine.
 */
function handOver(service, name, folder) {
  const artifact = copy(folder, zipOf(name), artifactName(service, name));
  const definition = service.getFunction(name);
  definition.package = { ...definition.package, artifact, individually: true };
}

/** Make a zip the artifact of its layer. */
function handOverLayer(service, name, folder) {
  const artifact = copy(folder, layerZipOf(name), name === service.service ? `${name}.layer.zip` : `${name}.zip`);
  const definition = service.getLayer(name);
  definition.package = { ...definition.package, artifact };
}

/** Copy a zip to where the framework keeps its own, and return its path there. */
function copy(folder, source, name) {
  const artifact = path.join(ARTIFACTS, name);
  fs.mkdirSync(path.join(folder, ARTIFACTS), { recursive: true });
  fs.copyFileSync(path.join(folder, source), path.join(folder, artifact), fs.constants.COPYFILE_FICLONE);
  return artifact;
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

module.exports = { OUTPUT, handOver, handOverLayer, hideOutput, zipOf };
