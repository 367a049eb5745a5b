'use strict';

const RIVAL = 'serverless-python-requirements';

/** Return the plugins that the service lists. */
function pluginNames({ service }) {
  return Array.isArray(service.plugins) ? service.plugins : (service.plugins?.modules ?? []);
}

/** Refuse to run beside a plugin that would package the same functions. */
function refuseRivals(serverless) {
  const { service, classes } = serverless;
  const found = [
    pluginNames(serverless).includes(RIVAL) && `the plugin \`${RIVAL}\``,
    service.custom?.pythonRequirements && '`custom.pythonRequirements`',
  ].filter(Boolean);
  if (!found.length) return;
  const hints = [
    `hint: to package with lbundle, remove \`${RIVAL}\` from \`plugins\` and \`custom.pythonRequirements\``,
    `hint: to package with ${RIVAL}, remove \`serverless-lbundle\` from \`plugins\``,
  ];
  const message = `lbundle packages the Python functions of this service, and so would ${found.join(' with ')}`;
  throw new classes.Error([message, '', ...hints].join('\n'), 'LBUNDLE_RIVAL');
}

module.exports = { RIVAL, pluginNames, refuseRivals };
