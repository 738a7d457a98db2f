import { setTimeout as sleep } from 'node:timers/promises';
import { buffered, type Task, type Transport, type Update } from '@fedward/core';
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from './simulated-clock.js';

const never = new AbortController().signal;
const ids = ['a', 'b', 'c'];

/** Clients that really take so many milliseconds. */
const transportOf = (milliseconds: Readonly<Record<string, number>>): Transport =>
  ({
    clients: () => ids,
    client: (id: string) => ({
      id,
      async answer() {
        await sleep(milliseconds[id]);
        if (milliseconds[id] === 7) throw new Error('away');
        return { clientId: id } as Update;
      },
    }),
  }) as unknown as Transport;

/** Who comes in, and when, as a server that asks all three and waits for `size` of them sees it. */
async function arrivals(milliseconds: Readonly<Record<string, number>>, slowness: readonly number[], size = 3) {
  const clock = new SimulatedClock();
  const transport = clock.transport(transportOf(milliseconds), (id) => 10 * slowness[ids.indexOf(id)]!);
  const collector = clock.collector(buffered({ size, patience: 1 }));
  const seen: [string, number][] = [];
  const progress = () => ({ round: 0, asked: 3, arrived: seen.length, failed: 0, underWay: 3 - seen.length });
  await new Promise<void>((resolve) => {
    const look = (): void => void (collector.enough!(progress()) && resolve());
    for (const id of ids)
      void transport
        .client(id)
        .answer({} as Task, never)
        .then(
          () => id,
          () => `not ${id}`,
        )
        .then((one) => {
          seen.push([one, clock.now()]);
          look();
        });
    look();
  });
  return seen;
}

describe('SimulatedClock', () => {
  it('lets answers through in the order of their own time, whatever they really take', async () => {
    const expected = [
      ['c', 10],
      ['a', 20],
      ['b', 200],
    ];
    expect(await arrivals({ a: 1, b: 1, c: 30 }, [2, 20, 1])).toEqual(expected);
    expect(await arrivals({ a: 20, b: 1, c: 1 }, [2, 20, 1])).toEqual(expected);
  });

  it('lets them through in their order where they come at the same moment', async () => {
    expect((await arrivals({ a: 20, b: 10, c: 1 }, [1, 1, 1])).map(([id]) => id)).toEqual(ids);
  });

  it('stands still once the server has enough', async () => {
    expect(await arrivals({ a: 1, b: 1, c: 1 }, [1, 20, 1], 2)).toEqual([
      ['a', 10],
      ['c', 10],
    ]);
  });

  it('lets none through before all whom the server waits for are known to be at work', async () => {
    const clock = new SimulatedClock();
    const transport = clock.transport(transportOf({ a: 1, b: 1, c: 1 }), (id) => (id === 'c' ? 1 : 100));
    const seen: string[] = [];
    const ask = (id: string) => transport.client(id).answer({} as Task, never).then(() => void seen.push(id)); // prettier-ignore
    const first = [ask('a'), ask('b')];
    const collector = clock.collector();
    expect(collector.enough!({ round: 0, asked: 3, arrived: 0, failed: 0, underWay: 3 })).toBe(false);
    await sleep(20);
    expect([seen, clock.now()]).toEqual([[], 0]);
    await ask('c');
    expect([seen, clock.now()]).toEqual([['c'], 1]);
    collector.enough!({ round: 0, asked: 3, arrived: 1, failed: 0, underWay: 2 });
    await first[0];
    expect([seen, clock.now()]).toEqual([['c', 'a'], 100]);
  });

  it('tells a failure at the time of the answer', async () => {
    expect(await arrivals({ a: 7, b: 1, c: 1 }, [3, 2, 1])).toEqual([
      ['c', 10],
      ['b', 20],
      ['not a', 30],
    ]);
  });

  it('calls at a deadline that comes before the next answer, and not one that was taken back', async () => {
    const clock = new SimulatedClock();
    const transport = clock.transport(transportOf({ a: 1, b: 1, c: 1 }), (id) => (id === 'a' ? 10 : 100));
    const called: [string, number][] = [];
    const note = (name: string) => () => void called.push([name, clock.now()]);
    clock.goOnFrom(1000);
    const takeBack = clock.after(5, note('never'));
    clock.after(10, note('deadline'));
    takeBack();
    const collector = clock.collector();
    const stop = new AbortController();
    const [a, b] = ['a', 'b'].map((id) => transport.client(id).answer({} as Task, stop.signal));
    const progress = { round: 0, asked: 2, arrived: 0, failed: 0, underWay: 2 };
    expect(collector.enough!(progress)).toBe(false);
    await a;
    expect(clock.now()).toBe(1010);
    expect(called).toEqual([]);
    expect(collector.enough!({ ...progress, arrived: 1, underWay: 1 })).toBe(false);
    expect(called).toEqual([['deadline', 1010]]);
    stop.abort();
    await b; // its own client decides what an abort comes to
    expect(collector.enough!({ ...progress, arrived: 1, failed: 1, underWay: 0 })).toBe(true);
  });
});
