import { FedwardError, parseWith } from '@fedward/core';
import * as z from 'zod';

const hospitals = z.int().min(1).max(1000);
const alpha = z.number().positive();

/** How one table is parted among hospitals in a simulation, as data. */
export const partitionSchema = z.discriminatedUnion('by', [
  /** Each value of a column is a hospital: a site, a county. */
  z.strictObject({ by: z.literal('column'), column: z.string().min(1) }),
  /** Of one size, patients at random. */
  z.strictObject({ by: z.literal('iid'), hospitals }),
  /** Of one size, with mixes of classes that differ (Hsu et al. 2019); see `partitionDirichlet`. */
  z.strictObject({ by: z.literal('dirichlet'), hospitals, alpha }),
  /** Of sizes that differ, patients at random; see `partitionQuantitySkew`. */
  z.strictObject({ by: z.literal('quantity'), hospitals, alpha }),
  /** Each has the patients of another part of a feature's values, such as ages. */
  z.strictObject({ by: z.literal('feature'), hospitals, column: z.string().min(1) }),
]);
/** How one table is parted; see `partitionSchema`. */
export type PartitionSpec = z.output<typeof partitionSchema>;

/** What a command line may say. */
export const partitionForms = [
  'column:NAME',
  'iid:HOSPITALS',
  'dirichlet:HOSPITALS:ALPHA',
  'quantity:HOSPITALS:ALPHA',
  'feature:HOSPITALS:NAME',
] as const;

/**
 * A partition as a command line has it, such as `dirichlet:5:0.5`. Names of columns may hold colons.
 * @throws {FedwardError} CONFIG_INVALID with the forms that there are
 */
export function parsePartition(text: string, what = '--partition'): PartitionSpec {
  const [by = '', ...rest] = text.split(':');
  const [first = '', ...others] = rest;
  const last = others.join(':');
  const spec = {
    column: { by, column: rest.join(':') },
    iid: { by, hospitals: Number(first) },
    dirichlet: { by, hospitals: Number(first), alpha: Number(last) },
    quantity: { by, hospitals: Number(first), alpha: Number(last) },
    feature: { by, hospitals: Number(first), column: last },
  }[by];
  if (!spec || (by === 'iid' && others.length > 0))
    throw new FedwardError('CONFIG_INVALID', `${what}: ${text} is none of ${partitionForms.join(', ')}`, what);
  return parseWith(partitionSchema, spec, `${what} ${text}`);
}
