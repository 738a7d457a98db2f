import { FedwardError } from '@fedward/core';
import { Option } from 'commander';
import type { SetKeys, SimulateOptions, TeamPlugins } from '@fedward/sim-healthcare';
import { names, oneOf } from '../options/names.js';
import { declaredIn, policiesIn } from './read-policies.js';
import { givenFlags } from '../options/plugin-flags.js';

/** `fedward simulate` as commander has parsed it. */
export interface Flags extends Omit<
  SimulateOptions,
  | 'config'
  | 'dataDir'
  | 'passphrase'
  | 'policies'
  | 'declared'
  | 'deadlineSeconds'
  | 'set'
  | 'choose'
  | 'flags'
  | 'plugins'
  | 'slow'
> {
  readonly config?: string;
  /** Each `KEY=VALUE`. */
  readonly set?: readonly string[];
  /** Each `KEY=VALUE,VALUE`. */
  readonly choose?: readonly string[];
  /** Each `HOSPITAL=TIMES`. */
  readonly slow?: readonly string[];
  readonly plugin?: readonly string[];
  readonly data?: string;
  readonly deadline?: number;
  /** A file for all hospitals, or a folder. */
  readonly policy?: string;
  readonly declarations?: string;
  readonly propose?: string;
  readonly out?: string;
  readonly resume?: boolean;
  readonly breakLock?: boolean;
  readonly passphraseFile?: string;
  readonly json?: boolean;
  /** Where workers are found. */
  readonly nats?: string;
  readonly natsCertificate?: string;
  readonly natsKey?: string;
  readonly natsAuthority?: string;
  readonly natsInsecure?: boolean;
}

/** @throws {FedwardError} CONFIG_INVALID, or for the config FILE_NOT_FOUND or FILE_INVALID */
export async function optionsOf(flags: Flags): Promise<SimulateOptions> {
  const {
    config,
    data,
    deadline,
    out,
    resume,
    breakLock,
    passphraseFile: _passphraseFile,
    json,
    scenario: named,
    set,
    choose,
    slow,
    plugin,
    policy,
    declarations,
    propose,
    nats: _nats,
    natsCertificate: _natsCertificate,
    natsKey: _natsKey,
    natsAuthority: _natsAuthority,
    natsInsecure: _natsInsecure,
    ...given
  } = flags;
  if (propose !== undefined && out !== undefined) throw usage('--out', 'a run that is proposed leaves no folder');
  if (breakLock) throw usage('--break-lock', 'a run that begins finds no lock: it goes with --resume');
  const own = given.schema !== undefined || given.partition !== undefined;
  const scenario = named ?? (own ? 'study' : undefined);
  if (!scenario) throw usage('--scenario', `name one: ${oneOf(names.scenarios)}`);
  // With it comes the parser of YAML, a third as large as all else.
  const readConfig = async (path: string) => (await import('./read-config.js')).readConfig(path);
  const plugins = await pluginsNamed(flags);
  const short = givenFlags(given as Readonly<Record<string, unknown>>);
  const rest = Object.fromEntries(Object.entries(given).filter(([key]) => !attributesOf(short).has(key)));
  return {
    ...rest,
    scenario,
    ...(Object.keys(short).length > 0 && { flags: short }),
    ...(set !== undefined && { set: await keysIn(set) }),
    ...(choose !== undefined && { choose: await gridIn(choose) }),
    ...(slow !== undefined && { slow: slownessIn(slow) }),
    ...(plugins.length > 0 && { plugins }),
    ...(data !== undefined && { dataDir: data }),
    ...(deadline !== undefined && { deadlineSeconds: deadline }),
    ...(policy !== undefined && { policies: await policiesIn(policy) }),
    ...(declarations !== undefined && { declared: await declaredIn(declarations) }),
    ...(config !== undefined && { config: await readConfig(config), configName: config }),
  };
}

/** @throws {FedwardError} CONFIG_INVALID for what can't be loaded */
export async function pluginsNamed({ plugin = [] }: Pick<Flags, 'plugin'>): Promise<readonly TeamPlugins[]> {
  if (plugin.length === 0) return [];
  const { loadTeamPlugins } = await import('@fedward/sim-healthcare');
  return Promise.all(plugin.map((named) => loadTeamPlugins(named)));
}

/** As commander calls them. */
function attributesOf(flags: object): ReadonlySet<string> {
  return new Set(Object.keys(flags).map((flag) => new Option(`--${flag}`).attributeName()));
}

/** `KEY=VALUE` with a value as YAML has it: a number, true, null, text, [1, 2], {a: 1}. */
async function keysIn(set: readonly string[]): Promise<SetKeys> {
  const { valueOf } = await import('./read-config.js');
  return Object.fromEntries(
    set.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw usage('--set', `${text}: write KEY=VALUE, such as rounds=3`);
      const key = text.slice(0, at);
      return [key, valueOf(key, text.slice(at + 1))];
    }),
  );
}

/** `HOSPITAL=TIMES`, such as `hospital-4=20`. */
function slownessIn(slow: readonly string[]): Readonly<Record<string, number>> {
  const entries = slow.map((text) => {
    const at = text.lastIndexOf('=');
    const times = Number(text.slice(at + 1));
    if (at < 1 || !(times > 0 && times < Infinity))
      throw usage('--slow', `${text}: write HOSPITAL=TIMES with a number above 0, such as hospital-4=20`);
    return [text.slice(0, at), times] as const;
  });
  const twice = entries.find(([id], i) => entries.findIndex(([other]) => other === id) < i);
  if (twice) throw usage('--slow', `${twice[0]} is named twice`);
  return Object.fromEntries(entries);
}

/** `KEY=VALUE,VALUE`, each value as that of `--set`; a list or an object in brackets. */
async function gridIn(choose: readonly string[]): Promise<NonNullable<SimulateOptions['choose']>> {
  const { valueOf } = await import('./read-config.js');
  const entries = choose.map((text) => {
    const at = text.indexOf('=');
    const values =
      at < 1 || at === text.length - 1 ? [] : valueOf(text.slice(0, at), `[${text.slice(at + 1)}]`, '--choose');
    if (!Array.isArray(values) || values.length === 0)
      throw usage('--choose', `${text}: write KEY=VALUE,VALUE, such as learning-rate=0.01,0.1`);
    return [text.slice(0, at), values] as const;
  });
  const twice = entries.find(([key], i) => entries.findIndex(([other]) => other === key) < i);
  if (twice) throw usage('--choose', `${twice[0]} is declared twice`);
  return Object.fromEntries(entries);
}

/** How a run is carried out without a change to what it does. */
const forAnyRun: readonly string[] = [
  '--out',
  '--resume',
  '--break-lock',
  '--json',
  '--workers',
  '--plugin',
  '--passphrase-file',
  '--nats',
  '--nats-certificate',
  '--nats-key',
  '--nats-authority',
  '--nats-insecure',
];

/**
 * A run is resumed as it was planned: an option that would change it is refused rather than ignored.
 * @param given options as written on the command line
 * @throws {FedwardError} CONFIG_INVALID naming the option
 */
export function folderToResume({ out }: Flags, given: readonly string[]): string {
  if (out === undefined) throw usage('--resume', 'name the run: --out DIR');
  const changing = given.find((option) => !forAnyRun.includes(option));
  if (changing !== undefined) throw usage(changing, 'a resumed run keeps its plan and its data: leave this option out');
  return out;
}

function usage(option: string, why: string): FedwardError {
  return new FedwardError('CONFIG_INVALID', `${option}: ${why}`, option);
}
