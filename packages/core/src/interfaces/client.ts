import type { EvaluateResult, EvaluateTask, FitResult, FitTask } from './messages.js';

/** A site, as the server sees it. `createSite` of core is one around a trainer and data. */
export interface Client {
  readonly id: string;
  /** @throws where the site refuses or fails; the round goes on without it, by the quorum rule */
  fit(task: FitTask, signal: AbortSignal): Promise<FitResult>;
  evaluate(task: EvaluateTask, signal: AbortSignal): Promise<EvaluateResult>;
  /** A mechanism's own messages, such as the key exchange of secure aggregation. */
  call?(topic: string, body: Uint8Array, signal: AbortSignal): Promise<Uint8Array>;
}

/** How the server reaches its clients. What is passed must arrive as a copy: nothing is shared. */
export interface Transport {
  /** Ids of the clients that can be asked now, in an order that does not change within a run. */
  clients(): readonly string[];
  /** @throws {FedwardError} CLIENT_UNKNOWN for an id that is not there, ABORTED once `signal` fires */
  fit(clientId: string, task: FitTask, signal: AbortSignal): Promise<FitResult>;
  evaluate(clientId: string, task: EvaluateTask, signal: AbortSignal): Promise<EvaluateResult>;
  call?(clientId: string, topic: string, body: Uint8Array, signal: AbortSignal): Promise<Uint8Array>;
  close(): Promise<void>;
}
