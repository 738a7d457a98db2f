import assert from 'node:assert/strict';
import type { AuditEvent, AuditSink } from '@fedward/core';
import { assertSame, deepFreeze, refuses, within } from './support/assertions.js';
import { defineSuite, type ComplianceSuite } from './suite.js';

/** A sink, and what the suite can do to it from outside. */
export interface AuditSinkUnderTest {
  readonly sink: AuditSink;
  /** What is in the log now, read from where it is stored. Called before and after `close`. */
  read(): Promise<AuditEvent[]>;
  cleanup?(): Promise<void>;
}

/** What the suite needs to know of an audit sink. */
export interface AuditSinkComplianceOptions {
  /** A new, empty log. */
  readonly create: () => Promise<AuditSinkUnderTest>;
}

/** What every audit sink must do; see `AuditSink` in core. */
export function auditSinkCompliance({ create }: AuditSinkComplianceOptions): ComplianceSuite {
  const using = (use: (under: AuditSinkUnderTest) => Promise<void>) => async (): Promise<void> => {
    const under = await create();
    try {
      await within(30, 'the check', use(under));
    } finally {
      await under.sink.close().catch(() => undefined); // a check may have closed it, or broken it
      await under.cleanup?.();
    }
  };
  const kept = async ({ read }: AuditSinkUnderTest, expected: readonly AuditEvent[]): Promise<void> =>
    assertSame(await read(), expected, 'what is read back');

  return defineSuite('audit sink', {
    'a new log is empty': using((under) => kept(under, [])),

    'events are read back in the order of append': using(async (under) => {
      const events = run(7);
      for (const event of events) await under.sink.append(event);
      await kept(under, events);
    }),

    'an event is stored once append resolves': using(async (under) => {
      const events = run(3);
      for (const [i, event] of events.entries()) {
        await under.sink.append(event);
        await kept(under, events.slice(0, i + 1));
      }
    }),

    'every member of an event is read back as it was': using(async (under) => {
      for (const event of peculiar) await under.sink.append(event);
      await kept(under, peculiar);
    }),

    'a receipt gives the position, from 0 on': using(async ({ sink }) => {
      for (const [i, event] of run(4).entries()) {
        const { index } = await sink.append(event);
        assert.equal(index, i, `append number ${i} gave the index ${index}`);
      }
    }),

    'every append changes the root': using(async ({ sink }) => {
      const roots = new Set<string>();
      const event = deepFreeze(run(1)[0]!);
      for (let i = 0; i < 5; i++) {
        const { root } = await sink.append(event);
        assert.match(root, /^([0-9a-f]{2}){16,}$/, `the root ${root} is not a hexadecimal hash`);
        roots.add(root);
      }
      assert.equal(roots.size, 5, 'equal events, appended one after the other, gave the same root twice');
    }),

    async 'a root is over the whole log, not over the last event'() {
      const [first, other, last] = run(3) as [AuditEvent, AuditEvent, AuditEvent];
      const roots: string[] = [];
      for (const before of [first, other])
        await using(async ({ sink }) => {
          await sink.append(before);
          roots.push((await sink.append(last)).root);
        })();
      assert.notEqual(roots[0], roots[1], 'two logs that differ in their first event have the same root');
    },

    'appends under way at once are all kept, in the order of the calls': using(async (under) => {
      const events = run(64);
      const receipts = await Promise.all(events.map((event) => under.sink.append(event)));
      assert.deepEqual(
        receipts.map(({ index }) => index),
        events.map((_, i) => i),
        'the receipts are not in call order',
      );
      assert.equal(new Set(receipts.map(({ root }) => root)).size, events.length, 'two receipts have the same root');
      await kept(under, events);
    }),

    'an event is not changed': using(async ({ sink }) => {
      for (const event of run(2)) await sink.append(deepFreeze(event)); // writing to it would throw
    }),

    'an event changed after the call is logged as it was': using(async (under) => {
      const events = run(2);
      const before = structuredClone(events);
      const pending = events.map((event) => {
        const appended = under.sink.append(event);
        Object.assign(event.details, { samples: 'tampered' });
        return appended;
      });
      await Promise.all(pending);
      Object.assign(events[0]!, { type: 'run-failure' });
      await kept(under, before);
    }),

    'what JSON can not carry is refused, never written as something else': using(async (under) => {
      const [first, bad, last] = run(3) as [AuditEvent, AuditEvent, AuditEvent];
      await under.sink.append(first);
      Object.assign(bad.details, { loss: Number.NaN });
      await refuses(['AUDIT_FAILED', 'ARGUMENT_INVALID'], 'an event with a NaN', () => under.sink.append(bad));
      assert.equal((await under.sink.append(last)).index, 1, 'the refused event has taken a position');
      await kept(under, [first, last]);
    }),

    'append after close is refused with AUDIT_FAILED': using(async (under) => {
      const events = run(2);
      await under.sink.append(events[0]!);
      await under.sink.close();
      await refuses('AUDIT_FAILED', 'append after close', () => under.sink.append(events[1]!));
      await kept(under, events.slice(0, 1));
    }),

    'close loses no event that was under way': using(async (under) => {
      const events = run(16);
      const pending = Promise.all(events.map((event) => under.sink.append(event)));
      await Promise.all([pending, under.sink.close()]);
      await kept(under, events);
    }),
  });
}

/** Events as one run gives them, all different. */
function run(count: number): AuditEvent[] {
  return Array.from({ length: count }, (_, i) => ({
    type: i === 0 ? 'run-start' : 'training',
    time: new Date(Date.UTC(2024, 0, 1, 0, 0, i)).toISOString(),
    runId: 'run-1',
    ...(i === 0 ? {} : { round: i - 1, clientId: `hospital-${i % 3}` }),
    details: { samples: 100 + i, note: `event ${i}` },
  }));
}

const time = '2024-02-29T23:59:59.999Z';
const peculiar: readonly AuditEvent[] = [
  { type: 'run-start', time, runId: 'run-1', details: {} },
  {
    type: 'training',
    time,
    runId: 'run-1',
    round: 0,
    clientId: 'Universitätsklinikum Köln \u{1f3e5}',
    details: { a: null },
  },
  {
    type: 'refusal',
    time,
    runId: 'run-1',
    details: { lines: 'one\ntwo\r\nthree\u2028four', quotes: '"\\', nested: { list: [1, [true, { deep: 'x' }], []] } },
  },
  { type: 'evaluation', time, runId: 'run-1', details: { small: 5e-324, large: 1.7976931348623157e308, third: 1 / 3 } },
  { type: 'aggregation', time, runId: 'run-1', details: { long: 'x'.repeat(100_000), '': 'empty key' } },
];
