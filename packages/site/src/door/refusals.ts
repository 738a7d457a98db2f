import type { ApprovalVerdict } from '@fedward/compliance';
import { FedwardError, isFedwardError, wordsOf } from '@fedward/core';
import type { House } from './house.js';
import { Unfit } from './rooms.js';
import { cutWords } from './words.js';

/** What a plan that is not approved is refused with: the exact words are for the hospital's own log. */
export class NotApproved extends FedwardError {
  readonly why: string;

  constructor(id: string, { why, told }: ApprovalVerdict) {
    super('PLAN_NOT_APPROVED', told, id);
    this.why = why;
  }
}

/** What was refused. */
interface Refused {
  readonly runId: string;
  readonly round?: number | undefined;
  readonly kind: string;
}

/** Refusals: in the hospital's log with their reason, and outside without what follows from data. */
export class Refusals {
  /** The last one of each study that is in the log: who asks the same each second fills no disk. */
  readonly #last = new Map<string, string>();

  constructor(private readonly house: House) {}

  /** Something of a study was let in: the next refusal is news. */
  passed(runId: string): void {
    this.#last.delete(runId);
  }

  /** @throws {FedwardError} AUDIT_FAILED */
  async note({ runId, round, kind }: Refused, error: unknown): Promise<void> {
    const cause = error instanceof Unfit ? error.cause : error;
    const code = isFedwardError(cause) ? cause.code : 'CLIENT_FAILED';
    const why = cutWords(cause instanceof NotApproved ? cause.why : wordsOf(cause));
    this.house.onEvent({ event: 'refused', study: runId, ...(round !== undefined && { round }), kind, code, why });
    const said = JSON.stringify([round, kind, code, why]);
    if (this.#last.get(runId) === said) return;
    if (this.#last.size > 1000) this.#last.clear();
    this.#last.set(runId, said);
    const { audit, now, config } = this.house;
    const at = { ...(Number.isInteger(round) && { round: round! }), clientId: config.id };
    await audit.append({ type: 'refusal', time: now(), runId: cutWords(runId), ...at, details: { code, reason: why } });
  }

  /**
   * A message that was not taken: not the coordinator's, for somebody else, or an old one. It is of no study, whatever it says.
   * @param left how many like it came since the last that is in the log
   * @throws {FedwardError} AUDIT_FAILED
   */
  async noteMessage(code: string, words: string, left: number): Promise<void> {
    const { audit, now, config } = this.house;
    const reason = cutWords(left === 0 ? words : `${words} (and ${left} like it before)`);
    const at = { time: now(), runId: config.federation, clientId: config.id };
    await audit.append({ type: 'refusal', ...at, details: { code, reason } });
  }

  /** An error as it may be told outside. */
  leaving(error: unknown): FedwardError {
    const { id } = this.house.config;
    if (error instanceof Unfit) {
      const { cause } = error;
      if (error.open && isFedwardError(cause)) return cause;
      const code = isFedwardError(cause) ? cause.code : 'CLIENT_FAILED';
      return new FedwardError(code, `${id} can’t take part as it is (${code}): its own people see why`, id);
    }
    if (isFedwardError(error)) return new FedwardError(error.code, error.message, id);
    return new FedwardError('CLIENT_FAILED', `${id} failed: its own people see why`, id);
  }
}
