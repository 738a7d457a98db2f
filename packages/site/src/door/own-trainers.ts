import { FedwardError, withDeadline, wordsOf } from '@fedward/core';
import { InstalledPlugins, type TeamPlugins } from '@fedward/sim-healthcare';
import type { SiteConfig } from '../config/index.js';
import type { TrainerOf } from './house.js';

/** A trainer of which site.yaml says what it runs on here. */
export interface OwnTrainer {
  readonly name: string;
  /** As it describes itself. */
  readonly runsOn: string;
}

/** How long a trainer may take to say what it runs on, seconds: it loads its libraries, and tries the device. */
const patience = 120;

/**
 * Looks whether each trainer that site.yaml sets is there and runs on what it is told to, where it would train: what a
 * hospital counts on is missed when its daemon starts, and not in a round.
 * @throws {FedwardError} naming the key: PLUGIN_UNKNOWN, CONFIG_INVALID for options that it does not have;
 *   CONFIG_INCOMPATIBLE where it does not run, in its own words, which say what to install
 */
export async function ownTrainers(
  { trainers }: Pick<SiteConfig, 'trainers'>,
  team: readonly TeamPlugins[],
  trainerOf: TrainerOf,
): Promise<OwnTrainer[]> {
  const own: OwnTrainer[] = [];
  for (const [name, options] of Object.entries(trainers)) {
    const key = `trainers.${name}`;
    const installed = (await InstalledPlugins.load(team, name)).withTrainerOptions(options);
    const plugin = installed.get('trainer', name, key);
    await plugin.create(options, key);
    const runsOn = await asDescribed(() => trainerOf(name, installed)).catch((error: unknown) => {
      throw notThere(key, wordsOf(error), error);
    });
    if (plugin.available?.() === false) throw notThere(key, `what it needs is not installed: ${plugin.summary}`);
    own.push({ name, runsOn });
  }
  return own;
}

async function asDescribed(make: () => ReturnType<TrainerOf>): Promise<string> {
  const trainer = await make();
  try {
    return await withDeadline(patience, undefined, () => trainer.describe());
  } finally {
    await trainer.close?.();
  }
}

function notThere(key: string, why: string, cause?: unknown): FedwardError {
  return new FedwardError('CONFIG_INCOMPATIBLE', `${key}: ${why}`, key, { cause });
}
