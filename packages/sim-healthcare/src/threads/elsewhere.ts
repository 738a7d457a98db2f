import { FedwardError, type TrainingPlan } from '@fedward/core';
import type { PlannedRun } from '../run/run-folder.js';
import type { Simulation } from '../run/simulation-schema.js';
import type { SentData } from './messages.js';
import type { ThreadPool } from './pool.js';
import { canLiveInThreads, type SiteHalves } from './site-halves.js';

/** Other processes in which the sites of a run answer. Logs, ledgers and stores stay with the run, as with threads. */
export interface SitesElsewhere extends Pick<ThreadPool, 'run'> {
  /**
   * Waits until there is somebody to train.
   * @param say what whoever watches the run should know, in words
   * @throws {FedwardError} ABORTED, and what keeps the run from being carried out there
   */
  start(say: (words: string) => void, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** What makes them, for one run. @throws {FedwardError} of the family `configuration` */
export type OpenSites = (run: PlannedRun, about: { readonly trainer: string }) => SitesElsewhere;

declare module '@fedward/core' {
  interface PluginKinds {
    /** Where the sites of a simulation answer: a package that has processes for them exports one among its `plugins`. */
    sites: OpenSites;
  }
}

/** What crosses in the place of data to whoever has a population of its own. */
export const ownData: SentData = {
  ...{ id: -1, count: 0, featureShape: [] },
  from: { features: new Float32Array(0), labels: new Float32Array(0) },
};

/**
 * Refuses a run whose sites can answer in this process alone.
 * @throws {FedwardError} CONFIG_INCOMPATIBLE
 */
export function assertElsewhere(plan: TrainingPlan, simulation: Simulation, halves: SiteHalves): void {
  if (simulation.secureNoise)
    throw refused('secret noise is drawn at the hospital whose it is: workers train with noise from the seed alone');
  if (simulation.policies) throw refused("the rules of hospitals' hosts are asked in the simulation's own process");
  if (simulation.optOuts !== undefined) throw refused('a list of patients who opted out stays where it is');
  if (!canLiveInThreads(plan, halves))
    throw refused("workers have the plugins that come with fedward, and a mechanism may not ask hospitals between them and the server"); // prettier-ignore
}

function refused(why: string): FedwardError {
  return new FedwardError('CONFIG_INCOMPATIBLE', `--nats: ${why}; run it without`, '--nats');
}
