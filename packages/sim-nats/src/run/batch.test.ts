import type { Frame, SiteDone, SiteJob } from '@fedward/sim-healthcare';
import { describe, expect, it, vi } from 'vitest';
import { Batch, type Errand } from './batch.js';

const ref = { sha256: '00', size: 1 };

function batchOf(ids: readonly string[], services = vi.fn()) {
  const stops = ids.map(() => new AbortController());
  const over = vi.fn();
  const ends: Promise<SiteDone>[] = [];
  const errands = ids.map((clientId, i): Errand => {
    const job = { kind: 'site', clientId, ledger: false, taken: null } as unknown as SiteJob;
    let settle: Pick<Errand, 'resolve' | 'reject'>;
    ends.push(new Promise((resolve, reject) => (settle = { resolve, reject })));
    return { job, frame: {} as Frame, signal: stops[i]!.signal, services, ...settle! };
  });
  return { batch: new Batch('0', ref, errands, over), stops, over, ends, services };
}

const done = { events: [], work: [] } as unknown as SiteDone;
const asked = { job: '0', client: 0, ask: 0, given: ['x'] } as const;

describe('Batch', () => {
  it('gives each client what came of it', async () => {
    const { batch, ends } = batchOf(['a', 'b']);
    const other = { ...done };
    batch.settle([done, other]);
    expect(await ends[0]).toBe(done);
    expect(await ends[1]).toBe(other);
    expect(batch.over).toBe(true);
  });

  it('takes no result of another number of clients', () => {
    const { batch } = batchOf(['a', 'b']);
    expect(() => batch.settle([done])).toThrow(expect.objectContaining({ code: 'MESSAGE_INVALID' }));
    expect(batch.over).toBe(false);
  });

  it('is over once nobody waits for any of its clients', async () => {
    const { batch, stops, over, ends } = batchOf(['a', 'b']);
    stops[0]!.abort();
    await expect(ends[0]).rejects.toMatchObject({ code: 'ABORTED', subject: 'a' });
    expect(over).not.toHaveBeenCalled();
    stops[1]!.abort();
    await expect(ends[1]).rejects.toMatchObject({ code: 'ABORTED' });
    expect(over).toHaveBeenCalledOnce();
    expect(batch.over).toBe(true);
  });

  it('charges once, however many workers begin with a client', async () => {
    const services = vi.fn(async () => 'charged');
    const { batch } = batchOf(['a'], services);
    const both = [batch.answer({ ...asked, service: 'charge' }), batch.answer({ ...asked, service: 'charge' })];
    expect(await Promise.all(both)).toEqual(['charged', 'charged']);
    expect(services).toHaveBeenCalledOnce();
    await batch.answer({ ...asked, ask: 1, service: 'charge' });
    expect(services).toHaveBeenCalledTimes(2);
  });

  it('looks up a state anew each time', async () => {
    const { batch, services } = batchOf(['a']);
    await batch.answer({ ...asked, service: 'load' });
    await batch.answer({ ...asked, service: 'load' });
    expect(services).toHaveBeenCalledTimes(2);
  });

  it('does nothing for a client that nobody waits for any more', async () => {
    const { batch, stops, ends, services } = batchOf(['a', 'b']);
    stops[0]!.abort();
    await expect(ends[0]).rejects.toThrow();
    await expect(batch.answer({ ...asked, service: 'charge' })).rejects.toMatchObject({ code: 'ABORTED' });
    expect(services).not.toHaveBeenCalled();
    batch.settle([done, done]);
    await ends[1];
  });
});
