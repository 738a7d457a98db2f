import type { JsonObject } from '../base/json.js';
import type { AccountantFactory } from '../interfaces/privacy.js';
import type { TrainingPlan } from '../plan/plan.js';
import type { PrivacyUnit } from '../privacy/events.js';

/** What a person decides of a mechanism, whichever it is. */
export interface PrivacySettings {
  /** The plan as far as it goes: all but its privacy section. */
  readonly plan: TrainingPlan;
  /** Number of sites. */
  readonly population: number;
  /** L2 norm to clip to. */
  readonly clipNorm: number;
  /** Standard deviation of the noise over the clip norm. Absent where it follows from `target`. */
  readonly noiseMultiplier?: number | undefined;
  /** The epsilon that all rounds together may spend, or, where the draft says so, that is claimed. */
  readonly target?: { readonly epsilon: number; readonly accountant: AccountantFactory } | undefined;
  readonly delta: number;
}

/**
 * How a privacy mechanism is written into a plan by a host that knows only settings: what it needs of the rest of the
 * plan, and its options. All of it is data or a pure function.
 */
export interface MechanismDraft {
  /** Of what its epsilon speaks unless someone asks for another that it has. */
  readonly unit: PrivacyUnit;
  /** The batches that it works on; absent: any. */
  readonly batches?: 'poisson' | 'shuffle';
  /** `cyclic`: it is made for sites that take turns. Absent: whoever is asked. */
  readonly cohort?: 'cyclic';
  /** The accountant that prices it best, by name. */
  readonly accountant: string;
  /** True where an epsilon that is asked for is only what it claims: then it is no target, and no budget. */
  readonly claims?: boolean;
  /**
   * The mechanism's options.
   * @throws {FedwardError} CALIBRATION_IMPOSSIBLE; CONFIG_INVALID naming a key of the plan that it can't work with
   */
  options(settings: PrivacySettings): JsonObject;
}
