import { isObject, type JsonRecord } from './json.js';

/** One step of a path. */
type Step =
  | { readonly kind: 'name'; readonly name: string }
  /** `value[x]`: the one of its types that is there, such as `valueQuantity`. */
  | { readonly kind: 'choice'; readonly name: string }
  | { readonly kind: 'extension'; readonly url: string };

/** Where a value is in a resource. */
export interface Path {
  readonly text: string;
  readonly steps: readonly Step[];
}

const step = /extension\((["'])([^"']+)\1\)|([A-Za-z]\w*)(\[x\])?/y;

/**
 * Reads a path: names parted by points, as in `address.state`; `deceased[x]` for the type that is there; `extension('URL')`
 * for one of many. Where an element repeats, its first one that leads to a value is taken.
 * @returns undefined for what is none
 */
export function parsePath(text: string): Path | undefined {
  const steps: Step[] = [];
  for (let at = 0; ; at++) {
    step.lastIndex = at;
    const found = step.exec(text);
    if (!found) return undefined;
    const [whole, , url, name, choice] = found;
    steps.push(url !== undefined ? { kind: 'extension', url } : { kind: choice ? 'choice' : 'name', name: name! });
    at += whole.length;
    if (at === text.length) return { text, steps };
    if (text[at] !== '.') return undefined;
  }
}

/** What a path leads to, first found; undefined where there is nothing. `null` is nothing, as in FHIR's lists. */
export function valueAt(resource: JsonRecord, { steps }: Path): unknown {
  return follow(resource, steps, 0);
}

function follow(node: unknown, steps: readonly Step[], depth: number): unknown {
  if (Array.isArray(node)) {
    for (const element of node) {
      // A list in a list is no FHIR: it is not looked into, however deep it goes.
      const found: unknown = Array.isArray(element) ? undefined : follow(element, steps, depth);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (depth === steps.length) return node ?? undefined;
  if (!isObject(node)) return undefined;
  return follow(member(node, steps[depth]!), steps, depth + 1);
}

function member(node: JsonRecord, next: Step): unknown {
  if (next.kind === 'name') return Object.hasOwn(node, next.name) ? node[next.name] : undefined;
  if (next.kind === 'choice') {
    const key = Object.keys(node).find(
      (name) => name.startsWith(next.name) && /^[A-Z]/.test(name.slice(next.name.length)),
    );
    return key === undefined ? undefined : node[key];
  }
  const extensions = Object.hasOwn(node, 'extension') ? node['extension'] : undefined;
  if (!Array.isArray(extensions)) return undefined;
  return extensions.filter((extension) => isObject(extension) && extension['url'] === next.url);
}
