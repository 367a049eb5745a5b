'use strict';

const fs = require('node:fs');
const path = require('node:path');

const { OUTPUT } = require('./artifacts');

// The framework and serverless-offline run whatever `python3` the PATH finds, in the folder of the source. A bundle holds
// bytecode of one Python version, and is to be run without the source beside it.
const SHIM = `#!/bin/sh
if [ -n "$LBUNDLE_BUNDLE" ]; then
  cd "$LBUNDLE_BUNDLE" && exec "$LBUNDLE_PYTHON" "$@"
fi
PATH="\${PATH#"\${0%/*}":}" exec python3 "$@"
`;

/** Return the variables that make \`python3\` run an unpacked bundle with its own Python. */
function runOnBundle({ folder, layers, runtime, python }, name, { service, serviceDir, classes }, environment) {
  const setting = `LBUNDLE_PYTHON_${runtime.replace('python', '').replace('.', '_')}`;
  if (!python) {
    const message = `there is no ${runtime} on this machine to run \`${name}\` with`;
    throw new classes.Error(`${message}\n\nhint: install it, or set ${setting} to its path`, 'LBUNDLE_NO_PYTHON');
  }
  // Both put an active environment before the PATH, and with it another \`python3\`.
  delete process.env.VIRTUAL_ENV;
  const variables = { ...service.provider.environment, ...service.getFunction(name).environment };
  const searched = [folder, ...layers, variables.PYTHONPATH ?? environment.PYTHONPATH];
  return {
    LBUNDLE_BUNDLE: folder,
    LBUNDLE_PYTHON: python,
    PATH: [writeShim(serviceDir), environment.PATH].join(path.delimiter),
    PYTHONPATH: searched.filter(Boolean).join(path.delimiter),
    PYTHONDONTWRITEBYTECODE: '1',
  };
}

/** Refuse what the framework cannot invoke: of a runtime that is newer than it is, it says that Docker is not running. */
function refuseUnknownRuntime({ service, version, configSchemaHandler, classes }, name) {
  const runtime = service.getFunction(name).runtime ?? service.provider.runtime;
  const known = configSchemaHandler.schema?.definitions?.awsLambdaRuntime?.enum;
  if (!known || known.includes(runtime)) return;
  const message = `this framework (${version}) cannot invoke ${runtime} locally`;
  const hint = `hint: \`lbundle invoke ${name}\` runs the zip, and so does \`invoke local\` of osls`;
  throw new classes.Error([message, '', hint].join('\n'), 'LBUNDLE_RUNTIME_UNKNOWN');
}

function writeShim(serviceDir) {
  const folder = path.join(serviceDir, OUTPUT, 'bin');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'python3'), SHIM, { mode: 0o755 });
  return folder;
}

module.exports = { refuseUnknownRuntime, runOnBundle };
