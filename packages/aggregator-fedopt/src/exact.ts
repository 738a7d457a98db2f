/**
 * The model is float32, and a step below half a unit in its last place would be lost round after round: what rounding took is
 * kept and added to the next step, so that the server's path is that of float64.
 *
 * @param model [size], as sent in this round; left as it is
 * @param step [size], what to add to it
 * @param rest [size], what rounding took of the last round's model
 * @returns new arrays: the next model, and what rounding took of it
 */
export function moved(
  model: Float32Array,
  step: Float64Array,
  rest: Float64Array,
): { readonly model: Float32Array; readonly rest: Float64Array } {
  const next = new Float32Array(model.length);
  const left = new Float64Array(model.length);
  for (let i = 0; i < next.length; i++) {
    const exact = model[i]! + rest[i]! + step[i]!;
    next[i] = exact;
    left[i] = exact - next[i]!;
  }
  return { model: next, rest: left };
}
