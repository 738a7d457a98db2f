import { resolve } from 'node:path';
import { parseWith } from '@fedward/core';
import { parsePartition } from '@fedward/data-medical';
import { parsePolicies } from '../policy/rules.js';
import { parseValidation } from '../validate/method.js';
import { declaredByOptions } from './declared-evaluation.js';
import type { SimulateOptions } from './options.js';
import { simulationSchema, type Simulation } from './simulation-schema.js';

/** What the options say of it. @throws {FedwardError} CONFIG_INVALID naming the option */
export function simulationOf(options: SimulateOptions): Simulation {
  const { scenario, dataDir, schema, partition, initial, hospitals, dropRate, secureNoise, ledger, keys, local } =
    options;
  const { without, optOuts } = options;
  const { labelNoise: rate, noisyHospitals, findLabelNoise, validate, choose, slow } = options;
  const { policies, approvals, declared, check } = options;
  const evaluation = declaredByOptions(options);
  const said = {
    ...{ scenario, dropRate, secureNoise, local },
    // '' names no folder, not the one we are in.
    ...(dataDir !== undefined && { dataDir: dataDir && resolve(dataDir) }),
    ...(schema !== undefined && { schema: resolve(schema) }),
    ...(partition !== undefined && { partition: parsePartition(partition) }),
    ...(initial !== undefined && { initial: resolve(initial) }),
    ...(hospitals !== undefined && { hospitals }),
    ...(without !== undefined && without.length > 0 && { without: [...new Set(without)].sort() }),
    ...(optOuts !== undefined && { optOuts: resolve(optOuts) }),
    ...(rate !== undefined && {
      labelNoise: { rate, ...(noisyHospitals !== undefined && { hospitals: noisyHospitals }) },
    }),
    ...(findLabelNoise && { findLabelNoise }),
    ...(slow && { slow }),
    ...(evaluation && { evaluation }),
    ...(ledger !== undefined && { ledger: resolve(ledger) }),
    ...(keys !== undefined && { keys: resolve(keys) }),
    ...(validate !== undefined && { validate: parseValidation(validate) }),
    ...(choose !== undefined && { choose }),
    ...(policies && { policies: parsePolicies(policies) }),
    ...(approvals !== undefined && { approvals: resolve(approvals) }),
    ...(declared && { declared }),
    ...(check && { check }),
  };
  return parseWith(simulationSchema, said, 'the options');
}
