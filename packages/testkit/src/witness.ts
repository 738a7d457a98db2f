import assert from 'node:assert/strict';
import type { AccountableLog, AuditHead, Witness } from '@fedward/core';
import { refuses, within } from './support/assertions.js';
import { defineSuite, type ComplianceSuite } from './suite.js';

/** A witness, and logs that it is shown. */
export interface WitnessUnderTest {
  readonly witness: Witness;
  /** By which name it knows the logs below. */
  readonly who: string;
  /** A log without events that is signed as `who` signs; the first entry may be its own. */
  readonly log: AccountableLog;
  /** Another empty one by the same key: what its owner could write in its place. */
  readonly anew: AccountableLog;
  /** Another empty one of the same name, by a key that nobody trusts. */
  readonly strange: AccountableLog;
  /** A second witness, which knows the first one by the name `seenAs`. */
  readonly other: Witness;
  readonly seenAs: string;
  /** The first witness after its process has ended. */
  readonly reopen?: () => Promise<Witness>;
  readonly cleanup?: () => Promise<void>;
}

/** What the suite needs to know of a witness. */
export interface WitnessComplianceOptions {
  /** One that has noted nothing yet. */
  readonly create: () => Promise<WitnessUnderTest>;
}

/** What every witness must do, and the logs that answer to it; see `Witness` and `AccountableLog` in core. */
export function witnessCompliance({ create }: WitnessComplianceOptions): ComplianceSuite {
  const using = (use: (under: WitnessUnderTest) => Promise<void>) => async (): Promise<void> => {
    const under = await create();
    try {
      await within(30, 'the check', use(under));
    } finally {
      for (const log of [under.log, under.anew, under.strange]) await log.close().catch(() => undefined);
      await under.cleanup?.();
    }
  };
  const unshown = ({ grown: _, ...head }: AuditHead): AuditHead => head;

  return defineSuite('witness', {
    'a log without entries has no head': using(async ({ log }) => {
      // One that begins with an entry of its own, as of who writes it, has a head over that.
      const head = await log.head();
      assert.ok(head === null || head.index >= 0, 'there is a head over no entries');
    }),

    'has seen nothing before it has noted anything': using(async ({ witness, who }) => {
      assert.equal(await witness.seen(who), 0);
    }),

    'notes how far a log goes': using(async ({ witness, who, log }) => {
      await witness.note(who, await headOver(log, 3));
      assert.equal(await witness.seen(who), 3, 'three entries were noted');
      assert.equal(await witness.seen('somebody else'), 0, 'of a log that was never shown something is noted');
    }),

    'notes a log that has grown, each time from where it was noted': using(async ({ witness, who, log }) => {
      for (const size of [1, 2, 5, 9, 64]) {
        await witness.note(who, await headOver(log, size, [await witness.seen(who)]));
        assert.equal(await witness.seen(who), size);
      }
    }),

    'finds where it was noted among several sizes': using(async ({ witness, who, log }) => {
      await witness.note(who, await headOver(log, 4));
      await witness.note(who, await headOver(log, 7, [2, 4, 6]));
      assert.equal(await witness.seen(who), 7);
    }),

    'notes the same head again': using(async ({ witness, who, log }) => {
      await witness.note(who, await headOver(log, 4));
      await witness.note(who, await headOver(log, 4, [4]));
      assert.equal(await witness.seen(who), 4);
    }),

    'refuses growth that is not shown': using(async ({ witness, who, log }) => {
      await witness.note(who, await headOver(log, 3));
      const head = await headOver(log, 5, [1]);
      await refuses('AUDIT_TAMPERED', 'growth from another size', () => witness.note(who, head));
      await refuses('AUDIT_TAMPERED', 'growth without a proof', () => witness.note(who, unshown(head)));
      assert.equal(await witness.seen(who), 3, 'what was refused was noted');
    }),

    'refuses a log that was written anew, however long': using(async ({ witness, who, log, anew }) => {
      await witness.note(who, await headOver(log, 3));
      for (const size of [3, 4, 40]) {
        const head = await headOver(anew, size, [3], 'another');
        await refuses('AUDIT_TAMPERED', `another log of ${size} entries`, () => witness.note(who, head));
      }
      assert.equal(await witness.seen(who), 3, 'what was refused was noted');
    }),

    'refuses an older head than it has noted': using(async ({ witness, who, log }) => {
      const older = await headOver(log, 2);
      await witness.note(who, await headOver(log, 5));
      await refuses('AUDIT_TAMPERED', 'a head of before', () => witness.note(who, { ...older, grown: [] }));
    }),

    'refuses a head that is not signed, or by another key': using(async ({ witness, who, log, strange }) => {
      const { checkpoint: _, ...unsigned } = await headOver(log, 2);
      await refuses('SIGNATURE_INVALID', 'an unsigned head', () => witness.note(who, unsigned));
      const foreign = await headOver(strange, 2);
      // Of one that was never met the first key may be taken for its own: it is met by its own first.
      await witness.note(who, await headOver(log, 2));
      await refuses('SIGNATURE_INVALID', 'a head by another key', () => witness.note(who, foreign));
    }),

    'refuses a head that says something else than its checkpoint': using(async ({ witness, who, log }) => {
      const head = await headOver(log, 3);
      const tampered = ['SIGNATURE_INVALID', 'AUDIT_TAMPERED'];
      await refuses(tampered, 'another size', () => witness.note(who, { ...head, index: 3 }));
      const root = (head.root.startsWith('0') ? '1' : '0') + head.root.slice(1);
      await refuses(tampered, 'another root', () => witness.note(who, { ...head, root }));
      assert.equal(await witness.seen(who), 0, 'what was refused was noted');
    }),

    'cosigns what it has noted, and that alone': using(async ({ witness, who, log, other, seenAs }) => {
      const first = await headOver(log, 2);
      const cosignature = await witness.note(who, first);
      other.assertCosigned(seenAs, first.checkpoint!, cosignature);
      const later = await headOver(log, 3, [2]);
      await refuses('SIGNATURE_INVALID', 'the cosignature of another head', async () =>
        other.assertCosigned(seenAs, later.checkpoint!, cosignature),
      );
      await refuses('SIGNATURE_INVALID', 'no cosignature', async () =>
        other.assertCosigned(seenAs, first.checkpoint!, ''),
      );
    }),

    'tells an entry that is in a log from one that is not': using(async ({ witness, who, log, anew }) => {
      await witness.note(who, await headOver(log, 6));
      await headOver(anew, 6, [], 'another');
      for (let index = 0; index < 6; index++) witness.assertLogged(who, await log.prove(index));
      const [shown, next] = [await log.prove(3), await log.prove(4)];
      const tampered = ['SIGNATURE_INVALID', 'AUDIT_TAMPERED'];
      const refusesEntry = (what: string, entry: string, proof: string) =>
        refuses(tampered, what, async () => witness.assertLogged(who, { entry, proof }));
      await refusesEntry('the entry behind it', next.entry, shown.proof);
      await refusesEntry('a changed entry', shown.entry.replace('event 3', 'event 9'), shown.proof);
      await refusesEntry('no proof', shown.entry, '');
      const size = Number(/\n6\n/.exec(shown.proof) !== null);
      assert.equal(size, 1, 'the proof is not to the head over all six entries');
      await refuses('ARGUMENT_INVALID', 'an entry that there is not', () => log.prove(6));
    }),

    'what it has noted outlives its process': using(async ({ witness, who, log, anew, reopen }) => {
      if (!reopen) return;
      await witness.note(who, await headOver(log, 3));
      const again = await reopen();
      assert.equal(await again.seen(who), 3);
      const foreign = await headOver(anew, 5, [3], 'another');
      await refuses('AUDIT_TAMPERED', 'another log', () => again.note(who, foreign));
      await again.note(who, await headOver(log, 4, [3]));
    }),
  });
}

/** The head of a log once it has so many entries. @param what they say, so that two logs differ */
async function headOver(
  log: AccountableLog,
  size: number,
  known: readonly number[] = [],
  what = 'event',
): Promise<AuditHead> {
  for (let n = ((await log.head())?.index ?? -1) + 1; n < size; n++) {
    const time = new Date(Date.UTC(2026, 0, 1, 0, 0, n)).toISOString();
    await log.append({ type: 'training', time, runId: 'run-1', round: n, details: { note: `${what} ${n}` } });
  }
  const head = (await log.head(known.filter((given) => given > 0)))!;
  assert.equal(head.index, size - 1, 'the head is not over all entries');
  return head;
}
