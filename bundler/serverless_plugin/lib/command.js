'use strict';

const fs = require('node:fs');
const path = require('node:path');

const NAME = 'lbundle';
const IS_WINDOWS = process.platform === 'win32';
const BIN = IS_WINDOWS ? 'Scripts' : 'bin';

/** Return the words that start lbundle: what the settings say, the project's environment, its manager, the PATH. */
function findCommand({ service, serviceDir, classes }, environment) {
  const chosen = service.custom?.lbundle?.command;
  if (chosen) return Array.isArray(chosen) ? chosen : chosen.split(/\s+/).filter(Boolean);
  const found = inEnvironment(serviceDir, environment) ?? throughManager(serviceDir, environment) ?? onPath(NAME, environment);
  if (found) return [].concat(found);
  const hints = [
    'hint: `pip install lbundle` into .venv, venv or the active environment, or add it with `uv add` or `poetry add`',
    'hint: or say how to start it: `custom.lbundle.command`',
  ];
  throw new classes.Error(['lbundle itself is not installed', '', ...hints].join('\n'), 'LBUNDLE_NOT_FOUND');
}

function inEnvironment(folder, environment) {
  const environments = [path.join(folder, '.venv'), path.join(folder, 'venv'), environment.VIRTUAL_ENV];
  const programs = environments.filter(Boolean).map((one) => path.join(one, BIN, IS_WINDOWS ? `${NAME}.exe` : NAME));
  return programs.find((program) => fs.existsSync(program));
}

/** Return how uv or Poetry start lbundle, where one of them has it in its lock. */
function throughManager(folder, environment) {
  for (const manager of ['uv', 'poetry']) {
    const lock = path.join(folder, `${manager}.lock`);
    const isLocked = fs.existsSync(lock) && /^name = "lbundle"$/m.test(fs.readFileSync(lock, 'utf8'));
    if (isLocked && onPath(manager, environment)) return [manager, 'run', NAME];
  }
  return null;
}

function onPath(name, environment) {
  const folders = (environment.PATH ?? environment.Path ?? '').split(path.delimiter).filter(Boolean);
  const endings = IS_WINDOWS ? ['.exe', '.cmd'] : [''];
  const programs = folders.flatMap((folder) => endings.map((ending) => path.join(folder, name + ending)));
  return programs.find((program) => fs.existsSync(program));
}

module.exports = { findCommand };
