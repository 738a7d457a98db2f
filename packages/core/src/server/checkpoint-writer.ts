import type { State } from '../base/state.js';
import type { Remembered, RunMemory } from './run-memory.js';

/**
 * When a run's checkpoints are written.
 * @template S the aggregator's state
 */
export class CheckpointWriter<S extends State> {
  #onTheWay: Promise<void> = Promise.resolve();

  /**
   * @param repeatable true for a run whose rounds, run again after a crash, give the same: its checkpoint may be on the way
   *   to the disk while the next round runs. Else the next must wait for it
   */
  constructor(
    private readonly memory: RunMemory<S>,
    private readonly repeatable: boolean,
  ) {}

  /** Resolves once it is written, with the charges of a round that has not sent anything yet. */
  charged(remembered: Remembered<S>): Promise<void> {
    return this.memory.save(remembered, true);
  }

  /** After a round. A failure is told by the next. @param last true where no round follows */
  async afterRound(remembered: Remembered<S>, last: boolean): Promise<void> {
    await this.#onTheWay;
    this.#onTheWay = this.memory.save(remembered, false);
    this.#onTheWay.catch(() => undefined);
    if (!this.repeatable || last) await this.#onTheWay;
  }

  /** Resolves once nothing is on the way any more, written or not: whoever resumes the run meets no other writer. */
  async settled(): Promise<void> {
    await this.#onTheWay.catch(() => undefined);
  }
}
