import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readWfdbRecord } from './record.js';
import { checksum, pack } from './testing/pack.js';

/** Bits of a sample, and whether the lowest number stands for a missing one. */
const formats = [
  { format: 8, bits: 8, codes: false },
  { format: 16, bits: 16, codes: true },
  { format: 24, bits: 24, codes: true },
  { format: 32, bits: 32, codes: true },
  { format: 61, bits: 16, codes: true },
  { format: 80, bits: 8, codes: true },
  { format: 160, bits: 16, codes: true },
  { format: 212, bits: 12, codes: true },
  { format: 310, bits: 10, codes: true },
  { format: 311, bits: 10, codes: true },
];

describe('packed formats', () => {
  let folder: string;
  beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'fedward-wfdb-'))));
  afterAll(() => rm(folder, { recursive: true }));

  it.each(formats)(
    'format $format: what was written is read, any part of it, whatever a frame holds',
    async (given) => {
      const { format, bits, codes } = given;
      const limit = 2 ** (bits - 1);
      // Differences of format 8 are what has 8 bits.
      const sample = format === 8 ? fc.integer({ min: 0, max: 127 }) : fc.integer({ min: -limit, max: limit - 1 });
      const form = fc.record({
        perFrame: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 }),
        frames: fc.integer({ min: 1, max: 12 }),
        offset: fc.integer({ min: 0, max: 3 }),
      });
      await fc.assert(
        fc.asyncProperty(
          form.chain((f) => {
            const size = f.frames * f.perFrame.reduce((a, b) => a + b);
            return fc.tuple(fc.constant(f), fc.array(sample, { minLength: size, maxLength: size }), fc.nat(), fc.nat());
          }),
          async ([{ perFrame, frames, offset }, flat, a, b]) => {
            const signals = perFrame.map((): number[] => []);
            for (let i = 0; i < flat.length;)
              perFrame.forEach((count, s) => {
                for (let k = 0; k < count; k++) signals[s]!.push(flat[i++]!);
              });
            // Format 8 is differences of each signal; others are packed as they follow each other.
            const running = perFrame.map(() => 0);
            const order = perFrame.flatMap((count, s) => new Array<number>(count).fill(s));
            const bytes =
              format === 8
                ? Uint8Array.from(flat, (x, i) => {
                    const s = order[i % order.length]!;
                    const difference = x - running[s]!;
                    running[s] = x;
                    return difference & 0xff;
                  })
                : pack(format, flat);
            await writeFile(
              join(folder, 'x.dat'),
              [new Uint8Array(offset).fill(99), bytes].flatMap((part) => Buffer.from(part)),
            );
            const lines = perFrame.map(
              (n, s) => `x.dat ${format}x${n}+${offset} 2(1)/mV 12 0 0 ${checksum(signals[s]!)} 0 s${s}`,
            );
            await writeFile(join(folder, 'x.hea'), `x ${perFrame.length} 10 ${frames}\n${lines.join('\n')}\n`);
            const from = a % frames;
            const to = from + 1 + (b % (frames - from));
            for (const range of [{}, { from, to }]) {
              const record = await readWfdbRecord(join(folder, 'x'), range);
              record.signals.forEach(({ values, digital, samplesPerFrame: n }, s) => {
                const wanted = 'to' in range ? signals[s]!.slice(from * n, to * n) : signals[s]!;
                expect(Array.from(digital!)).toEqual(wanted);
                expect(Array.from(values)).toEqual(
                  wanted.map((x) => (codes && x === -limit ? NaN : Math.fround((x - 1) / 2))),
                );
              });
            }
          },
        ),
        { numRuns: 25 },
      );
    },
  );
});
