'use strict';

const { RIVAL, pluginNames } = require('./rivals');

const texts = { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] };
const size = { anyOf: [{ type: 'string' }, { type: 'number' }] };
const limit = {
  type: 'object',
  properties: {
    zip: size,
    unzipped: size,
    packages: { type: 'object', additionalProperties: size },
    imports: { type: 'string' },
    'max-growth': size,
  },
  additionalProperties: false,
};

/** What may stand under `lbundle:` in a function; lbundle itself checks the values more closely. */
const options = {
  requirements: texts,
  groups: texts,
  extras: texts,
  'only-binary': { anyOf: [{ type: 'boolean' }, ...texts.anyOf] },
  include: texts,
  exclude: texts,
  'include-modules': texts,
  'exclude-modules': texts,
  external: texts,
  bytecode: { type: 'string' },
  shake: { anyOf: [{ type: 'string' }, { type: 'object', additionalProperties: { type: 'string' } }] },
  strip: { type: 'boolean' },
  guard: { type: 'boolean' },
  limit,
  events: texts,
  prove: {
    type: 'object',
    properties: { ignore: texts, expect: { type: 'object', additionalProperties: { type: 'string' } } },
    additionalProperties: false,
  },
};

/** What may stand under `lbundle:` in a layer. */
const LAYER_KEYS = ['requirements', 'groups', 'extras', 'only-binary', 'exclude', 'external', 'bytecode', 'strip'];
const layerOptions = Object.fromEntries(LAYER_KEYS.map((key) => [key, options[key]]));

const table = (properties) => ({ type: 'object', properties, additionalProperties: false });

/** Tell the framework which settings there are, so that it refuses others. */
function defineSettings(serverless) {
  const handler = serverless.configSchemaHandler;
  handler.defineCustomProperties({ properties: { lbundle: table({ ...options, command: texts }) } });
  handler.defineFunctionProperties('aws', { properties: { lbundle: table(options) } });
  // Its key for a folder that is packaged alone may stay when it goes; while it is there, it declares the key itself.
  if (!pluginNames(serverless).includes(RIVAL)) handler.defineFunctionProperties('aws', { properties: { module: { type: 'string' } } });
  // There is no method for layers.
  const layer = handler.schema?.properties?.layers?.additionalProperties?.properties;
  if (layer) layer.lbundle = table(layerOptions);
}

module.exports = { defineSettings, options };
