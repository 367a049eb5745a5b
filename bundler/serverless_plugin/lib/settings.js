'use strict';

const pick = (table, names) => Object.fromEntries(names.map((name) => [name, table?.[name] ?? undefined]));

const PATTERNS = ['patterns', 'include', 'exclude', 'individually'];
const TARGET = ['runtime', 'architecture'];

/**
 * Return the part of a service that lbundle reads, as the framework resolved it.
 *
 * The rest stays here: variables of functions may hold secrets.
 */
function describeService(serverless, names, stage) {
  const { service, configurationInput } = serverless;
  const describeFunction = (name) => {
    const definition = service.getFunction(name);
    return { ...pick(definition, ['handler', ...TARGET, 'lbundle']), package: pick(definition.package, PATTERNS) };
  };
  return {
    service: service.service,
    useDotenv: configurationInput?.useDotenv,
    provider: { ...pick(service.provider, TARGET), name: 'aws', stage },
    package: pick(service.package, PATTERNS),
    custom: { lbundle: service.custom?.lbundle },
    functions: Object.fromEntries(names.map((name) => [name, describeFunction(name)])),
  };
}

module.exports = { describeService };
