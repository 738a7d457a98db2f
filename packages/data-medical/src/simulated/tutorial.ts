import { assertInteger, parseWith, Random } from '@fedward/core';
import { allUsed, type Column } from '@fedward/kit-tables';
import * as z from 'zod';
import { createMedicalDataset, type HospitalData, type MedicalDataset } from '../dataset.js';

const optionsSchema = z
  .strictObject({
    seed: z.union([z.int(), z.string()]),
    /** Number of hospitals. */
    hospitals: z.int().min(1).default(5),
    /** Number of features. */
    features: z.int().min(1).default(100),
    /** How many of them, from the first on, tell of the disease. */
    markers: z.int().min(0).default(10),
    /** By how much a marker of a patient with the disease is higher, in standard deviations. */
    shift: z.number().default(1),
    /** Patients of the shared test set, half of them with the disease on average. */
    testPatients: z.int().min(1).default(500),
    /** Patients of each hospital's own test part, with that hospital's prevalence. */
    hospitalTestPatients: z.int().min(1).default(100),
  })
  .refine(({ markers, features }) => markers <= features, {
    path: ['markers'],
    error: 'there are more markers than features',
  });

/** Of the tutorial's hospitals. */
export type TutorialOptions = z.input<typeof optionsSchema>;

/** The tutorial's hospitals, each with its data. */
export interface TutorialHospitals {
  readonly hospitals: readonly HospitalData[];
  /** The tutorial's test set, which belongs to no hospital. */
  readonly test: MedicalDataset;
}

const classes = ['healthy', 'diseased'];

/**
 * The simulated hospitals of Unbitrium's tutorial 041: hospital i has 200 to 499 patients, uniformly, of whom
 * each has the disease with probability 0.3 + 0.1 i, at most 0.9. Features are standard normal; the first ten
 * of a patient with the disease are higher by 1. The shared test set has both classes with probability 1/2.
 *
 * Beyond the tutorial each hospital has a test part of its own. Everything is drawn from forks of the seed: the
 * same options give the same bits, and a hospital stays the same whatever the number of hospitals. The draws are
 * not those of the tutorial's NumPy generator.
 *
 * @throws {FedwardError} CONFIG_INVALID naming the option
 */
export function tutorialHospitals(options: TutorialOptions): TutorialHospitals {
  const { hospitals } = parseWith(optionsSchema, options, 'what was asked of the tutorial');
  return {
    hospitals: Array.from({ length: hospitals }, (_, i) => tutorialHospital(options, i)),
    test: tutorialTest(options),
  };
}

/**
 * Hospital `i` alone, as it is among `tutorialHospitals`: so that a hundred thousand need not be in memory at once.
 *
 * @param i from 0 to `hospitals` - 1
 * @throws {FedwardError} CONFIG_INVALID naming the option, ARGUMENT_INVALID for an `i` that is out of range
 */
export function tutorialHospital(options: TutorialOptions, i: number): HospitalData {
  const parsed = parseWith(optionsSchema, options, 'what was asked of the tutorial');
  assertInteger('i', i, 0, parsed.hospitals - 1);
  const random = new Random(parsed.seed).fork('tutorial', 'hospital', i);
  // Capped where the tutorial's rule would leave a hospital without healthy patients, from the eighth on.
  const prevalence = Math.min(0.3 + 0.1 * i, 0.9);
  const id = `hospital-${i}`;
  const name = `Hospital ${i}`;
  const patients = random.fork('patients').integer(200, 500);
  return {
    id,
    name,
    rows: allUsed(patients + parsed.hospitalTestPatients),
    train: drawPatients(name, patients, prevalence, parsed, random.fork('train')),
    test: drawPatients(`${name}, test`, parsed.hospitalTestPatients, prevalence, parsed, random.fork('test')),
  };
}

/** The shared test set alone. @throws {FedwardError} CONFIG_INVALID naming the option */
export function tutorialTest(options: TutorialOptions): MedicalDataset {
  const parsed = parseWith(optionsSchema, options, 'what was asked of the tutorial');
  const random = new Random(parsed.seed).fork('tutorial', 'test');
  return drawPatients('Tutorial, test', parsed.testPatients, 0.5, parsed, random);
}

function drawPatients(
  name: string,
  count: number,
  prevalence: number,
  { features: width, markers, shift }: z.output<typeof optionsSchema>,
  random: Random,
): MedicalDataset {
  const labels = Float32Array.from({ length: count }, () => (random.bernoulli(prevalence) ? 1 : 0));
  const features = new Float32Array(count * width);
  labels.forEach((label, patient) => {
    const raised = label === 1 ? markers : 0;
    for (let column = 0; column < width; column++)
      features[patient * width + column] = random.normal() + (column < raised ? shift : 0);
  });
  return createMedicalDataset({ name, features, labels, classes, schema: tutorialColumns(width, markers) });
}

function tutorialColumns(features: number, markers: number): Column[] {
  return Array.from({ length: features }, (_, i) => ({
    name: i < markers ? `marker ${i + 1}` : `other ${i + 1 - markers}`,
    kind: 'numeric',
    missing: 'error',
  }));
}
