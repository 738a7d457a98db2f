import type { State } from '../base/state.js';
import type { Plan } from '../plan/plan.js';
import type { SiteDescription } from './description.js';
import type { EvaluateResult, EvaluateTask, MechanismCall, Task, Update } from './messages.js';

/** A site, as the server sees it, wherever it runs. `createSite` of core is one around a trainer or a query and data. */
export interface Client {
  readonly id: string;
  /** What the site says of itself: who runs there, under which plans, with which promises. */
  describe(signal: AbortSignal): Promise<SiteDescription>;
  /**
   * Asked before round 0, so that what is missing is known before anything is sent.
   * @throws {FedwardError} PLAN_NOT_APPROVED, or CONFIG_INCOMPATIBLE naming what is missing
   */
  propose(plan: Plan, signal: AbortSignal): Promise<void>;
  /** @throws where the site refuses or fails; the round goes on without it, by the quorum rule */
  answer(task: Task, signal: AbortSignal): Promise<Update>;
  evaluate(task: EvaluateTask, signal: AbortSignal): Promise<EvaluateResult>;
  /** A mechanism's own messages, such as the key exchange of secure aggregation, behind the same gate and log. */
  call(call: MechanismCall, signal: AbortSignal): Promise<State>;
}

/** How the server reaches its clients. What is passed must arrive as a copy: nothing is shared. */
export interface Transport {
  /** Ids of the clients that can be asked now, in an order that does not change within a run. */
  clients(): readonly string[];
  /**
   * The client as it is reached from here: its methods reject with CLIENT_UNKNOWN for an id that is not there, and with
   * ABORTED once their signal fires.
   */
  client(id: string): Client;
  /**
   * Hands a task on to a client and resolves once its answer lies ready, without holding it: it is then fetched by `answer`
   * with the very same task, when there is room for it, and also where the round's time has passed meanwhile. With it a
   * whole cohort is at work however few updates the server's memory holds. Absent: a client begins when its answer is asked
   * for. It rejects where `answer` would.
   */
  announce?(id: string, task: Task, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
