import { planHash } from '@fedward/core';
import { parseStudy, type Study } from '@fedward/transport-nats';
import { expect } from 'vitest';
import type { Database } from '../store/database.js';
import { migrate } from '../store/migrate.js';
import { migrations } from '../store/migrations.js';
import { softwareHere } from '../studies/software.js';
import { StudyStore } from '../studies/study-store.js';

/** A study of three hospitals: logistic regression on three features. */
export function exampleStudy(changes: Partial<Study> = {}, plan: object = {}): Study {
  const members = ['site-a', 'site-b', 'site-c'];
  const training = {
    trainer: 'wasm',
    batches: { kind: 'shuffle', size: 8, epochs: 1 },
    optimizer: { name: 'sgd', learningRate: 0.1 },
  };
  const model = { inputShape: [3], layers: [{ type: 'dense', units: 2 }], loss: 'softmax-cross-entropy' };
  const aggregator = { name: 'fedavg' };
  const whole = { schemaVersion: 1, name: 'example', seed: 42, rounds: 4, model, training, aggregator, ...plan };
  return parseStudy({ schemaVersion: 1, id: 'example', name: 'An example', plan: whole, members, ...changes }, 'study');
}

/** What a database must do, whichever it is, by name. Each check has ids of its own, so that they can share one. */
export const storeChecks: Readonly<Record<string, (database: Database) => Promise<void>>> = {
  'is migrated once, however often it is opened': async (database) => {
    await migrate(database);
    await migrate(database);
    const rows = await database.query<{ number: number }>('select number from schema_migrations');
    expect(rows.map(({ number }) => number)).toEqual(migrations.map((_, i) => i + 1));
  },
  'is not opened by older software': async (database) => {
    const refused = migrate(database, migrations.slice(0, -1));
    await expect(refused).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE', subject: database.where });
  },
  'takes a step that fails back whole': async (database) => {
    const statements = ['create table half (id integer primary key)', 'create table half (id integer primary key)'];
    const bad = [...migrations, { name: 'bad', statements }];
    await expect(migrate(database, bad)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    await expect(database.query('select * from half')).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    await migrate(database);
  },
  'keeps a study as it was proposed': async (database) => {
    const store = new StudyStore(database, () => '2026-01-02T03:04:05.000Z');
    const study = exampleStudy({ id: 'kept', name: 'Köln "\\\n\u2028', declared: { purpose: "it's" } });
    await store.add(study, softwareHere());
    expect(await store.get('kept')).toEqual({
      ...{ study, planHash: planHash(study.plan), software: softwareHere(), state: 'proposed', why: '' },
      ...{ quorumIsEnough: false, created: '2026-01-02T03:04:05.000Z', changed: '2026-01-02T03:04:05.000Z' },
    });
    expect((await store.list()).map((record) => record.study.id)).toContain('kept');
    await expect(store.get('none')).rejects.toMatchObject({ code: 'CONFIG_INVALID', subject: 'none' });
  },
  'refuses a second study of one name, in whatever case': async (database) => {
    const store = new StudyStore(database);
    await store.add(exampleStudy({ id: 'twice' }), softwareHere());
    const again = store.add(exampleStudy({ id: 'Twice' }), softwareHere());
    await expect(again).rejects.toMatchObject({ code: 'CONFIG_INVALID', subject: 'Twice' });
    expect((await store.events('Twice')).length).toBe(0);
  },
  'moves a study along its states alone, and tells each step': async (database) => {
    const store = new StudyStore(database);
    await store.add(exampleStudy({ id: 'moved' }), softwareHere());
    await expect(store.move('moved', 'done', '')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await store.move('moved', 'waiting', 'for approvals', { quorumIsEnough: true });
    await store.move('moved', 'waiting', 'for approvals');
    await store.move('moved', 'running', '');
    await store.move('moved', 'done', '4 rounds');
    await expect(store.move('moved', 'waiting', '')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(await store.get('moved')).toMatchObject({ state: 'done', why: '4 rounds', quorumIsEnough: true });
    const events = await store.events('moved');
    expect(events.map(({ kind, number }) => [number, kind])).toEqual([
      [0, 'proposed'],
      [1, 'waiting'],
      [2, 'running'],
      [3, 'done'],
    ]);
    expect(await store.events('moved', 3)).toHaveLength(1);
    expect((await store.events('moved', 1, 2)).map(({ number }) => number)).toEqual([1, 2]);
    expect([await store.nextEvent('moved'), await store.nextEvent('nobody')]).toEqual([4, 0]);
    expect(await store.roundsTold('moved')).toBe(0);
    for (const round of [0, 1, 1]) await store.tell('moved', 'round', { round });
    expect(await store.roundsTold('moved')).toBe(2);
  },
  'keeps what hospitals say, and tells what is new of it': async (database) => {
    const store = new StudyStore(database);
    const study = exampleStudy({ id: 'stands', members: ['b', 'a'] });
    await store.add(study, softwareHere());
    await store.setStanding('stands', 'a', { state: 'approved', why: 'by two people' });
    await store.setStanding('stands', 'a', { state: 'approved', why: 'by two people' });
    const standings = await store.standings(study);
    expect(standings.map(({ site, state }) => [site, state])).toEqual([
      ['b', 'unknown'],
      ['a', 'approved'],
    ]);
    expect((await store.events('stands')).map(({ kind }) => kind)).toEqual(['proposed', 'standing']);
  },
  'numbers events of many at once without a gap': async (database) => {
    const store = new StudyStore(database);
    await store.add(exampleStudy({ id: 'many' }), softwareHere());
    await Promise.all(Array.from({ length: 12 }, (_, i) => store.tell('many', 'round', { round: i })));
    expect((await store.events('many')).map(({ number }) => number)).toEqual(Array.from({ length: 13 }, (_, i) => i));
  },
  'takes a transaction back that throws, with what it threw': async (database) => {
    const store = new StudyStore(database);
    await store.add(exampleStudy({ id: 'back' }), softwareHere());
    const thrown = new Error('on purpose');
    const failing = database.transaction(async (within) => {
      await within.query("update studies set why = 'half' where id = 'back'");
      throw thrown;
    });
    await expect(failing).rejects.toThrow('on purpose');
    expect(await store.get('back')).toMatchObject({ why: '' });
  },
};
