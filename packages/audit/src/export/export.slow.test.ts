import type { AuditEvent } from '@fedward/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openAuditLog } from '../open.js';
import { readAuditLog } from '../read.js';
import { collect } from '../testing/collect.js';
import { everyAppended, everyType } from '../testing/every-type.js';
import { inDirectory, sampleEvent } from '../testing/fixtures.js';
import { logged } from '../testing/logged.js';
import { auditColumns, auditRow, auditRows } from './columns.js';
import { auditCsv, auditJsonl } from './csv.js';
import { roundedUp, spentWords } from './figures.js';
import { matcher, type AuditFilters } from './filters.js';
import { showAuditLog } from './show.js';
import { tableLines } from './table.js';
import { describeAuditEvent } from './words.js';

const base: AuditEvent = { type: 'training', time: '2026-01-01T12:00:00.000Z', runId: 'run-1', details: {} };

describe('describeAuditEvent', () => {
  it('has words for every type, who and how much', async () => {
    const shown = await collect(showAuditLog(logged(everyType)));
    expect(shown.map(({ who, what, howMuch }) => [who, what, howMuch].join(' | '))).toMatchInlineSnapshot(`
      [
        "coordinator | log opened by the coordinator | @fedward/core 0.1.0, node 24.1.0, key hub.example, operator olga",
        "coordinator | plan written down | plan file b2b2b2b2b2b2",
        "hospital-0 | keeps to the rules of strict | rules c3c3c3c3c3c3",
        "coordinator | checked before a run | 21 pass, 0 fail, 4 needs-a-person",
        "dr.meier | approval of a plan: approve, by dr.meier | plan a1a1a1a1a1a1",
        "hospital-0 | data read | 350 of 400 rows used, data sheet d4d4d4d4d4d4",
        "coordinator | run began tutorial | 2 rounds, 2 sites, plan a1a1a1a1a1a1, simulation only",
        "coordinator | run went on tutorial | from round 1, 2 rounds, 1200 sites, plan a1a1a1a1a1a1",
        "coordinator | round began | asks 2 sites",
        "hospital-0 | trained; its update leaves | 350 records, spent 33 x Gaussian noise 4.845 on samples of 0.09",
        "hospital-1 | trained; its update leaves | records withheld",
        "hospital-1 | answered a query; its answer leaves | 12 records, spent without protection",
        "hospital-0 | gave the same answer once more; nothing was spent | ",
        "hospital-0 | gave the same scores once more; nothing was spent | ",
        "hospital-0 | answered the server's half of secure-aggregation | ",
        "hospital-1 | refused: POLICY_REFUSED: row 7: Erika Mustermann, born 1964-08-12 | ",
        "hospital-1 | refused, its update stays here: POLICY_REFUSED: row 7: Erika Mustermann, born 1964-08-12 | by the rule minimum-records",
        "coordinator | refused: BUDGET_EXCEEDED: row 7: Erika Mustermann, born 1964-08-12 | ",
        "hospital-1 | dropped out: DEADLINE_PASSED: row 7: Erika Mustermann, born 1964-08-12 | weight lost 350",
        "coordinator | updates summed | 1 update, 1 dropped out, spent 33 x Gaussian noise 4.845 on samples of 0.09",
        "coordinator | sum let out by dp-sgd | ",
        "coordinator | round released nothing: QUORUM_NOT_MET: row 7: Erika Mustermann, born 1964-08-12 | ",
        "coordinator | model scored | accuracy 0.83, auroc 0.9346",
        "coordinator | model scored at the sites | accuracy 0.8, 1 failed",
        "hospital-0 | model scored; its scores leave | ",
        "coordinator | round certified | 1 took part, plan a1a1a1a1a1a1, epsilon 0.5",
        "the log | what a crash left behind the log was set aside in recovered-1.bin | bytes 17",
        "the log | another key signs from here on | from hub.example+0a1b2c3d, to hub.example+99aabbcc",
        "the log | old entries let go, all before 2020-01-01T00:00:00Z | 1000 entries",
        "coordinator | run failed: UNEXPECTED: row 7: Erika Mustermann, born 1964-08-12 | ",
        "coordinator | run ended | 2 rounds, epsilon 0.5729, model 4a4a4a4a4a4a",
        "coordinator | files sealed | 2 files",
      ]
    `);
    expect(shown.every(({ what, type }) => what !== type)).toBe(true);
  });

  it('tells the rules of a host by their digest, as the log has it', () => {
    const details = { name: 'strict', policy: `sha256:${'ab'.repeat(32)}` };
    expect(describeAuditEvent({ ...base, type: 'policy', details })).toEqual({
      what: 'keeps to the rules of strict',
      howMuch: 'rules abababababab',
    });
  });

  it('names a type that it does not know, and takes nothing for granted of the details', () => {
    expect(describeAuditEvent({ ...base, type: 'yet-unknown' as 'training' })).toEqual({
      what: 'yet-unknown',
      howMuch: '',
    });
    expect(describeAuditEvent({ ...base, type: 'constructor' as 'training' }).what).toBe('constructor');
    const json = fc.oneof(fc.jsonValue(), fc.constant({ a: { b: 1 }, c: [{}] })) as fc.Arbitrary<null>;
    const details = fc.dictionary(fc.constantFrom(...everyType.flatMap((each) => Object.keys(each.details))), json);
    fc.assert(
      fc.property(fc.constantFrom(...everyType), details, (event, other) => {
        const { what, howMuch } = describeAuditEvent({ ...event, details: { ...event.details, ...other } });
        expect(what).not.toBe('');
        expect(`${what} ${howMuch}`).not.toMatch(/\[object|undefined|NaN/);
      }),
    );
  });
});

describe('figures', () => {
  it('tell no price too low', () => {
    expect([0.57285, 1, 8386.4, 1e-7, 0].map(roundedUp)).toEqual(['0.5729', '1', '8387', '1e-7', '0']);
    fc.assert(fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (x) => Number(roundedUp(x)) >= x));
  });

  it('have words for each shape of what is spent', () => {
    const gaussian = { type: 'gaussian', noiseMultiplier: 1 };
    expect(spentWords(null)).toBeUndefined();
    expect(spentWords({ type: 'none' })).toBeUndefined();
    expect(spentWords({ type: 'non-private', reason: 'x' })).toBe('without protection');
    expect(spentWords({ type: 'laplace', noiseMultiplier: 2.00001 })).toBe('Laplace noise 2');
    expect(spentWords({ type: 'discrete-gaussian', sigma: 9, sensitivity: 3 })).toBe('discrete Gaussian noise 9 on 3');
    expect(spentWords({ type: 'fixed-size-sampled', size: 5, population: 50, event: gaussian })).toBe(
      'Gaussian noise 1 on 5 of 50',
    );
    expect(spentWords({ type: 'composed', events: [gaussian, { type: 'repeated', count: 3, event: gaussian }] })).toBe(
      'Gaussian noise 1 + 3 x Gaussian noise 1',
    );
    expect(spentWords({ type: 'of-later' })).toBe('of-later');
  });
});

describe('filters', () => {
  const events = Array.from({ length: 12 }, (_, n) => sampleEvent(n));
  const indices = async (filters: AuditFilters): Promise<number[]> =>
    (await collect(auditRows(logged(events), filters))).map(({ index }) => index);

  it('leave out by hospital, round, type, time and run, and by all of them together', async () => {
    expect(await indices({})).toHaveLength(12);
    expect(await indices({ hospital: 'hospital-1' })).toEqual([1, 4, 7, 10]);
    expect(await indices({ rounds: { from: 1, to: 1 } })).toEqual([4, 5, 6, 7]);
    expect(await indices({ rounds: { from: 0, to: 1 } })).toEqual([1, 2, 3, 4, 5, 6, 7]); // a run's start is of no round
    expect(await indices({ types: ['aggregation', 'run-start'] })).toEqual([0, 3, 7, 11]);
    expect(await indices({ since: '2026-01-01T00:00:09Z' })).toEqual([9, 10, 11]);
    expect(await indices({ until: '2026-01-01T01:00:01+01:00' })).toEqual([0, 1]);
    expect(await indices({ run: 'run-2' })).toEqual([]);
    expect(await indices({ hospital: 'hospital-1', rounds: { from: 1, to: 2 }, types: ['training'] })).toEqual([4, 10]);
  });

  it('match nothing by a type that there is not', () => {
    expect(matcher({ types: ['toString'] })(base)).toBe(false);
  });
});

/** Cells of RFC 4180, read by its grammar. */
function parsed(csv: string): string[][] {
  const rows: string[][] = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  for (let match = cell.exec(csv); match; match = cell.exec(csv)) {
    rows.at(-1)!.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
    if (match[3] === '\r\n') rows.push([]);
  }
  expect(rows.pop()).toEqual([]);
  return rows;
}

describe('CSV and JSON lines', () => {
  it('have a column for each part, and the leaf hash of each entry as the log has it', () =>
    inDirectory(async (directory) => {
      const log = await openAuditLog(directory);
      await Promise.all(everyAppended.map((event) => log.append(event)));
      await log.close();
      const [head, ...rows] = parsed((await collect(auditCsv(readAuditLog(directory)))).join(''));
      expect(head).toEqual(auditColumns);
      expect(rows).toHaveLength(everyAppended.length);
      const entries = await collect(readAuditLog(directory));
      expect(rows.map((row) => row.at(-1))).toEqual(entries.map(({ hash }) => hash));
      const training = Object.fromEntries(
        rows.find((row) => row[2] === 'training')!.map((cell, i) => [head![i], cell]),
      );
      expect(training).toMatchObject({
        ...{ index: '8', time: '2026-01-01T12:00:09.000Z', type: 'training', run: 'run-1', round: '0' },
        ...{ hospital: 'hospital-0', samples: '350', epsilon: '', code: '', reason: '' },
        spent: '33 x Gaussian noise 4.845 on samples of 0.09',
      });
      const lines = (await collect(auditJsonl(readAuditLog(directory)))).map((line) => JSON.parse(line) as object);
      expect(lines).toEqual(entries.map(auditRow));
      expect(Object.keys(lines[0]!)).toEqual(auditColumns);
    }));

  it('have an apostrophe before what a spreadsheet would run, and before no number', async () => {
    const names = ['=1+1', '+1', '-1', '@x', '\t=1', ' =1', '\r=1', '＝1', '|x', '%x', '"=1', 'hospital-0', "O'Brien"];
    const events = names.map((clientId) => ({ ...base, clientId, details: { samples: -1 } }));
    const [head, ...rows] = parsed((await collect(auditCsv(logged(events)))).join(''));
    const [hospital, samples] = [head!.indexOf('hospital'), head!.indexOf('samples')];
    expect(rows.map((row) => row[hospital])).toEqual([
      ...["'=1+1", "'+1", "'-1", "'@x", '\\t=1', "' =1", '\\r=1', "'＝1", "'|x", "'%x", '"=1', 'hospital-0', "O'Brien"],
    ]);
    expect(new Set(rows.map((row) => row[samples]))).toEqual(new Set(['-1']));
  });

  it('give back any name that a log can hold, on one line', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), async (runId, clientId) => {
        const event = { ...base, runId, clientId, details: { reason: clientId } };
        const csv = (await collect(auditCsv(logged([event])))).join('');
        expect(csv.split('\r\n')).toHaveLength(3);
        const row = parsed(csv)[1]!;
        const { hospital, run } = auditRow(logged([event])[0]!);
        expect(row[3]!.replace(/^'(?=\s*[=+\-@＝＋－＠|%])/u, '')).toBe(run);
        expect(row[5]!.replace(/^'(?=\s*[=+\-@＝＋－＠|%])/u, '')).toBe(hospital);
      }),
    );
  });
});

describe('the table for people', () => {
  it('has aligned columns, and lets no name clear the screen or fake a line', async () => {
    const evil = { ...base, clientId: '\u001b[2Jx\n  7  ok', round: 3, details: { samples: 1 } };
    const [head, first, second] = await collect(tableLines(showAuditLog(logged([base, evil]))));
    expect(head).toMatch(/^entry {2}when {2,}who {2,}round {2}what {2,}how much$/);
    expect(first).toBe('    0  2026-01-01 12:00:00.000Z  coordinator                 trained; its update leaves');
    expect(second).toBe(
      '    1  2026-01-01 12:00:00.000Z  \\u001b[2Jx\\n  7  ok      3  trained; its update leaves  1 record',
    );
  });

  it('is told while the log is still read, from a few rows on', async () => {
    let read = 0;
    const entries = (async function* () {
      for (const entry of logged(Array.from({ length: 1000 }, () => base))) {
        read += 1;
        yield entry;
      }
    })();
    await tableLines(showAuditLog(entries)).next();
    expect(read).toBe(200);
  });

  it('is nothing where nothing matches, and goes on past the rows that its widths come from', async () => {
    expect(await collect(tableLines(showAuditLog(logged([base]), { run: 'x' })))).toEqual([]);
    for (const count of [1, 199, 200, 201, 450]) {
      const lines = await collect(tableLines(showAuditLog(logged(Array.from({ length: count }, () => base)))));
      expect(lines).toHaveLength(count + 1);
      expect(lines.at(-1)).toMatch(new RegExp(`^ *${count - 1}  2026`));
    }
  });
});
