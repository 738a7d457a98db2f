import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random, type LocalTrainer } from '@fedward/core';
import { preprocessed, readStudy, rowSides, sidesOf, type Preprocessing } from '@fedward/data-medical';
import { afterAll, describe, expect, it } from 'vitest';
import { coefficients, coefficientsCsv } from '../coefficients/coefficients.js';
import { predictFile } from '../evaluate/predictions.js';
import { testBundle } from '../testing/bundles.js';
import { preprocessingOf } from './preprocessing-of.js';
import { predictRows, type PredictRequest } from './predict-rows.js';
import { countsJson, noCounts } from './scored-counts.js';
import { predictionsCsv } from './to-csv.js';

const folder = mkdtempSync(join(tmpdir(), 'fedward-predict-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a dense layer gives, in float64. */
const linear: Pick<LocalTrainer, 'predict'> = {
  predict: (_model, { values }, { count, features }) => {
    const width = features.length / Math.max(1, count);
    const outputs = (values.length - 0) / (width + 1);
    return Promise.resolve(
      Float32Array.from({ length: count * outputs }, (_, at) => {
        const [row, k] = [Math.floor(at / outputs), at % outputs];
        let sum = values[width * outputs + k]!;
        for (let j = 0; j < width; j++) sum += features[row * width + j]! * values[j * outputs + k]!;
        return sum;
      }),
    );
  },
};

function write(rows: readonly string[], header = 'pid,age,crp,sex,ward,sick', name = 'rows.csv'): string {
  const path = join(folder, name);
  writeFileSync(path, [header, ...rows, ''].join('\n'));
  return path;
}

const random = new Random(7);
const many = Array.from({ length: 4200 }, (_, i) => {
  const crp = random.uniform() < 0.1 ? '' : (10 ** (4 * random.uniform() - 1)).toFixed(3);
  const ward = random.uniform() < 0.05 ? '' : ['a', 'b', 'c'][i % 3];
  return `p${i >> 1},${random.integer(20, 100)},${crp},${i % 2 ? 'f' : 'm'},${ward},${random.integer(0, 2)}`;
});

const bundle = testBundle();
const all = bundle.manifest.preprocessing!.all!;
const requestOf = (path: string, more: Partial<PredictRequest> = {}): PredictRequest => ({
  ...{ path, preprocessing: all, trainer: linear },
  ...more,
});

async function csvOf(path: string, options = {}) {
  const counts = noCounts();
  let text = '';
  for await (const piece of predictionsCsv(bundle.manifest, predictRows(bundle, requestOf(path)), counts, options))
    text += piece;
  return { text, lines: text.trimEnd().split('\n'), counts: countsJson(counts) };
}

describe('predictRows', () => {
  it('makes of each row what preprocessed makes of the table, bit by bit, in several pieces', async () => {
    const path = write(many);
    const { records } = await readStudy(path, { schema: all.schema, source: {}, about: {}, written: all.schema });
    const data = preprocessed(records, all);
    const { predictions, rows } = await predictFile(bundle, requestOf(path));
    expect(predictions.outputs).toEqual(await linear.predict(bundle.manifest.model, bundle.weights, data));
    expect([...predictions.labels]).toEqual([...data.labels]);
    expect(predictions.patientIds).toEqual(data.patientIds);
    expect(rows.scored).toBe(data.count);
    expect(countsJson(rows).unscored).toMatchObject([{ reason: 'no value in ward', rows: 4200 - data.count }]);
  });

  it('takes the rows of one part by the rule of the run', async () => {
    const rule = { testFraction: 0.3, key: 'secret' };
    const path = write(many.slice(0, 500));
    const { records } = await readStudy(path, { schema: all.schema, source: {}, about: {}, written: all.schema });
    const tested = sidesOf(records, rule).filter(Boolean).length;
    const test = await predictFile(bundle, requestOf(path, { part: { testing: true, rule } }));
    const train = await predictFile(bundle, requestOf(path, { part: { testing: false, rule } }));
    expect(test.rows.scored).toBe(tested);
    expect(train.rows.scored).toBe(records.count - tested);
    // Without patients by content, the label among it.
    const { patientId: _id, ...schema } = all.schema;
    const { records: nobody } = await readStudy(path, { schema, source: {}, about: {}, written: schema });
    const sides = sidesOf(nobody, rule);
    const sideOf = rowSides(schema, rule);
    expect(Array.from({ length: nobody.count }, (_, i) => sideOf(nobody.row(i)))).toEqual(sides);
  });

  it('has a line for each row, in order, and names what it can not score without what a cell holds', async () => {
    const path = write(
      ['=1+1,50,2,f,a', 'q,secret,2,f,a', 'r,50,2,unknown,a', 's,50,2,f,', ',,,,', 't,50,,m,c'],
      'pid,age,crp,sex,ward',
    );
    const { lines, counts } = await csvOf(path);
    expect(lines[0]).toBe('line,patient_id,probability of healthy,probability of =ill,predicted_class,not_scored');
    expect(lines).toHaveLength(7);
    expect(lines[1]).toMatch(/^2,'=1\+1,0\.\d+,0\.\d+,(healthy|'=ill),$/);
    expect(lines.slice(2, 6)).toEqual([
      '3,q,,,,age: not a number',
      '4,r,,,,"sex: not one of the declared levels f, m"',
      '5,s,,,,no value in ward',
      '6,,,,,no value in any column',
    ]);
    expect(lines.join()).not.toMatch(/secret|unknown/);
    expect(counts).toMatchObject({ read: 6, scored: 2 });
    expect((await csvOf(path, { patientIds: false })).lines[1]).toMatch(/^2,0\./);
  });

  it('refuses a file that lacks a column, and a table that is none', async () => {
    await expect(csvOf(write(['1,2'], 'age,crp'))).rejects.toMatchObject({ code: 'DATA_MALFORMED' });
    await expect(csvOf(write(['p,50,2,f,a,0,9']))).rejects.toMatchObject({ code: 'DATA_MALFORMED' });
  });

  it('needs no column that only groups of the run were parted by', async () => {
    const subgroups = [{ column: 'origin', levels: ['here', 'elsewhere'] }];
    const preprocessing = { ...all, schema: { ...all.schema, subgroups } };
    const path = write(['p,60,1,f,a,0', 'q,70,2,m,b,1']);
    const { rows } = await predictFile(bundle, requestOf(path, { preprocessing }));
    expect(rows.scored).toBe(2);
  });

  it('judges groups apart', async () => {
    const by = [{ column: 'age', cuts: [40, 60] }, { column: 'sex' }];
    const { groups } = await predictFile(bundle, requestOf(write(['p,39,1,f,a,0', 'q,40,1,m,a,0', 'r,60,1,f,a,1'])), {
      by,
    });
    expect(groups.map(({ levels, codes }) => [levels, [...codes]])).toEqual([
      [
        ['below 40', '40 to below 60', '60 and above'],
        [0, 1, 2],
      ],
      [
        ['f', 'm'],
        [0, 1, 0],
      ],
    ]);
  });
});

describe('preprocessingOf', () => {
  it('fits anew, or says that it must be, where no fitted number was handed on', async () => {
    const unfitted = { ...all, imputation: null, scalings: all.scalings.map(() => null) };
    const { manifest } = testBundle({ preprocessing: { all: null, hospitals: {}, unfitted } });
    await expect(preprocessingOf(manifest, { hospital: 'constructor' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('not kept with it'),
    });
    await expect(preprocessingOf(manifest)).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE' });
    const asNewHospital = write(['p,39,1,f,a,0', 'q,41,10,m,a,0']);
    expect((await preprocessingOf(manifest, { asNewHospital })).scalings).toEqual(all.scalings);
  });

  const each = { all: null, hospitals: { north: all, south: all } };
  it('asks whose records they are where each hospital fitted its own', async () => {
    const { manifest } = testBundle({ preprocessing: each });
    await expect(preprocessingOf(manifest)).rejects.toMatchObject({ code: 'CONFIG_INCOMPATIBLE' });
    await expect(preprocessingOf(manifest, { hospital: 'east' })).rejects.toMatchObject({ subject: '--hospital' });
    expect(await preprocessingOf(manifest, { hospital: 'north' })).toEqual(all);
  });

  it('fits those of a new hospital to its file', async () => {
    const columns = all.schema.columns.map((c) => (c.name === 'age' ? { ...c, scale: undefined } : c));
    const own = { ...all, schema: { ...all.schema, columns } } as Preprocessing;
    const { manifest } = testBundle({ preprocessing: { all: null, hospitals: { north: own } } });
    const path = write(['p,50,2,f,a', 'q,oops,2,f,a', 'r,54,2,m,a'], 'pid,age,crp,sex,ward');
    const { scalings } = await preprocessingOf(manifest, { asNewHospital: path });
    expect(scalings[0]).toMatchObject({ center: 52, spread: Math.sqrt(8) });
  });
});

describe('coefficients', () => {
  it.each([1, 2] as const)('give the linear predictor in raw units, of %i outputs', (outputs) => {
    const own = testBundle({}, outputs);
    const { terms, intercepts } = coefficients(own);
    const rows: [number, number, number, number][] = [
      [50, 3, 0, 0],
      [300, 1e5, 1, 2],
      [-90, 0.001, 1, 1],
    ];
    const data = rows.map(([age, crp, sex, ward]) => {
      const cut = (x: number, l: number): number => Math.min(l, Math.max(-l, x));
      return [
        cut((age - 60) / 10, 10),
        cut((Math.log10(crp) - 1) / 2, 1),
        0,
        sex,
        Number(ward === 1),
        Number(ward === 2),
      ];
    });
    rows.forEach(([age, crp, sex, ward], i) => {
      const held: Record<string, string | number> = { age, crp, sex: ['f', 'm'][sex]!, ward: ['a', 'b', 'c'][ward]! };
      let sum = intercepts[0]!;
      for (const {
        column,
        level,
        missing,
        limits,
        transform,
        coefficients: [slope],
      } of terms) {
        if (missing) continue;
        const value = held[column]!;
        if (level !== undefined) sum += value === level ? slope! : 0;
        else {
          const within = Math.min(limits![1], Math.max(limits![0], value as number));
          sum += slope! * (transform === 'log10' ? Math.log10(within) : within);
        }
      }
      const { values } = own.weights;
      const logit = (k: number): number =>
        data[i]!.reduce((z, x, j) => z + x * values[j * outputs + k]!, values[6 * outputs + k]!);
      expect(sum).toBeCloseTo(outputs === 1 ? logit(0) : logit(1) - logit(0), 6);
    });
  });

  it('are refused of a network, and written as CSV', () => {
    const { manifest, weights } = testBundle();
    const layers = [
      { type: 'dense', units: 1, bias: true } as const,
      { type: 'activation', function: 'relu' } as const,
    ];
    const network = { manifest: { ...manifest, model: { ...manifest.model, layers } }, weights };
    expect(() => coefficients(network)).toThrow(/no table of coefficients/);
    expect(coefficientsCsv(coefficients({ manifest, weights })).split('\n')[1]).toMatch(/^\(intercept\),,,,,,-?\d/);
  });
});
