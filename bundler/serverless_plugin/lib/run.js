'use strict';

const { spawn } = require('node:child_process');
const readline = require('node:readline');

const OVER_LIMIT = 7;
const PROGRESS = 'lbundle';

/** Run lbundle, show its progress as the framework shows its own, and return what it printed and what it said beside. */
async function run(words, { folder, environment, input, serverless, utils }) {
  const progress = utils.progress.get(PROGRESS);
  progress.update('Starting lbundle');
  try {
    const said = [];
    const hear = (line) => {
      said.push(line);
      utils.log.info(line);
      progress.update(line);
    };
    const { code, printed } = await start(words, { folder, environment, input, hear });
    if (code === 0) return { printed, said };
    if (code === OVER_LIMIT) utils.log.notice(printed.trimEnd());
    throw new serverless.classes.Error(explain(code, said), `LBUNDLE_EXIT_${code}`);
  } catch (error) {
    if (error.syscall === undefined) throw error;
    const message = `\`${words[0]}\` cannot be started: ${error.message}`;
    throw new serverless.classes.Error(`${message}\n\nhint: see \`custom.lbundle.command\``, 'LBUNDLE_NOT_STARTED');
  } finally {
    progress.remove();
  }
}

function start([program, ...words], { folder, environment, input, hear }) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { cwd: folder, env: environment, stdio: 'pipe' });
    const printed = [];
    child.on('error', reject);
    child.stdin.on('error', () => {}); // it may end before it has read all, and says why itself
    child.stdin.end(input);
    child.stdout.on('data', (chunk) => printed.push(chunk));
    readline.createInterface({ input: child.stderr }).on('line', hear);
    child.on('close', (code) => resolve({ code, printed: Buffer.concat(printed).toString() }));
  });
}

/** Return the error that lbundle printed last, with its hints; progress stands before it. */
function explain(code, said) {
  if (code === OVER_LIMIT) return 'lbundle: a bundle is over its limit';
  const first = said.findLastIndex((line) => line.startsWith('error: '));
  if (first >= 0) return said.slice(first).join('\n').replace('error: ', 'lbundle: ').trimEnd();
  return [`lbundle ended unexpectedly (exit code ${code})`, '', ...said.slice(-20)].join('\n');
}

module.exports = { run };
