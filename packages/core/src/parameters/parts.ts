import { assertThat } from '../base/assert.js';
import { createLayout, elementOf, sameLayout, shapesOf } from './parameters.js';
import type { ElementArray, Layout, Tensors } from './parameters.js';

/**
 * Several sets of tensors as one, one after the other, each name behind its part's: a model and what a strategy sends
 * beside it.
 * @param parts of one element type; by name, '' for names as they are
 * @throws {FedwardError} ARGUMENT_INVALID for no parts, a name that comes twice, or parts of two element types
 */
export function concatTensors<V extends ElementArray>(parts: Readonly<Record<string, Tensors<V>>>): Tensors<V> {
  const all = Object.entries(parts);
  assertThat(all.length > 0, 'parts', 'there are no tensors to put together');
  const element = elementOf(all[0]![1].values);
  for (const [part, { values }] of all)
    assertThat(elementOf(values) === element, part, `${part} has numbers of another type than ${element}`);
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
 * @throws {FedwardError} ARGUMENT_INVALID where there is no such part, or it is of other tensors
 */
export function partOfTensors<V extends ElementArray>(whole: Tensors<V>, part: string, layout: Layout): Tensors<V> {
  const first = layout.tensors[0] && named(part, layout.tensors[0].name);
  const start = whole.layout.tensors.findIndex(({ name }) => name === first);
  const alike = layout.tensors.every(({ name, shape }, index) => {
    const tensor = whole.layout.tensors[start + index];
    return tensor?.name === named(part, name) && String(tensor.shape) === String(shape);
  });
  assertThat(start >= 0 && alike, part, `there is no part ${part || '(without a name)'} like this among the tensors`);
  const { offset } = whole.layout.tensors[start]!;
  return { layout, values: whole.values.subarray(offset, offset + layout.size) as V };
}

/**
 * Tensors by their names, wherever they stand among others. A copy, unless there are no others.
 * @throws {FedwardError} ARGUMENT_INVALID naming the first that is missing or has another shape
 */
export function pickTensors<V extends ElementArray>(whole: Tensors<V>, layout: Layout): Tensors<V> {
  if (sameLayout(whole.layout, layout)) return whole;
  const all = new Map(whole.layout.tensors.map((tensor) => [tensor.name, tensor]));
  const values = new (whole.values.constructor as new (size: number) => V)(layout.size);
  for (const { name, shape, offset } of layout.tensors) {
    const found = all.get(name);
    assertThat(found !== undefined && String(found.shape) === String(shape), name, `there is no ${name} like this`);
    values.set(whole.values.subarray(found.offset, found.offset + found.size), offset);
  }
  return { layout, values };
}

function named(part: string, name: string): string {
  return part === '' ? name : `${part}/${name}`;
}
