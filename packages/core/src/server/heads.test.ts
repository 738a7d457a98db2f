import { describe, expect, it } from 'vitest';
import type { AuditReceipt } from '../interfaces/audit.js';
import { memoryAuditSink } from '../memory/audit.js';
import { inMemoryTransport } from '../memory/transport.js';
import { exampleFederation, exampleSite, exampleSites } from '../testing/fakes.js';
import { examplePlan } from '../testing/plan.js';
import { constant, runOf } from '../testing/rounds.js';
import { runFederation } from './run.js';

/** A sink that remembers where it stood after each event. */
function remembering() {
  const sink = memoryAuditSink();
  const receipts: AuditReceipt[] = [];
  return {
    ...sink,
    receipts,
    append: async (event: Parameters<typeof sink.append>[0]) => {
      const receipt = await sink.append(event);
      receipts.push(receipt);
      return receipt;
    },
  };
}
const plan = examplePlan({ rounds: 2 });

describe('heads of logs', () => {
  it("travel both ways: the server's is in each site's log, each site's in the server's", async () => {
    const [server, north, south] = [remembering(), remembering(), remembering()];
    const sites = [exampleSite('north', { plan, audit: north }), exampleSite('south', { plan, audit: south })];
    await runFederation(exampleFederation({ plan, audit: server, transport: inMemoryTransport(sites) }));
    for (const site of [north, south]) {
      const kept = site.events.map(({ details }) => details['serverHead']);
      // Of its log as it stood when the round began: its `round-start`.
      const begun = server.events.flatMap(({ type }, i) => (type === 'round-start' ? [server.receipts[i]] : []));
      expect(kept).toEqual(begun);
    }
    const kept = server.events.filter(({ type }) => type === 'aggregation').map(({ details }) => details['heads']);
    expect(kept).toEqual([0, 1].map((i) => ({ north: north.receipts[i]!.root, south: south.receipts[i]!.root })));
  });

  it('of a log that is shared are no news, and not told', async () => {
    const audit = remembering();
    const transport = inMemoryTransport(exampleSites(plan, { audit, sharesLog: true }));
    await runFederation(exampleFederation({ plan, audit, transport }));
    for (const { type, details } of audit.events)
      if (type === 'aggregation') expect(details).not.toHaveProperty('heads');
  });

  it('are not there where there is no log', async () => {
    const audit = remembering();
    await runFederation(exampleFederation({ plan, audit }));
    for (const { details } of audit.events) expect(details).not.toHaveProperty('heads');
  });

  it.each(['__proto__', 'constructor'])('of a site named %s are kept as any', async (id) => {
    const audit = remembering();
    await runOf([constant(id, 1, { head: { index: 0, root: 'ab' } })], { audit });
    const { details } = audit.events.find(({ type }) => type === 'aggregation')!;
    expect(Object.entries(details['heads'] as object)).toEqual([[id, 'ab']]);
  });

  it.each<[string, unknown]>([
    ['that no log can write', { index: 0, root: '\ud800' }],
    ['of a million characters', { index: 0, root: 'a'.repeat(1e6) }],
    ['before the first event', { index: -1, root: 'ab' }],
    ['that are none', 'ab'],
  ])('%s are refused with the update', async (_, head) => {
    const hostile = constant('b', 1, { head: head as AuditReceipt });
    const run = { audit: memoryAuditSink(), plan: examplePlan({ rounds: 1, onInvalidUpdate: 'drop' }) };
    const { rounds } = await runOf([constant('a', 1), hostile], run);
    expect(rounds[0]!.dropped).toMatchObject([{ id: 'b', code: 'UPDATE_INVALID' }]);
  });
});
