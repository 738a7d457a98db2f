import { FedwardError, planHash, type Json, type JsonObject } from '@fedward/core';
import { parseStudy, type Study, type StudyStanding } from '@fedward/transport-nats';
import type { Database, Queries } from '../store/database.js';
import type { StudySoftware } from './software.js';
import { assertLeadsTo, type StudyState } from './state.js';

/** A study as the store has it. */
export interface StudyRecord {
  readonly study: Study;
  readonly planHash: string;
  /** What it was proposed by. */
  readonly software: StudySoftware;
  readonly state: StudyState;
  /** Why it stands there, in words. */
  readonly why: string;
  /** Whether it starts once the plan's quorum has approved, instead of all. */
  readonly quorumIsEnough: boolean;
  /** ISO 8601, UTC. */
  readonly created: string;
  readonly changed: string;
}

/** Where a study stands at a hospital, as it said last. */
export interface MemberStanding {
  readonly site: string;
  /** `unknown` before it has answered. */
  readonly state: StudyStanding['state'] | 'unknown';
  readonly why: string;
  readonly changed: string;
}

/** Something that happened to a study. */
export interface StudyEvent {
  /** From 0 on. */
  readonly number: number;
  readonly time: string;
  readonly kind: string;
  readonly details: JsonObject;
}

interface EventRow {
  readonly number: number;
  readonly time: string;
  readonly kind: string;
  readonly details: string;
}

interface StudyRow {
  readonly document: string;
  readonly plan_hash: string;
  readonly software: string;
  readonly state: StudyState;
  readonly why: string;
  readonly quorum_is_enough: boolean;
  readonly created: string;
  readonly changed: string;
}

/** Studies in a database: each step is there before it is acted on, with an event that tells it. */
export class StudyStore {
  #last: Promise<unknown> = Promise.resolve();

  /** @param now ISO 8601, UTC */
  constructor(
    private readonly database: Database,
    private readonly now: () => string = () => new Date().toISOString(),
  ) {}

  /** Numbers of events are given one after the other; no other process writes to the database. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined); // its caller is told
    return done;
  }

  /** A new study, proposed. @throws {FedwardError} CONFIG_INVALID where there is one of this id, in whatever case */
  async add(study: Study, software: StudySoftware): Promise<void> {
    const time = this.now();
    const { id, members } = study;
    await this.#writing(async (within) => {
      // Its folder is named so, on file systems that may not tell cases apart.
      const [same] = await within.query<{ id: string }>('select id from studies where lower(id) = lower($1)', [id]);
      if (same) throw new FedwardError('CONFIG_INVALID', `there is a study ${same.id} already: take another id`, id);
      await within.query(
        `insert into studies (id, document, plan_hash, software, state, why, created, changed)
         values ($1, $2, $3, $4, 'proposed', '', $5, $5)`,
        [id, JSON.stringify(study), planHash(study.plan), JSON.stringify(software), time],
      );
      for (const site of members)
        await within.query(
          "insert into standings (study, site, state, why, changed) values ($1, $2, 'unknown', '', $3)",
          [id, site, time],
        );
      await this.#tell(within, id, 'proposed', { members });
    });
  }

  /** By the time of their proposal. */
  async list(): Promise<readonly StudyRecord[]> {
    const rows = await this.database.query<StudyRow>('select * from studies order by created, id');
    return rows.map(recordOf);
  }

  /** @throws {FedwardError} CONFIG_INVALID naming those that there are */
  async get(id: string): Promise<StudyRecord> {
    const [row] = await this.database.query<StudyRow>('select * from studies where id = $1', [id]);
    if (row) return recordOf(row);
    const ids = (await this.list()).map(({ study }) => study.id);
    const others = ids.length > 0 ? `; there are: ${ids.slice(-10).join(', ')}` : '';
    throw new FedwardError('CONFIG_INVALID', `there is no study ${id} here${others}`, id);
  }

  /**
   * Moves a study to another state; a state that it has already gets the new words alone.
   * @returns whether anything is new
   * @throws {FedwardError} CONFIG_INVALID where it can't come to stand there from where it is
   */
  async move(id: string, to: StudyState, why: string, changes: { quorumIsEnough?: boolean } = {}): Promise<boolean> {
    return this.#writing(async (within) => {
      const [row] = await within.query<StudyRow>('select * from studies where id = $1 for update', [id]);
      if (!row) throw new FedwardError('CONFIG_INVALID', `there is no study ${id} here`, id);
      if (row.state === to && row.why === why) return false;
      if (row.state !== to) assertLeadsTo(id, row.state, to);
      const enough = changes.quorumIsEnough ?? row.quorum_is_enough;
      await within.query('update studies set state = $2, why = $3, quorum_is_enough = $4, changed = $5 where id = $1', [
        id,
        to,
        why,
        enough,
        this.now(),
      ]);
      await this.#tell(within, id, to, { why });
      return true;
    });
  }

  /** In the order of the federation. */
  async standings({ id, members }: Study): Promise<readonly MemberStanding[]> {
    const rows = await this.database.query<MemberStanding>(
      'select site, state, why, changed from standings where study = $1',
      [id],
    );
    const bySite = new Map(rows.map((row) => [row.site, row]));
    return members.flatMap((site) => bySite.get(site) ?? []);
  }

  /** What a hospital says of a study now; an event where that is new. */
  async setStanding(id: string, site: string, { state, why }: Pick<MemberStanding, 'state' | 'why'>): Promise<void> {
    await this.#writing(async (within) => {
      const changed = await within.query(
        `update standings set state = $3, why = $4, changed = $5
         where study = $1 and site = $2 and (state <> $3 or why <> $4) returning site`,
        [id, site, state, why, this.now()],
      );
      if (changed.length > 0) await this.#tell(within, id, 'standing', { site, state, why });
    });
  }

  /** Adds an event. */
  tell(id: string, kind: string, details: JsonObject): Promise<void> {
    return this.#inTurn(() => this.#tell(this.database, id, kind, details));
  }

  /**
   * @param from number of the first that is wanted
   * @param most how many are given
   */
  async events(id: string, from = 0, most = 2 ** 31 - 1): Promise<readonly StudyEvent[]> {
    const rows = await this.database.query<EventRow>(
      'select number, time, kind, details from study_events where study = $1 and number >= $2 order by number limit $3',
      [id, from, most],
    );
    return rows.map(({ details, ...event }) => ({ ...event, details: JSON.parse(details) as JsonObject }));
  }

  /** Number of the event that comes next. */
  async nextEvent(id: string): Promise<number> {
    const [row] = await this.database.query<{ next: number }>(
      'select coalesce(max(number) + 1, 0) as next from study_events where study = $1',
      [id],
    );
    return row?.next ?? 0;
  }

  /** Rounds that have ended: each is told, if more than once where a coordinator was started again. */
  async roundsTold(id: string): Promise<number> {
    const [row] = await this.database.query<Pick<EventRow, 'details'>>(
      "select details from study_events where study = $1 and kind = 'round' order by number desc limit 1",
      [id],
    );
    return row ? Number((JSON.parse(row.details) as JsonObject)['round']) + 1 : 0;
  }

  #writing<T>(work: (within: Queries) => Promise<T>): Promise<T> {
    return this.#inTurn(() => this.database.transaction(work));
  }

  async #tell(within: Queries, id: string, kind: string, details: Readonly<Record<string, Json>>): Promise<void> {
    await within.query(
      `insert into study_events (study, number, time, kind, details)
       select $1, coalesce(max(number) + 1, 0), $2, $3, $4 from study_events where study = $1`,
      [id, this.now(), kind, JSON.stringify(details)],
    );
  }
}

function recordOf(row: StudyRow): StudyRecord {
  return {
    study: studyOf(row.document),
    planHash: row.plan_hash,
    software: JSON.parse(row.software) as StudySoftware,
    state: row.state,
    why: row.why,
    quorumIsEnough: row.quorum_is_enough,
    created: row.created,
    changed: row.changed,
  };
}

/** Those that were read last, by their text: a status is asked several times a second, and a plan takes long to check. */
const parsed = new Map<string, Study>();
const mostParsed = 20;

function studyOf(text: string): Study {
  const known = parsed.get(text);
  if (known) return known;
  const document = JSON.parse(text) as { readonly id: string };
  const study = parseStudy(document, `study ${document.id} in the store`);
  if (parsed.size >= mostParsed) parsed.clear();
  parsed.set(text, study);
  return study;
}
