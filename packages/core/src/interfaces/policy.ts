import type { JsonObject } from '../base/json.js';
import type { State } from '../base/state.js';
import type { TensorsForm } from '../parameters/parameters.js';
import type { Plan } from '../plan/plan.js';
import type { Adjacency, DpEvent } from '../privacy/events.js';
import type { SiteDescription, Software } from './description.js';
import type { EvaluateResult, Task, Update } from './messages.js';

/** What a site is asked for, as its host's rules see it: before anything is computed or charged. */
export interface Asked {
  /** `plan`: whether it would take part at all, before round 0. */
  readonly kind: 'plan' | 'answer' | 'evaluation' | 'call';
  readonly clientId: string;
  /** The time there, ISO 8601. */
  readonly time: string;
  readonly plan: Plan;
  readonly planHash: string;
  /** Absent before a run. */
  readonly runId?: string;
  readonly round?: number;
  /** Ids of all that are asked in this round; absent for `plan` and `evaluation`. */
  readonly cohort?: readonly string[];
  /** What is sent; absent for `plan` and `call`. */
  readonly payload?: TensorsForm;
  /** Number of the site's own records. */
  readonly records: () => Promise<number>;
  /** Digest of the data sheet that the site takes part with. */
  readonly dataSheet?: string;
  /** What runs here. */
  readonly software: readonly Software[];
  /** What this release would spend of the site's data; undefined where nothing has a price. */
  readonly event?: DpEvent;
  /** What the rounds of the plan that it has approved spend together, with the scores that it asks for. */
  readonly eventOfPlan?: DpEvent;
  readonly adjacency?: Adjacency;
  /** True where the site's noise comes from a seed. */
  readonly simulationOnly: boolean;
  /** True where charges outlive runs. */
  readonly keepsLedger: boolean;
  /** What the study declares of itself, as it was approved: purpose, users, countries, permits. */
  readonly declared?: JsonObject;
}

/** What is about to leave a site. Nothing else does. */
export type Leaving =
  | {
      readonly kind: 'update';
      readonly message: Update;
      /** What it answers. */
      readonly task: Task;
      readonly plan: Plan;
      /** Number of the site's own records. */
      readonly records: () => Promise<number>;
    }
  | { readonly kind: 'scores'; readonly message: EvaluateResult }
  | { readonly kind: 'call'; readonly message: State; readonly mechanism: string }
  | { readonly kind: 'description'; readonly message: SiteDescription }
  | { readonly kind: 'error'; readonly message: { readonly code: string; readonly words: string } };

/** Why a rule says no. */
export interface PolicyRefusal {
  /** The rule's name. */
  readonly rule: string;
  /** For the site's own log. */
  readonly reason: string;
  /** For whoever asked: what to change. Without any number that follows from patients. */
  readonly told: string;
}

/**
 * A host's own rules. They are asked last, whatever plan, strategy or mechanism there is, and nothing passes them by: a
 * refusal is in the site's log with its reason, and told by the code POLICY_REFUSED.
 */
export interface SitePolicy {
  readonly name: string;
  /** Of the rules, for the log. */
  readonly digest: string;
  admits(asked: Asked): Promise<PolicyRefusal | undefined>;
  /** Of an error that is refused its code goes, and no word. */
  releases(leaving: Leaving): Promise<PolicyRefusal | undefined>;
}
