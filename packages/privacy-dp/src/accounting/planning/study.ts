import { assertInteger, assertPositive, type AccountantFactory } from '@fedward/core';
import { assertDelta } from '../delta.js';

/** What is to be learned from whom, and how well they are to be protected. */
export interface Study {
  /** Nats, > 0: of each hospital's data, over the whole run. */
  readonly epsilon: number;
  /** In (0, 1). */
  readonly delta: number;
  /** Of each hospital, >= 1: a nominal number that is public. The proposal tells it; see `disclosuresOf`. */
  readonly patients: number;
  /** An integer >= 1; default 1. */
  readonly hospitals?: number;
  /** The most that one patient has, an integer from 1 to 10,000; default 1. */
  readonly recordsPerPatient?: number;
  /** Of the model, >= 1. */
  readonly parameters: number;
  /** An integer >= 1; default: chosen. */
  readonly rounds?: number;
  /** What is protected. Default: `record`, which is `patient` where nobody has two; else `patient`. */
  readonly unit?: 'record' | 'patient';
  readonly accountant: AccountantFactory;
}

/** A study with its defaults, checked. */
export interface CheckedStudy extends Required<Omit<Study, 'rounds'>> {
  readonly rounds: number | undefined;
  /** What is sampled and clipped, at each hospital. */
  readonly units: number;
}

/** @throws {FedwardError} ARGUMENT_INVALID naming what is out of range */
export function checkStudy(study: Study): CheckedStudy {
  const { epsilon, delta, patients, hospitals = 1, recordsPerPatient = 1, parameters, rounds, accountant } = study;
  assertPositive('epsilon', epsilon);
  assertDelta(delta);
  assertInteger('patients', patients, 1);
  assertInteger('hospitals', hospitals, 1);
  assertInteger('recordsPerPatient', recordsPerPatient, 1, 10_000);
  assertInteger('parameters', parameters, 1);
  if (rounds !== undefined) assertInteger('rounds', rounds, 1);
  const unit = study.unit ?? (recordsPerPatient === 1 ? 'record' : 'patient');
  const units = unit === 'patient' ? patients : patients * recordsPerPatient;
  return { epsilon, delta, patients, hospitals, recordsPerPatient, parameters, rounds, unit, accountant, units };
}
