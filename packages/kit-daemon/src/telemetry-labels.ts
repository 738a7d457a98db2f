/** By what figures may be told apart. None of them is of a patient. */
export const labelNames = ['study', 'site', 'kind', 'outcome', 'code', 'stage', 'direction', 'round'] as const;
/** One of `labelNames`. */
export type LabelName = (typeof labelNames)[number];
/** What a figure is told apart by, such as `{ site: 'north' }`. */
export type Labels = Readonly<Partial<Record<LabelName, string | number>>>;

/** A word, a version, an id: nothing that could be a sentence or a record. */
const word = /^[\w.:@/-]{1,64}$/;

/**
 * Labels as they may leave: others than those of the list are left out, also where a caller went round the types; a value
 * that is neither a whole number nor a word is `other`.
 */
export function safeLabels(labels: Labels = {}): Record<string, string> {
  return Object.fromEntries(
    labelNames.flatMap((name) => {
      const value = labels[name];
      if (value === undefined) return [];
      const text = String(value);
      return [
        [
          name,
          typeof value === 'number' ? (Number.isSafeInteger(value) ? text : 'other') : word.test(text) ? text : 'other',
        ],
      ];
    }),
  );
}
