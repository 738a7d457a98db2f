import type { SimulationResult } from '../run/result.js';

const leftOut = ' were left out';

/**
 * What a card says of a warning. The screen and the report are for who has the run's folder, a card goes where its model goes:
 * how many rows were left out, and for which reason, is told by the counts that a card may tell, or not at all.
 */
export function toldWarning({ code, message }: SimulationResult['warnings'][number]): string {
  const end = code === 'ROWS_DROPPED' ? message.indexOf(`${leftOut}: `) : -1;
  return end < 0 ? message : `${message.slice(0, end)}${leftOut}.`;
}
