import { Random } from '@fedward/core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EngineExports } from './engine/exports.js';
import { instantiate, loadBuild } from './engine/module.js';
import { builds } from './testing/kernels.js';

interface Case {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  /** The matrices lie transposed, and rows (or what stands for them) are so much longer than need be. */
  readonly aTurned: boolean;
  readonly bTurned: boolean;
  readonly spare: number;
  readonly accumulate: boolean;
}

const untouched = 12_345.678;

describe.each(builds)('the matrix product of the %s build', (build) => {
  let engine: EngineExports;
  let base: number;
  beforeAll(() => {
    engine = instantiate(loadBuild(build));
    base = engine.memory.buffer.byteLength;
    engine.memory.grow(400);
  });

  /** Fails unless the product is that of float64, to rounding, and nothing else was written. */
  const check = ({ rows, columns, depth, aTurned, bTurned, spare, accumulate }: Case) => {
    const random = new Random(`${rows} ${columns} ${depth}`);
    const memory = new Float32Array(engine.memory.buffer, base);
    const [aLine, bLine, cLine] = [
      (aTurned ? rows : depth) + spare,
      (bTurned ? depth : columns) + spare,
      columns + spare,
    ];
    const [aSize, bSize] = [aLine * (aTurned ? depth : rows), bLine * (bTurned ? columns : depth)];
    const [a, b] = [16, 16 + aSize + 16];
    const c = b + bSize + 16;
    const end = c + rows * cLine + 16;
    memory.fill(untouched, 0, end);
    // NaN in what is no part of the matrices: to read it is allowed, to use it is not.
    for (let i = 0; i < aSize + bSize + 32; i++) memory[16 + i] = NaN;
    const [aRow, aDepth] = aTurned ? [1, aLine] : [aLine, 1];
    const [bDepth, bColumn] = bTurned ? [1, bLine] : [bLine, 1];
    for (let i = 0; i < rows; i++) for (let d = 0; d < depth; d++) memory[a + i * aRow + d * aDepth] = random.normal();
    for (let d = 0; d < depth; d++)
      for (let j = 0; j < columns; j++) memory[b + d * bDepth + j * bColumn] = random.normal();
    const start = (i: number, j: number) => (i - j) / 8;
    for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) memory[c + i * cLine + j] = start(i, j);

    const at = (index: number) => base + 4 * index;
    engine.multiply(
      rows,
      columns,
      depth,
      at(a),
      aRow,
      aDepth,
      at(b),
      bDepth,
      bColumn,
      at(c),
      cLine,
      Number(accumulate),
    );

    let [wrong, written] = [0, 0];
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        let sum = accumulate ? start(i, j) : 0;
        let size = Math.abs(sum);
        for (let d = 0; d < depth; d++) {
          const term = memory[a + i * aRow + d * aDepth]! * memory[b + d * bDepth + j * bColumn]!;
          sum += term;
          size += Math.abs(term);
        }
        const error = Math.abs(memory[c + i * cLine + j]! - sum);
        // Rounding errors of a sum of n terms: at most n 2^-24 of their sizes, far less as a rule.
        if (!(error <= 4 * Math.sqrt(depth + 1) * 2 ** -24 * size)) wrong++;
      }
      for (let j = columns; j < cLine; j++) if (memory[c + i * cLine + j] !== Math.fround(untouched)) written++;
    }
    for (let i = 0; i < 16; i++)
      for (const place of [i, c - 16 + i, end - 16 + i])
        if (place !== c - 16 + i && memory[place] !== Math.fround(untouched)) written++;
    expect({ wrong, written }).toEqual({ wrong: 0, written: 0 });
  };

  const small = fc.integer({ min: 0, max: 21 });
  it('is right for any small size, transposed or not', () => {
    fc.assert(
      fc.property(
        fc.record({
          rows: small,
          columns: small,
          depth: small,
          aTurned: fc.boolean(),
          bTurned: fc.boolean(),
          spare: fc.integer({ min: 0, max: 5 }),
          accumulate: fc.boolean(),
        }),
        check,
      ),
      { numRuns: 600 },
    );
  });

  it.each([
    [1, 1, 1],
    [4, 8, 256],
    [5, 9, 257],
    [8, 520, 300],
    [9, 513, 3],
    [257, 9, 258],
    [3, 1100, 2],
    [600, 7, 5],
    [260, 516, 20],
    [2, 3, 1030],
  ])('is right for %i x %i and depth %i, where blocks end', (rows, columns, depth) => {
    for (const aTurned of [false, true])
      for (const bTurned of [false, true])
        for (const accumulate of [false, true]) check({ rows, columns, depth, aTurned, bTurned, accumulate, spare: 3 });
  });
});
