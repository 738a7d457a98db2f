import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tutorialHospitals, type MedicalDataset } from '@fedward/data-medical';

/** What all programs do alike: tutorial 041 without privacy, as `fedward simulate --privacy none` has it by default. */
export interface Workload {
  readonly seed: number;
  readonly rounds: number;
  readonly localEpochs: number;
  readonly batchSize: number;
  /** Of Adam, whose other constants are 0.9, 0.999 and 1e-8 in every program. */
  readonly learningRate: number;
  readonly features: number;
  readonly hospitals: readonly string[];
  /** Of each hospital, its records to train on. */
  readonly records: readonly number[];
  /** Of all hospitals in all rounds. */
  readonly steps: number;
}

const settings = { seed: 42, localEpochs: 3, batchSize: 32, learningRate: 0.0003 };

/** Writes the workload for programs that are not fedward; its records are the tutorial scenario's. */
export async function writeWorkload(folder: string, rounds: number): Promise<Workload> {
  const { hospitals, test } = tutorialHospitals({ seed: settings.seed });
  await mkdir(folder, { recursive: true });
  for (const { id, train } of hospitals) await writeFile(join(folder, `${id}.f32`), rowsOf(train));
  await writeFile(join(folder, 'test.f32'), rowsOf(test));
  const records = hospitals.map(({ train }) => train.labels.length);
  const batches = records.reduce((sum, count) => sum + Math.ceil(count / settings.batchSize), 0);
  const workload: Workload = {
    ...settings,
    rounds,
    features: test.features.length / test.labels.length,
    hospitals: hospitals.map(({ id }) => id),
    records,
    steps: rounds * settings.localEpochs * batches,
  };
  await writeFile(join(folder, 'workload.json'), JSON.stringify(workload));
  return workload;
}

/** The same for fedward, word by word, so that a default that changes does not change the workload. */
export function asFlags({ seed, rounds, localEpochs, batchSize, learningRate }: Workload): readonly string[] {
  return [
    ...['--scenario', 'tutorial', '--privacy', 'none', '--model', 'mlp', '--aggregator', 'fedavg'],
    ...['--optimizer', 'adam', '--learning-rate', String(learningRate), '--batch-size', String(batchSize)],
    ...['--local-epochs', String(localEpochs), '--rounds', String(rounds), '--seed', String(seed)],
  ];
}

/** float32, little-endian, a record a row: its features, then its label. */
function rowsOf({ features, labels }: MedicalDataset): Buffer {
  const width = features.length / labels.length;
  const rows = Buffer.alloc(4 * labels.length * (width + 1));
  for (let record = 0; record < labels.length; record++) {
    const at = 4 * record * (width + 1);
    for (let i = 0; i < width; i++) rows.writeFloatLE(features[record * width + i]!, at + 4 * i);
    rows.writeFloatLE(labels[record]!, at + 4 * width);
  }
  return rows;
}
