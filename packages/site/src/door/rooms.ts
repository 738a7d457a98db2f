import { subjectDigest } from '@fedward/compliance';
import { FedwardError, type JsonObject } from '@fedward/core';
import { shownCounts } from '@fedward/data-medical';
import { dataFiles, stampOf } from '../data/index.js';
import type { StudyRecord } from '../studies/index.js';
import type { House } from './house.js';
import { openRoom, roomPlugins, type Room } from './room.js';

/** Why a study can't run here, and whether that may be told. */
export class Unfit extends Error {
  constructor(
    override readonly cause: unknown,
    /** True where it follows from plan and software alone, and not from data. */
    readonly open: boolean,
  ) {
    super('a study can’t run here', { cause });
  }
}

/** The rooms of studies: each is made when it is first asked for, and anew once the data on the disk have changed. */
export class Rooms {
  readonly #rooms = new Map<string, Promise<Room>>();

  constructor(private readonly house: House) {}

  /** How many are made. */
  get size(): number {
    return this.#rooms.size;
  }

  /**
   * @throws {Unfit}
   */
  async of(record: StudyRecord): Promise<Room> {
    const { id } = record.study;
    const known = this.#rooms.get(id);
    if (known) {
      const room = await known;
      if (room.data.stamp === (await stampOf(dataFiles(this.house.config.data!, this.house.files.folder)))) return room;
      // Another question may have seen it first.
      if (this.#rooms.get(id) === known) await this.close(id);
    }
    const again = this.#rooms.get(id);
    if (again) return again;
    const made = this.#make(record);
    this.#rooms.set(id, made);
    made.catch(() => this.#rooms.delete(id));
    return made;
  }

  /** What a study trains on here, as its trainer describes itself; null while there is no room for it, or nobody has asked. */
  async runsOn(id: string): Promise<string | null> {
    const room = await this.#rooms.get(id)?.catch(() => undefined);
    return room?.runsOn() ?? null;
  }

  /** @param id of a study; one without a room has none to close */
  async close(id: string): Promise<void> {
    const room = this.#rooms.get(id);
    this.#rooms.delete(id);
    await room?.then((made) => made.close()).catch(() => undefined);
  }

  async closeAll(): Promise<void> {
    for (const id of [...this.#rooms.keys()]) await this.close(id);
  }

  async #make(record: StudyRecord): Promise<Room> {
    const { house } = this;
    if (!house.config.data)
      throw new Unfit(
        new FedwardError('CONFIG_INVALID', 'site.yaml does not say which data take part: `data`', 'data'),
        true,
      );
    const plugins = await roomPlugins(house, record).catch((error: unknown) => {
      throw new Unfit(error, true);
    });
    try {
      const room = await openRoom(house, record, plugins);
      await this.#logData(record, room);
      return room;
    } catch (error) {
      await plugins.trainer.close?.();
      throw new Unfit(error, false);
    }
  }

  /**
   * Into the hospital's log, at each reading: what became of its rows, in counts that are large enough, and under which digest
   * they take part. Under a mechanism the counts are withheld: nobody has paid for telling them.
   */
  async #logData({ study }: StudyRecord, { plan, data, subject }: Room): Promise<void> {
    const { hospital, notices } = data;
    this.house.onEvent({ event: 'data-read', study: study.id, notices });
    const { rows, sheet } = hospital;
    const counts = rows && shownCounts({ rows, missing: sheet?.missing ?? [] });
    const shown = counts && { read: counts.read, used: counts.used, dropped: [...counts.dropped] };
    const details: JsonObject = {
      rows: plan.privacy === null ? (shown ?? null) : 'withheld',
      ...(subject.dataSheet !== null && { dataSheet: subject.dataSheet }),
      subject: subjectDigest(subject),
    };
    const { audit, now, config } = this.house;
    await audit.append({ type: 'data', time: now(), runId: study.id, clientId: config.id, details });
  }
}
