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

function writeShim(serviceDir) {
  const folder = path.join(serviceDir, OUTPUT, 'bin');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'python3'), SHIM, { mode: 0o755 });
  return folder;
}

module.exports = { runOnBundle };
