'use strict';

const RIVAL = 'serverless-python-requirements';
const WSGI = 'serverless-wsgi';

/** Return the plugins that the service lists. */
function pluginNames({ service }) {
  return Array.isArray(service.plugins) ? service.plugins : (service.plugins?.modules ?? []);
}

/** Refuse to run beside a plugin that would package the same functions. */
function refuseRivals(serverless) {
  const { custom } = serverless.service;
  const names = pluginNames(serverless);
  const found = [names.includes(RIVAL) && `the plugin \`${RIVAL}\``, custom?.pythonRequirements && '`custom.pythonRequirements`'].filter(Boolean);
  if (found.length) {
    refuse(serverless, found.join(' with '), [
      `to package with lbundle, remove \`${RIVAL}\` from \`plugins\` and \`custom.pythonRequirements\``,
      `to package with ${RIVAL}, remove \`serverless-lbundle\` from \`plugins\``,
    ]);
  }
  // It links every package into the service, where they look like the service's own code.
  if (names.includes(WSGI) && custom?.wsgi?.packRequirements !== false) {
    refuse(serverless, `the plugin \`${WSGI}\``, [
      `set \`custom.wsgi.packRequirements: false\`, so that \`${WSGI}\` writes its handler alone, and have \`werkzeug\` among the requirements`,
    ]);
  }
}

function refuse({ classes }, rival, hints) {
  const message = `lbundle packages the Python functions of this service, and so would ${rival}`;
  throw new classes.Error([message, '', ...hints.map((hint) => `hint: ${hint}`)].join('\n'), 'LBUNDLE_RIVAL');
}

module.exports = { RIVAL, pluginNames, refuseRivals };
