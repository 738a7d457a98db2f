import { canonicalJson } from '../base/json.js';
import type { State } from '../base/state.js';
import type { TensorArray } from './safetensors.js';

/** A state in two parts: JSON, and the arrays that stand in it as `{"$tensor": n}`. */
export interface StateParts {
  readonly json: string;
  readonly arrays: readonly TensorArray[];
}

/**
 * A state as JSON and arrays. A number that JSON has no word for stands as `{"$number": "NaN"}`; a member whose own name
 * begins with $ gets one more.
 *
 * @throws {FedwardError} ARGUMENT_INVALID for what is no `State`
 */
export function splitState(state: State): StateParts {
  const arrays: TensorArray[] = [];
  const strip = (state: State): unknown => {
    if (isArray(state)) return { $tensor: arrays.push(state) - 1 };
    if (Object.is(state, -0)) return { $number: '-0' };
    if (typeof state === 'number' && !Number.isFinite(state)) return { $number: String(state) };
    return mapMembers(state, strip, (key) => (key.startsWith('$') ? `$${key}` : key));
  };
  return { json: canonicalJson(strip(state)), arrays };
}

/** @throws {Error} for parts that are none, in words for people */
export function joinState({ json, arrays }: StateParts): State {
  const restore = (state: State): State => {
    const { $tensor, $number } = Object(state) as { $tensor?: unknown; $number?: unknown };
    if ($tensor !== undefined) {
      const array = arrays[Number($tensor)];
      if (!array) throw new Error(`there is no array ${String($tensor)}`);
      return array;
    }
    if ($number !== undefined) return Number($number);
    return mapMembers(state, restore, (key) => (key.startsWith('$') ? key.slice(1) : key)) as State;
  };
  return restore(JSON.parse(json) as State);
}

function isArray(state: State): state is TensorArray {
  return (
    state instanceof Float32Array ||
    state instanceof Float64Array ||
    state instanceof Uint32Array ||
    state instanceof Uint8Array
  );
}

/** The value with each member of an array or an object mapped, in the order of their names; anything else as it is. */
function mapMembers(state: State, value: (member: State) => unknown, name: (key: string) => string): unknown {
  if (Array.isArray(state)) return Array.from(state, value);
  if (Object.prototype.toString.call(state) !== '[object Object]') return state;
  const members = state as { readonly [key: string]: State };
  const keys = Object.keys(members)
    .filter((key) => members[key] !== undefined)
    .sort();
  return Object.fromEntries(keys.map((key) => [name(key), value(members[key]!)]));
}
