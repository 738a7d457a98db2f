import { proposalOf, subjectDigest, type ApprovalVerdict } from '@fedward/compliance';
import { cutWords } from './words.js';
import {
  FedwardError,
  isFedwardError,
  planHash,
  type Client,
  type EvaluateTask,
  type JsonObject,
  type MechanismCall,
  type Task,
} from '@fedward/core';
import { reached } from '@fedward/kit-daemon';
import type { QuestionAbout, SiteDoor, Study, StudyNotice, StudyStanding } from '@fedward/transport-nats';
import { approvalOf, changesSince, type StudyRecord } from '../studies/index.js';
import { assertBudget, assertKnown, assertRoomOnDisk } from './checks.js';
import type { House } from './house.js';
import type { Room } from './room.js';
import { NotApproved, Refusals } from './refusals.js';
import { Rooms, Unfit } from './rooms.js';

const never = new AbortController().signal;

/** A study that may run: approved, on data that are those that were approved. */
interface Admitted {
  readonly record: StudyRecord;
  readonly room: Room;
}

/** What a hospital answers to its coordinator, each question behind its approvals, budget, disk, rules, ledger and log. */
export class HospitalDoor implements SiteDoor {
  readonly #rooms: Rooms;
  readonly #refusals: Refusals;
  /** Plans by their hashes, of each study that may run. */
  readonly #approvedPlans = new Map<string, string>();

  constructor(private readonly house: House) {
    this.#rooms = new Rooms(house);
    this.#refusals = new Refusals(house);
  }

  async admit(about: QuestionAbout): Promise<void> {
    const { runId, round, kind } = about;
    const place = { study: runId, ...(round !== undefined && { round }), kind };
    this.house.onEvent({ event: 'asked', ...place });
    try {
      const record = this.house.book.get(runId);
      assertKnown(record, about, this.house);
      const { room } = await this.#approved(record);
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
      const record = this.house.book.list().findLast(({ ended, study }) => !ended && planHash(study.plan) === hash);
      if (record) return record;
      throw new FedwardError('PLAN_NOT_APPROVED', `${id} has approved no study of plan ${hash}`, id);
    };
    newest();
    const unnamed = async (): Promise<Client> => (await this.#approved(newest())).room.client;
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
      this.#approvedPlans.delete(runId);
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

  /**
   * Approves by hand what would run here now.
   * @throws {FedwardError} CONFIG_INVALID for a study that is not known, or where plans are approved by signed notes; what
   *   hinders the study
   */
  async approve(id: string, { by, words }: { readonly by: string; readonly words: string }): Promise<StudyRecord> {
    const { book, now } = this.house;
    this.#assertByHand();
    const known = await this.#looked(this.#recordOf(id));
    const room = await this.#rooms.of(known).catch((error: unknown) => {
      throw error instanceof Unfit ? error.cause : error;
    });
    const entry = { kind: 'approved' as const, by, time: now(), subject: room.subject, words };
    const record = await book.change(id, { hand: [...known.hand, entry] });
    await this.#logApprovals(record, await this.#verdict(record, room));
    return this.#recordOf(id);
  }

  /** Takes back, by hand, what was approved; it holds from the next question on. @throws {FedwardError} CONFIG_INVALID */
  async revoke(id: string, { by, words }: { readonly by: string; readonly words: string }): Promise<StudyRecord> {
    const { book, now } = this.house;
    this.#assertByHand();
    const known = this.#recordOf(id);
    const last = known.hand.at(-1);
    if (last?.kind !== 'approved')
      throw new FedwardError('CONFIG_INVALID', `study ${id} is not approved here: there is nothing to revoke`, id);
    const entry = { kind: 'revoked' as const, by, time: now(), subject: last.subject, words };
    const record = await book.change(id, { hand: [...known.hand, entry] });
    await this.#log(record, 'approval', { revoked: subjectDigest(last.subject), key: by, meaning: words });
    this.house.onEvent({ event: 'study-revoked', study: id, by });
    return record;
  }

  /** Hashes of the plans that may run here, as far as they were looked at. */
  get approved(): readonly string[] {
    return [...new Set(this.#approvedPlans.values())];
  }

  /** Where each study stands. */
  async standings(): Promise<readonly { readonly record: StudyRecord; readonly standing: StudyStanding }[]> {
    const all: { readonly record: StudyRecord; readonly standing: StudyStanding }[] = [];
    for (const record of this.house.book.list())
      all.push({ record, standing: record.ended ? { state: 'refused', why: `it has ended: ${record.ended.how}` } : await this.#standingOf(record) }); // prettier-ignore
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
      const record = await book.propose(study);
      standing = record.ended ? { state: 'refused', why: 'it has ended' } : await this.#standingOf(record);
      if (!known) onEvent({ event: 'study-proposed', study: study.id, ...standing });
    } catch (error) {
      if (!isFedwardError(error)) throw error;
      standing = { state: 'refused', why: error.message };
    }
    return standing;
  }

  /** In words that may leave. */
  async #standingOf(record: StudyRecord): Promise<StudyStanding> {
    try {
      const { room } = await this.#approved(record);
      // By the hospital's own rules, which have their say after its people.
      await room.client.propose(room.plan, never);
      return { state: 'approved', why: '' };
    } catch (error) {
      const { code, message } = this.#refusals.leaving(error);
      const waits = code === 'PLAN_NOT_APPROVED' || code === 'STORAGE_FAILED' || error instanceof Unfit;
      return { state: waits ? 'waiting' : 'refused', why: cutWords(message) };
    }
  }

  /**
   * A study that its people have approved, on the data that they have approved it for.
   * @throws {Unfit} where data or software hinder it
   * @throws {FedwardError} PLAN_NOT_APPROVED; CONFIG_INCOMPATIBLE where it has begun on something else
   */
  async #approved(given: StudyRecord): Promise<Admitted> {
    const { id } = this.house.config;
    const { study } = given;
    this.#approvedPlans.delete(study.id);
    const record = await this.#looked(given);
    const room = await this.#rooms.of(record);
    const verdict = await this.#verdict(record, room);
    if (!verdict.ok) throw new NotApproved(id, verdict);
    await this.#logApprovals(record, verdict);
    const changes = changesSince(record.begun, room.subject);
    if (changes !== '')
      throw new FedwardError(
        'CONFIG_INCOMPATIBLE',
        `${id} began study ${record.study.id} with other inputs: ${changes}. Bring them back, or propose a new study`,
        id,
      );
    this.#approvedPlans.set(study.id, planHash(study.plan));
    return { record, room };
  }

  /** Writes into the inbox what would run, wherever it is another than was proposed last. */
  async #looked(record: StudyRecord): Promise<StudyRecord> {
    const { book, approvals, now } = this.house;
    const { study, nonce, proposed } = record;
    const { subject } = await this.#rooms.of(record);
    if (proposed && subjectDigest(proposed.subject) === subjectDigest(subject)) return record;
    const time = now();
    const proposal = proposalOf({ name: study.name, time, nonce, plan: study.plan, subjects: [subject] });
    const file = await approvals.addProposal(proposal);
    return book.change(study.id, { proposed: { time, subject, file } });
  }

  #verdict(record: StudyRecord, { subject }: Room): Promise<ApprovalVerdict> {
    const { rules, approvals, now } = this.house;
    return approvalOf(record, subject, { rules, store: approvals, now: now() });
  }

  /** Each once: who approved what, and when. */
  async #logApprovals(record: StudyRecord, { by }: ApprovalVerdict): Promise<void> {
    const of = (each: (typeof by)[number]): string => JSON.stringify([each.digest, each.key, each.time]);
    const news = by.filter((each) => !record.logged.includes(of(each)));
    if (news.length === 0) return;
    for (const { digest, key, meaning, time, expires } of news)
      await this.#log(record, 'approval', { approval: digest, key, meaning, signed: time, ...(expires !== undefined && { expires }) }); // prettier-ignore
    await this.house.book.change(record.study.id, { logged: [...record.logged, ...news.map(of)] });
    this.house.onEvent({ event: 'study-approved', study: record.study.id, by: news.map(({ key }) => key) });
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
      admitted = await this.#approved(record);
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
      if (!again) await book.change(runId, { answered: { newest: round, rounds: (answered?.rounds ?? 0) + 1 } });
    }
    onEvent({ event: 'answered', study: runId, round, kind });
    return answer;
  }

  #recordOf(id: string): StudyRecord {
    const record = this.house.book.get(id);
    if (record) return record;
    const known = this.house.book.list().map(({ study }) => study.id);
    throw new FedwardError('CONFIG_INVALID', `there is no study ${id} here; there ${known.length === 0 ? 'are none' : `is ${known.join(', ')}`}`, id); // prettier-ignore
  }

  #assertByHand(): void {
    if (!this.house.rules.approvals) return;
    const message = 'plans are approved by signed notes here: `fedward plan approve`, `fedward plan revoke`';
    throw new FedwardError('CONFIG_INVALID', message, 'approvals');
  }

  #log({ study }: StudyRecord, type: 'approval', details: JsonObject) {
    const { audit, now, config } = this.house;
    return audit.append({ type, time: now(), runId: study.id, clientId: config.id, details });
  }
}
