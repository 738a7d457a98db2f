import { assertThat } from '../base/assert.js';
import { createLayout, shapesOf, type ElementArray, type Layout, type Tensors } from './parameters.js';

/**
 * Several sets of tensors as one, one after the other, each name behind its part's: a model and what a strategy sends
 * beside it.
 * @param parts of one element type; by name, '' for names as they are
 * @throws {FedwardError} ARGUMENT_INVALID for no parts, or a name that comes twice
 */
export function concatTensors<V extends ElementArray>(parts: Readonly<Record<string, Tensors<V>>>): Tensors<V> {
  const all = Object.entries(parts);
  assertThat(all.length > 0, 'parts', 'there are no tensors to put together');
  const layout = createLayout(
    all.flatMap(([part, { layout }]) =>
      shapesOf(layout).map(({ name, shape }) => ({ name: named(part, name), shape })),
    ),
  );
  const values = new (all[0]![1].values.constructor as new (size: number) => V)(layout.size);
  let at = 0;
  for (const [, part] of all) {
    values.set(part.values, at);
    at += part.layout.size;
  }
  return { layout, values };
}

/**
 * One of the parts that were put together, as views (no copies).
 * @param layout of the part alone
 * @throws {FedwardError} ARGUMENT_INVALID where there is no such part
 */
export function partOfTensors<V extends ElementArray>(whole: Tensors<V>, part: string, layout: Layout): Tensors<V> {
  const first = layout.tensors[0] && named(part, layout.tensors[0].name);
  const start = whole.layout.tensors.find(({ name }) => name === first);
  const missing = !start || start.offset + layout.size > whole.layout.size;
  assertThat(!missing, part, `there is no part ${part || '(without a name)'} among the tensors`);
  return { layout, values: whole.values.subarray(start!.offset, start!.offset + layout.size) as V };
}

function named(part: string, name: string): string {
  return part === '' ? name : `${part}/${name}`;
}
