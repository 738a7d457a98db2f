/**
 * A writer to be killed: `node append-forever.mjs DIRECTORY SEED`. Appends in groups of different sizes until
 * it is stopped, and writes `index root` to its standard output as soon as an append is acknowledged.
 */
import { Random } from '@fedward/core';
import { writeSync } from 'node:fs';
import { openAuditLog } from '../open.js';
import { sampleEvent } from './fixtures.js';

const [directory, seed] = process.argv.slice(2);
const random = new Random(Number(seed));
const log = await openAuditLog(directory!);
for (;;) {
  const group = Array.from({ length: random.integer(1, 9) }, async (_, n) => {
    const { index, root } = await log.append(sampleEvent(log.size + n));
    writeSync(1, `${index} ${root}\n`);
  });
  await Promise.all(group);
}
