'use strict';

const path = require('node:path');

const pick = (table, names) => Object.fromEntries(names.map((name) => [name, table?.[name] ?? undefined]));

const PATTERNS = ['patterns', 'include', 'exclude', 'individually'];
const TARGET = ['runtime', 'architecture'];
const LAYER = ['path', 'compatibleRuntimes', 'compatibleArchitectures', 'lbundle'];

// What the code runs with. Other values may be secrets, and say nothing of code.
const READ_WHOLE = ['PYTHONPATH', 'AWS_LAMBDA_EXEC_WRAPPER'];
const NAMES = /^[A-Za-z_][\w-]*(?:[./:,; ]+[A-Za-z_][\w-]*)*$/;
const LONGEST = 500;

/** Return the variables that may name code: settings, plugins, the handler behind a wrapper. */
function pickNames(variables) {
  const isName = ([name, value]) => typeof value === 'string' && (READ_WHOLE.includes(name) || (value.length <= LONGEST && NAMES.test(value)));
  return Object.fromEntries(Object.entries(variables ?? {}).filter(isName));
}

/**
 * Return the part of a service that lbundle reads, as the framework resolved it.
 *
 * The rest stays here.
 */
function describeService(serverless, options, names, stage) {
  const { service, configurationInput } = serverless;
  const describeFunction = (name) => {
    const definition = service.getFunction(name);
    return { ...pick(definition, ['handler', 'module', ...TARGET, 'lbundle', 'layers']), environment: pickNames(definition.environment), package: pick(definition.package, PATTERNS) };
  };
  const describeLayer = (name) => {
    const definition = service.getLayer(name);
    return { ...pick(definition, LAYER), package: pick(definition.package, ['artifact']) };
  };
  return {
    service: service.service,
    useDotenv: configurationInput?.useDotenv,
    provider: { ...pick(service.provider, [...TARGET, 'layers']), environment: pickNames(service.provider.environment), name: 'aws', stage },
    package: withoutOutput(pick(service.package, PATTERNS), serverless, options),
    custom: { lbundle: service.custom?.lbundle, wsgi: pick(service.custom?.wsgi, ['app']) },
    plugins: [], // what they write while the framework packages is there by now
    functions: Object.fromEntries(names.map((name) => [name, describeFunction(name)])),
    layers: Object.fromEntries(service.getAllLayers().map((name) => [name, describeLayer(name)])),
  };
}

/** Leave out the folder that `--package` names: it holds what was packaged before. */
function withoutOutput(table, { service, serviceDir }, options) {
  const output = options.package ?? service.package?.path;
  const inside = output ? path.relative(serviceDir, path.resolve(serviceDir, output)).split(path.sep) : [''];
  if (!inside[0] || inside[0] === '..') return table;
  return { ...table, patterns: [...(table.patterns ?? []), `!${inside.join('/')}/**`] };
}

module.exports = { describeService };
