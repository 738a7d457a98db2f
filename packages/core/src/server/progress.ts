import type { State } from '../base/state.js';
import type { Protection } from '../privacy/protection.js';
import type { Spending } from '../privacy/spending.js';
import type { Random } from '../random/random.js';
import type { Accounts } from './accounts.js';
import type { Collection } from './collect.js';
import type { Introductions } from './introductions.js';
import type { RunLog } from './run-log.js';
import type { LastTaken } from './run-memory.js';
import type { MechanismStates } from './server-side.js';

/** What a run carries from round to round. */
export interface Progress<S extends State> {
  readonly state: S;
  readonly mechanisms: MechanismStates;
  /** Each client's update that was taken last. */
  readonly taken: ReadonlyMap<string, LastTaken>;
  readonly simulationOnly: boolean;
}

/** What a round needs of its run. */
export interface RoundTools {
  readonly planHash: string;
  readonly random: Random;
  readonly protection: Protection;
  readonly spending: Spending | undefined;
  readonly collection: Collection;
  readonly introductions: Introductions;
  readonly log: RunLog;
  readonly accounts: Accounts;
  /** Called with the round's charges booked and nothing sent yet. */
  readonly beforeRelease: () => Promise<void>;
}
