import { createLayout, createTensors, Random, type Records, type Tensors } from '@fedward/core';
import type { QueryComplianceOptions } from './options.js';
import { neverAborted } from '../support/fixtures.js';

/** A query and what it is tried with. */
export type Given = QueryComplianceOptions<Records>;

export const nothingSent = (): Tensors => createTensors({ layout: createLayout([]), element: 'f64' });

/** What a new query answers of these records. */
export async function ask(given: Given, data: Records, query = given.create()): Promise<Tensors> {
  const { plan, sent = nothingSent(), instructions = {} } = given;
  query.validateData?.(data);
  return query.answer({ clientId: 'hospital-0', round: 0, plan, sent, instructions, data, signal: neverAborted() });
}

/** Records of several sizes. */
export function samples({ records }: Given): Records[] {
  return [1, 2, 17, 60].map((count) => records(new Random('query').fork(count), count));
}

export const none = ({ records }: Given): Records => records(new Random('query').fork('none'), 0);
