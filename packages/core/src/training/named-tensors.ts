import { incompatible } from '../base/errors.js';
import type { Layout } from '../parameters/parameters.js';

/**
 * Tensors of a model as people choose them: by name, such as `2.dense.bias`; by a pattern, in which `*` stands for any text,
 * such as `0.graph.layer1.*`; or all those of a layer, by its position.
 *
 * @param choice entries; a name that a tensor has is that tensor alone, whatever is in it
 * @param path where the choice stands, for messages
 * @returns their names, each once, in the order of the layout
 * @throws {FedwardError} CONFIG_INCOMPATIBLE, the path as its subject, for an entry without a tensor
 */
export function namedTensors(choice: readonly (string | number)[], { tensors }: Layout, path: string): string[] {
  const names = tensors.map(({ name }) => name);
  const known = new Set(names);
  const chosen = new Set<string>();
  for (const entry of choice) {
    const found = typeof entry === 'string' && known.has(entry) ? [entry] : names.filter(meantBy(entry));
    if (found.length === 0) throw incompatible(`${path} names ${wordsFor(entry)} of the model`, path);
    for (const name of found) chosen.add(name);
  }
  return names.filter((name) => chosen.has(name));
}

/**
 * Whether a name is meant. Pieces between the stars are looked for one after the other, so that no pattern takes longer than
 * its length times the name's.
 */
function meantBy(entry: string | number): (name: string) => boolean {
  if (typeof entry === 'number') return (name) => name.startsWith(`${entry}.`);
  const [first, ...others] = entry.split('*');
  const last = others.pop();
  if (last === undefined) return () => false;
  return (name) => {
    if (!name.startsWith(first!) || !name.endsWith(last)) return false;
    const end = name.length - last.length;
    let at = first!.length;
    for (const piece of others) {
      const found = name.indexOf(piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return at <= end;
  };
}

function wordsFor(entry: string | number): string {
  if (typeof entry === 'number') return `layer ${entry}, which has no tensors`;
  return entry.includes('*') ? `${entry}, which no tensor is called` : `${entry}, which is no tensor`;
}
