import { proposalOf, subjectDigest, type ApprovalVerdict } from '@fedward/compliance';
import { FedwardError, type JsonObject } from '@fedward/core';
import { approvalOf, changesSince, planHashOf, type StudyRecord } from '../studies/index.js';
import type { House } from './house.js';
import { NotApproved } from './refusals.js';
import type { Room } from './room.js';
import { Unfit, type Rooms } from './rooms.js';

/** A study that may run: approved, on data that are those that were approved. */
export interface Admitted {
  readonly record: StudyRecord;
  readonly room: Room;
}

/** What a hospital's people have said of studies, held against what would run. */
export class Approvals {
  /** Plans by their hashes, of each study that may run. */
  readonly #approvedPlans = new Map<string, string>();

  constructor(
    private readonly house: House,
    private readonly rooms: Rooms,
  ) {}

  /**
   * Approves by hand what would run here now.
   * @throws {FedwardError} CONFIG_INVALID for a study that is not known, or where plans are approved by signed notes; what
   *   hinders the study
   */
  async approve(id: string, { by, words }: { readonly by: string; readonly words: string }): Promise<StudyRecord> {
    const { book, now } = this.house;
    this.#assertByHand();
    const known = await this.#looked(this.#recordOf(id));
    const room = await this.rooms.of(known).catch((error: unknown) => {
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

  /**
   * A study that its people have approved, on the data that they have approved it for.
   * @throws {Unfit} where data or software hinder it
   * @throws {FedwardError} PLAN_NOT_APPROVED; CONFIG_INCOMPATIBLE where it has begun on something else
   */
  async admitted(given: StudyRecord): Promise<Admitted> {
    const { id } = this.house.config;
    const { study } = given;
    this.#approvedPlans.delete(study.id);
    const record = await this.#looked(given);
    const room = await this.rooms.of(record);
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
    this.#approvedPlans.set(study.id, planHashOf(study));
    return { record, room };
  }

  /** Writes into the inbox what would run, wherever it is another than was proposed last. */
  async #looked(record: StudyRecord): Promise<StudyRecord> {
    const { book, approvals, now } = this.house;
    const { study, nonce, proposed } = record;
    const { subject } = await this.rooms.of(record);
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

  /** Of a study that has ended. */
  forget(id: string): void {
    this.#approvedPlans.delete(id);
  }
}
