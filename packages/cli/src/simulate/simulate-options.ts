import { FedwardError } from '@fedward/core';
import type { SimulateOptions } from '@fedward/sim-healthcare';
import { names, oneOf } from '../options/names.js';

/** `fedward simulate` as commander has parsed it. */
export interface Flags extends Omit<SimulateOptions, 'config' | 'dataDir' | 'deadlineSeconds'> {
  readonly config?: string;
  readonly data?: string;
  readonly deadline?: number;
  readonly out?: string;
  readonly resume?: boolean;
  readonly breakLock?: boolean;
  readonly json?: boolean;
}

/** @throws {FedwardError} CONFIG_INVALID, or for the config FILE_NOT_FOUND or FILE_INVALID */
export async function optionsOf(flags: Flags): Promise<SimulateOptions> {
  const { config, data, deadline, out, resume, breakLock, json, scenario, ...rest } = flags;
  if (breakLock) throw usage('--break-lock', 'a run that begins finds no lock: it goes with --resume');
  if (!scenario) throw usage('--scenario', `name one: ${oneOf(names.scenarios)}`);
  // With it comes the parser of YAML, a third as large as all else.
  const readConfig = async (path: string) => (await import('./read-config.js')).readConfig(path);
  return {
    ...rest,
    scenario,
    ...(data !== undefined && { dataDir: data }),
    ...(deadline !== undefined && { deadlineSeconds: deadline }),
    ...(config !== undefined && { config: await readConfig(config), configName: config }),
  };
}

/** How a run is carried out without a change to what it does. */
const forAnyRun: readonly string[] = ['--out', '--resume', '--break-lock', '--json', '--workers'];

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
