// What the transport adds to a round, over TLS on loopback, with signed messages and the outbox on disk. Run it by hand:
// npx tsx --conditions=fedward-source packages/transport-nats/src/testing/measure.ts [path of a nats-server]
import { CountingClient, taskOf } from './clients.js';
import { openDoor, TestFederation } from '../../../../tools/testing/nats-federation.js';

const { signal } = new AbortController();

/** Median milliseconds of a round in which training takes no time. */
async function measure(sites: number, values: number, rounds: number): Promise<void> {
  const ids = Array.from({ length: sites }, (_, index) => `s${index}`);
  const federation = await TestFederation.start(ids, process.argv[2]);
  try {
    for (const id of ids) await federation.courier(id, openDoor(new CountingClient(id)));
    const transport = federation.transport(ids.map((id) => federation.member(id)));
    await Promise.all(ids.map((id) => transport.client(id).describe(signal)));
    const took: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const task = taskOf(round, {}, values);
      const begun = performance.now();
      await Promise.all(ids.map((id) => transport.client(id).answer(task, signal)));
      took.push(performance.now() - begun);
    }
    const [first] = took;
    const sorted = took.slice(1).toSorted((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)]!;
    const figures = [first!, sorted[0]!, median, sorted.at(-1)!].map((each) => each.toFixed(1));
    process.stdout.write(`${sites} sites x ${values} values, ${rounds} rounds, ms: first ${figures[0]}, then least ${figures[1]}, median ${figures[2]}, most ${figures[3]}\n`); // prettier-ignore
  } finally {
    await federation.close();
  }
}

await measure(5, 4000, 50);
await measure(3, 10_000_000, 5);
