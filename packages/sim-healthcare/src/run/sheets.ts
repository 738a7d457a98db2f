import { digestJson } from '@fedward/core';
import type { RunInputs } from './run-inputs.js';

/**
 * Of each hospital with a data sheet the digest that it takes part with: of the sheet, and of the records themselves, since
 * parts of one table may have equal sheets. The run's secret number is in it: without that, who knows all of a sheet but a
 * count of patients could find the count by trying.
 */
export function sheetsOf({ nonce, population }: RunInputs): ReadonlyMap<string, string> {
  const sheets = (population?.hospitals ?? []).flatMap(({ id, sheet, data }): [string, string][] =>
    sheet === undefined ? [] : [[id, digestJson({ nonce, sheet, data })]],
  );
  return new Map(sheets);
}
