import { parseWith } from '@fedward/core';
import { tableSchema, type TableSchema } from '@fedward/kit-tables';
import { measures } from './measures.js';

/** The score of the motor part alone (0 to 108), or of the whole scale (0 to 176); higher is worse. */
export type ParkinsonsTarget = 'total_UPDRS' | 'motor_UPDRS';

/**
 * Age, sex, days since recruitment and 16 measures of a sustained vowel, to predict a score of the Unified
 * Parkinson's Disease Rating Scale. The score that is not the target is not looked at: it all but contains it. The
 * published scores are interpolated between three visits, at the start, after three and after six months.
 */
export function parkinsonsSchema(target: ParkinsonsTarget): TableSchema {
  return parseWith(
    tableSchema,
    {
      columns: measures.map(({ name, unit }) =>
        name === 'sex'
          ? /** 1: female. */
            { name, kind: 'binary' as const }
          : { name, kind: 'numeric' as const, ...(unit !== undefined && { unit }) },
      ),
      label: { name: target, kind: 'value', unit: 'points' },
      patientId: 'subject#',
      subgroups: [
        {
          column: 'sex',
          levels: [
            { name: 'male', values: [0] },
            { name: 'female', values: [1] },
          ],
        },
        { column: 'age', bands: [60, 70] },
      ],
    },
    "the Parkinson's telemonitoring schema",
  );
}
