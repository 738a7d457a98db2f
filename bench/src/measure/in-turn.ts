/** Gives one sample of a quantity. */
export type Measure = () => Promise<number> | number;

/**
 * Samples of several quantities, taken in turn (A B C A B C ...), so that sample i of each was taken under the same
 * conditions.
 * @param onTurn hears of each whole turn, with its values
 * @returns [quantity][turn]
 */
export async function measureInTurn(
  turns: number,
  measures: readonly Measure[],
  onTurn: (turn: number, values: readonly number[]) => void = () => undefined,
): Promise<number[][]> {
  const samples: number[][] = measures.map(() => []);
  for (let turn = 0; turn < turns; turn++) {
    for (const [i, measure] of measures.entries()) samples[i]!.push(await measure());
    onTurn(
      turn,
      samples.map((values) => values[turn]!),
    );
  }
  return samples;
}
