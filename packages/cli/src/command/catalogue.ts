import type { Plugin } from '@fedward/core';

/** A command that there is, or may be. */
export interface KnownCommand {
  readonly name: string;
  /** In one line, for `--help`. */
  readonly summary: string;
  /** The package that has it among its `plugins`, where that is not this one. It need not be installed. */
  readonly package?: string;
  /** Of this package. */
  readonly load?: () => Promise<Plugin<'command'>>;
}

/** In the order of `--help`, which loads none of them. */
export const commands: readonly KnownCommand[] = [
  {
    name: 'simulate',
    summary: 'a federation of hospitals on this machine',
    load: async () => (await import('../simulate/simulate-command.js')).simulateCommand,
  },
  {
    name: 'reach',
    summary: 'how far each hospital could move the model of a run',
    load: async () => (await import('../reach/reach-command.js')).reachCommand,
  },
  {
    name: 'check',
    summary: 'a study before it runs, rule by rule: HIPAA, GDPR, EHDS',
    load: async () => (await import('../check/check-command.js')).checkCommand,
  },
  {
    name: 'plan',
    summary: 'plans that wait for approval: read, compare, sign, revoke',
    load: async () => (await import('../plan/plan-command.js')).planCommand,
  },
  {
    name: 'privacy',
    summary: 'what training under differential privacy costs',
    load: async () => (await import('../privacy/privacy-command.js')).privacyCommand,
  },
  {
    name: 'audit',
    summary: 'the tamper-evident log of a run',
    load: async () => (await import('../audit/audit-command.js')).auditCommand,
  },
  {
    name: 'keys',
    summary: 'keys that sign: of a hospital, a person, a log',
    load: async () => (await import('../keys/keys-command.js')).keysCommand,
  },
  {
    name: 'evidence',
    summary: "a run's evidence in one folder: what left, who approved, proofs, price, settings",
    load: async () => (await import('../evidence/evidence-command.js')).evidenceCommand,
  },
  {
    name: 'withdraw',
    summary: 'which rounds and models a hospital or patients are in; a run without them',
    load: async () => (await import('../withdraw/withdraw-command.js')).withdrawCommand,
  },
  {
    name: 'data',
    summary: 'medical data sets',
    load: async () => (await import('../data/data-command.js')).dataCommand,
  },
  {
    name: 'model',
    summary: 'a trained model: what it is, predictions, evaluation on other data',
    load: async () => (await import('../model/model-command.js')).modelCommand,
  },
  {
    name: 'plugins',
    summary: 'the plugins that are installed, and the options of each',
    load: async () => (await import('../plugins/plugins-command.js')).pluginsCommand,
  },
  {
    name: 'site',
    summary: "a hospital's daemon: answers a coordinator behind the hospital's own rules (package @fedward/site)",
    package: '@fedward/site',
  },
  {
    name: 'coordinator',
    summary: 'the daemon that hospitals are members of (package @fedward/coordinator)',
    package: '@fedward/coordinator',
  },
  {
    name: 'study',
    summary: 'studies across hospitals: propose, start, watch, stop (package @fedward/coordinator)',
    package: '@fedward/coordinator',
  },
  {
    name: 'demo',
    summary: 'a hub, a coordinator and three hospitals as processes on this machine (package @fedward/coordinator)',
    package: '@fedward/coordinator',
  },
  {
    name: 'worker',
    summary: 'trains clients of a simulation that runs elsewhere (package @fedward/sim-nats)',
    package: '@fedward/sim-nats',
  },
  {
    name: 'bench',
    summary: 'benchmarks, each beside its peer where that is installed (package @fedward/bench)',
    package: '@fedward/bench',
  },
];
