import { at, count, generate, indexOf } from '../float-array.js';
import type { Rule } from './rule.js';

/** Over all places of all letters that are not in what comes out. */
export const Einsum: Rule = (inputs, attributes) => {
  const [left, out] = (attributes['equation'] as string).replaceAll(' ', '').split('->') as [string, string];
  const factors = left.split(',');
  const sizes = new Map(
    factors.flatMap((letters, k) => [...letters].map((one, axis) => [one, inputs[k]!.shape[axis]!])),
  );
  const summed = [...sizes.keys()].filter((letter) => !out.includes(letter));
  const over = summed.map((letter) => sizes.get(letter)!);
  return [
    generate(
      [...out].map((letter) => sizes.get(letter)!),
      (index) => {
        let total = 0;
        for (let place = 0; place < count(over); place++) {
          const inner = indexOf(over, place);
          const placeOf = (letter: string): number =>
            out.includes(letter) ? index[out.indexOf(letter)]! : inner[summed.indexOf(letter)]!;
          total += factors.reduce((product, letters, k) => product * at(inputs[k]!, [...letters].map(placeOf)), 1);
        }
        return total;
      },
    ),
  ];
};
