import {
  FedwardError,
  hasCode,
  isFedwardError,
  type Client,
  type EvaluateTask,
  type MechanismCall,
  type Task,
} from '@fedward/core';
import { reached } from '@fedward/kit-daemon';
import type { QuestionAbout, SiteDoor, Study, StudyNotice, StudyStanding } from '@fedward/transport-nats';
import { planHashOf, type StudyRecord } from '../studies/index.js';
import { Approvals, type Admitted } from './approvals.js';
import { assertBudget, assertKnown, assertRoomOnDisk } from './checks.js';
import type { House } from './house.js';
import { Refusals } from './refusals.js';
import { Rooms, Unfit } from './rooms.js';
import { cutWords } from './words.js';

const never = new AbortController().signal;
/** How long what the rules have said of a proposal holds, milliseconds: some of them go by the hour. */
const ruledFor = 60_000;

/** A study at a hospital. */
export interface StudyHere {
  readonly record: StudyRecord;
  readonly standing: StudyStanding;
  /** As its trainer describes itself; null until it was asked. */
  readonly runsOn: string | null;
}

/** What a hospital answers to its coordinator, each question behind its approvals, budget, disk, rules, ledger and log. */
export class HospitalDoor implements SiteDoor {
  readonly #rooms: Rooms;
  readonly #refusals: Refusals;
  /** Studies that its rules have refused: asked again each second, a refusal is in the log once a minute. */
  readonly #ruledOut = new Map<string, { readonly error: unknown; readonly until: number }>();
  readonly #approvals: Approvals;

  constructor(private readonly house: House) {
    this.#rooms = new Rooms(house);
    this.#approvals = new Approvals(house, this.#rooms);
    this.#refusals = new Refusals(house);
  }

  async admit(about: QuestionAbout): Promise<void> {
    const { runId, round, kind } = about;
    const place = { study: runId, ...(round !== undefined && { round }), kind };
    this.house.onEvent({ event: 'asked', ...place });
    try {
      const record = this.house.book.get(runId);
      assertKnown(record, about, this.house);
      const { room } = await this.#approvals.admitted(record);
      await assertRoomOnDisk(this.house, about.bytes);
      await assertBudget(this.house, room, about);
    } catch (error) {
      await this.#refusals.note(about, error);
      throw this.#refusals.leaving(error);
    }
    this.#refusals.passed(runId);
    reached('site.admitted', { runId, round, kind });
  }

  /** One that answers for each study by its run: two may be of one plan. */
  async clientOf(hash: string): Promise<Client> {
    const { id } = this.house.config;
    const newest = (): StudyRecord => {
      const record = this.house.book.list().findLast(({ ended, study }) => !ended && planHashOf(study) === hash);
      if (record) return record;
      throw new FedwardError('PLAN_NOT_APPROVED', `${id} has approved no study of plan ${hash}`, id);
    };
    newest();
    const unnamed = async (): Promise<Client> => (await this.#approvals.admitted(newest())).room.client;
    return {
      id,
      describe: async (signal) => (await unnamed()).describe(signal),
      propose: async (plan, signal) => (await unnamed()).propose(plan, signal),
      answer: (task, signal) => this.#asked(task, 'answer', (client) => client.answer(task, signal)),
      evaluate: (task, signal) => this.#asked(task, 'evaluate', (client) => client.evaluate(task, signal)),
      call: (call, signal) => this.#asked(call, 'call', (client) => client.call(call, signal)),
    };
  }

  async study(notice: StudyNotice): Promise<StudyStanding> {
    if (notice.kind === 'proposed') return this.#proposed(notice.study);
    const { runId, how, words } = notice;
    const record = this.house.book.get(runId);
    if (record && !record.ended) {
      const { book, outbox, config, now } = this.house;
      await book.change(runId, { ended: { how, words: cutWords(words), time: now() } });
      await outbox.forget({ clientId: config.id, runId });
      await this.#rooms.close(runId);
      this.#approvals.forget(runId);
      this.house.onEvent({ event: 'study-ended', study: runId, how, words: cutWords(words) });
    }
    return { state: 'refused', why: 'it has ended' };
  }

  /**
   * The update is in the coordinator's state. It is kept all the same until the next is: a coordinator that comes back with an
   * older state asks for the round again, and gets the same bits at no charge.
   */
  async taken(runId: string, round: number): Promise<void> {
    reached('site.taken', { runId, round });
  }

  /** As `Refusals.noteMessage`. */
  refusedMessage(code: string, words: string, left: number): Promise<void> {
    return this.#refusals.noteMessage(code, words, left);
  }

  /** As `Approvals.approve`. */
  approve(id: string, said: { readonly by: string; readonly words: string }): Promise<StudyRecord> {
    return this.#approvals.approve(id, said);
  }

  /** As `Approvals.revoke`. */
  revoke(id: string, said: { readonly by: string; readonly words: string }): Promise<StudyRecord> {
    return this.#approvals.revoke(id, said);
  }

  /** Hashes of the plans that may run here, as far as they were looked at. */
  get approved(): readonly string[] {
    return this.#approvals.approved;
  }

  /** Where each study stands, and what it trains on here. */
  async standings(): Promise<readonly StudyHere[]> {
    const all: StudyHere[] = [];
    for (const record of this.house.book.list()) {
      const { ended, study } = record;
      const standing = ended ? ({ state: 'refused', why: `it has ended: ${ended.how}` } as const) : await this.#standingOf(record); // prettier-ignore
      all.push({ record, standing, runsOn: await this.#rooms.runsOn(study.id) });
    }
    return all;
  }

  close(): Promise<void> {
    return this.#rooms.closeAll();
  }

  async #proposed(study: Study): Promise<StudyStanding> {
    const { config, book, onEvent } = this.house;
    let standing: StudyStanding;
    try {
      if (!study.members.includes(config.id)) throw new FedwardError('PLAN_NOT_APPROVED', `${config.id} is not among its members`, config.id); // prettier-ignore
      const known = book.get(study.id) !== undefined;
      if (!known) await assertRoomOnDisk(this.house);
      const record = await book.propose(study);
      standing = record.ended ? { state: 'refused', why: 'it has ended' } : await this.#standingOf(record);
      if (!known) onEvent({ event: 'study-proposed', study: study.id, ...standing });
    } catch (error) {
      await this.#refusals.note({ runId: study.id, kind: 'proposed' }, error);
      if (!isFedwardError(error)) throw error;
      standing = {
        state: hasCode(error, 'STORAGE_FAILED') ? 'waiting' : 'refused',
        why: cutWords(this.#refusals.leaving(error).message),
      };
    }
    return standing;
  }

  /** In words that may leave. */
  async #standingOf(record: StudyRecord): Promise<StudyStanding> {
    const { id } = record.study;
    try {
      const { room } = await this.#approvals.admitted(record);
      const known = this.#ruledOut.get(id);
      if (known && performance.now() < known.until) throw known.error;
      // By the hospital's own rules, which have their say after its people.
      await room.client.propose(room.plan, never).catch((error: unknown) => {
        this.#ruledOut.set(id, { error, until: performance.now() + ruledFor });
        throw error;
      });
      return { state: 'approved', why: '' };
    } catch (error) {
      const { code, message } = this.#refusals.leaving(error);
      const waits = code === 'PLAN_NOT_APPROVED' || code === 'STORAGE_FAILED' || error instanceof Unfit;
      return { state: waits ? 'waiting' : 'refused', why: cutWords(message) };
    }
  }

  /** A question to a study's client, which the door has admitted: looked at again, since that may be long ago. */
  async #asked<T>(
    asked: Task | EvaluateTask | MechanismCall,
    kind: string,
    ask: (client: Client) => Promise<T>,
  ): Promise<T> {
    const { book, onEvent } = this.house;
    const { runId, round } = asked;
    let admitted: Admitted;
    try {
      const record = book.get(runId);
      assertKnown(record, { kind: 'answer', runId, planHash: asked.planHash, round, bytes: 0 }, this.house);
      admitted = await this.#approvals.admitted(record);
    } catch (error) {
      await this.#refusals.note({ runId, round, kind }, error);
      throw this.#refusals.leaving(error);
    }
    const { record, room } = admitted;
    if (!record.begun) await book.change(runId, { begun: room.subject });
    const answer = await ask(room.client);
    if (kind === 'answer') {
      const { answered } = book.get(runId)!;
      const again = answered?.newest === round;
      if (!again) book.noteAnswered(runId, { newest: round, rounds: (answered?.rounds ?? 0) + 1 });
    }
    onEvent({ event: 'answered', study: runId, round, kind });
    return answer;
  }
}
