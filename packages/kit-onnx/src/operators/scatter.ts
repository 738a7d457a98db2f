import { describe, equalShapes, type Dim } from '../types/dims.js';
import { strides } from '../types/tensor-type.js';
import { most } from './fold.js';
import type { Operator } from './operator.js';

/**
 * A table in which parts are replaced, as exporters write masks that were filled part by part. Only of what is known before
 * the graph runs.
 */
const ScatterND: Operator = {
  infer: (call) => {
    if (call.text('reduction', 'none') !== 'none') call.fail('reduction is not in the set');
    const [table, parts] = [call.input(0), call.input(2)];
    if (parts.type !== table.type) call.fail(`parts of type ${parts.type} of a table of ${table.type}`);
    const shape = call.shape(0);
    const at = call.shape(1);
    const depth = at.at(-1) ?? 0;
    if (depth > shape.length || !equalShapes(parts.dims, [...at.slice(0, -1), ...shape.slice(depth)]))
      call.fail(`${describe(parts.dims)} does not fit ${describe(at)} places of ${describe(shape)}`);
    const contents = [...(table.contents ?? call.fail('is in the set only of numbers that are known before it runs'))];
    const written = call.contents(2)!;
    const indices = call.numbers(1)!;
    if (contents.length > most) call.fail(`a table of ${contents.length} numbers; the most is ${most}`);
    const step = strides(shape);
    const width = shape.slice(depth).reduce((product, dim) => product * dim, 1);
    for (let row = 0; row * depth < indices.length && depth > 0; row++) {
      let place = 0;
      for (let axis = 0; axis < depth; axis++) {
        const index = indices[row * depth + axis]!;
        if (index < -shape[axis]! || index >= shape[axis]!) call.fail(`a place beyond ${describe(shape)}`);
        place += (index < 0 ? index + shape[axis]! : index) * step[axis]!;
      }
      for (let k = 0; k < width; k++) contents[place + k] = written[row * width + k] as Dim;
    }
    return [{ type: table.type, dims: shape, contents }];
  },
};

export const scattering = { ScatterND };
