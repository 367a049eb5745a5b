'use strict';

const { findCommand } = require('./lib/command');
const { defineSettings } = require('./lib/schema');
const { chooseFunctions, chooseLayers, findLeftAlone } = require('./lib/functions');
const { describeService } = require('./lib/settings');
const { handOver, handOverLayer, hideOutput, zipOf } = require('./lib/artifacts');
const { refuseUnknownRuntime, runOnBundle } = require('./lib/local');
const { refuseRivals } = require('./lib/rivals');
const { run } = require('./lib/run');

/** Builds the Python functions of a service with lbundle and hands their zips to the framework. */
class ServerlessLbundle {
  constructor(serverless, options, utils) {
    this.serverless = serverless;
    this.options = options;
    this.utils = utils;
    // `invoke local` gives this process the function's variables, which are none of lbundle's business.
    this.environment = { ...process.env };
    defineSettings(serverless);
    const packageAll = () => this.package(null);
    const packageOne = () => this.package(options.function);
    const serveAll = () => this.serve();
    // Before others have linked packages into the service, which they would not clean up after our refusal.
    const refuse = () => chooseFunctions(serverless.service, null).chosen.length && refuseRivals(serverless);
    this.hooks = {
      'before:package:cleanup': refuse,
      'before:deploy:function:initialize': refuse,
      'before:package:createDeploymentArtifacts': packageAll,
      'before:package:function:package': packageOne,
      'before:invoke:local:invoke': () => this.invoke(options.function),
      'before:offline:start': serveAll,
      'before:offline:start:init': serveAll,
    };
  }

  get folder() {
    return this.serverless.serviceDir;
  }

  /** Build all functions and layers, or one function, and make each zip the artifact of what it is for. */
  async package(only) {
    const layers = only ? [] : chooseLayers(this.serverless.service);
    for (const name of await this.build(only, layers)) {
      handOver(this.serverless.service, name, this.folder);
    }
    for (const name of layers) handOverLayer(this.serverless.service, name, this.folder);
    hideOutput(this.serverless.service);
  }

  /** Build one function and let the framework's `invoke local` run its unpacked zip. */
  async invoke(name) {
    const [built] = await this.build(name);
    if (!built) return;
    if (!this.options.docker) refuseUnknownRuntime(this.serverless, built);
    Object.assign(process.env, await this.prepare(built));
  }

  /** Build all functions and let serverless-offline run their unpacked zips. */
  async serve() {
    for (const name of await this.build(null)) {
      const definition = this.serverless.service.getFunction(name);
      definition.environment = { ...definition.environment, ...(await this.prepare(name)) };
    }
  }

  /** Run `lbundle build` once for all functions that are wanted, and return the names of those it built. */
  async build(only, layers = []) {
    const { service } = this.serverless;
    const { chosen, reasons } = chooseFunctions(service, only);
    for (const reason of reasons) this.utils.log.info(`lbundle: ${reason}`);
    if (!chosen.length && !layers.length) {
      this.utils.log.notice(`lbundle has nothing to do: ${reasons.join(', ') || 'the service has no functions'}`);
      return [];
    }
    refuseRivals(this.serverless);
    const stage = this.serverless.getProvider('aws').getStage();
    // One function's zip is the same whether the others are built or not, so lbundle has to know of them all.
    const known = only ? chooseFunctions(service, null).chosen : chosen;
    const described = describeService(this.serverless, this.options, known, stage);
    const words = ['build', '.', '--stage', stage, '--settings', '-', ...(only ? ['--function', only] : [])];
    const { printed, said } = await this.lbundle(words, JSON.stringify(described));
    this.utils.log.notice(printed.trimEnd());
    const leftAlone = findLeftAlone(said);
    return chosen.filter((name) => !leftAlone.has(name));
  }

  /** Unpack a function's zip and return the variables that make `python3` run it. */
  async prepare(name) {
    const { printed } = await this.lbundle(['unpack', '--json', zipOf(name)], '');
    return runOnBundle(JSON.parse(printed), name, this.serverless, this.environment);
  }

  lbundle(words, input) {
    this.command ??= findCommand(this.serverless, this.environment);
    const { folder, environment, serverless, utils } = this;
    return run([...this.command, ...words], { folder, environment, input, serverless, utils });
  }
}

module.exports = ServerlessLbundle;
