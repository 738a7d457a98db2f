import { dataTypes, type Definition, type Issue } from './definition.js';
import { invariantsOf } from './invariants.js';
import { brokenRule, primitives, systemTypes } from './primitives.js';

/** What a resource is held to. */
export interface Rules {
  readonly root: Definition;
  /** Codes by the address of their value set. */
  readonly codes: ReadonlyMap<string, ReadonlySet<string>>;
}

type Members = Readonly<Record<string, unknown>>;

/**
 * Holds a resource to its StructureDefinition: elements and how many of each, types down to the expressions of primitives,
 * required codes, what references may name, and the invariants. Extensible and example bindings allow other codes.
 */
export function validate(resource: unknown, rules: Rules): Issue[] {
  const { root } = rules;
  const issues: Issue[] = [];
  if (!isObject(resource) || resource['resourceType'] !== root.name)
    return [{ path: `${root.name}.resourceType`, rule: 'type' }];
  const { resourceType: _, ...members } = resource;
  new Walk(rules, issues).members(members, root.children, root.name);
  issues.push(...invariantsOf(resource, root));
  return issues;
}

class Walk {
  constructor(
    private readonly rules: Rules,
    private readonly issues: Issue[],
  ) {}

  #report(path: string, rule: string): void {
    this.issues.push({ path, rule });
  }

  /** An object's members against the elements that it may have. */
  members(value: Members, elements: ReadonlyMap<string, Definition>, path: string): void {
    const allowed = new Map<string, { readonly definition: Definition; readonly type: string }>();
    for (const definition of elements.values()) {
      const names = namesOf(definition);
      for (const [name, type] of names) allowed.set(name, { definition, type });
      const present = names.filter(([name]) => value[name] !== undefined || value[`_${name}`] !== undefined);
      const own = definition.name.replace('[x]', '');
      if (present.length === 0 && definition.min > 0) this.#report(`${path}.${own}`, 'min');
      if (present.length > 1) this.#report(`${path}.${own}`, 'choice');
    }
    for (const [key, member] of Object.entries(value)) {
      const beside = key.startsWith('_');
      const found = allowed.get(beside ? key.slice(1) : key);
      if (!found || (beside && !isPrimitive(found.type))) this.#report(`${path}.${key}`, 'unknown');
      else if (beside) this.#besidePrimitive(member, `${path}.${key}`);
      else this.#element(member, found.definition, found.type, `${path}.${key}`);
    }
  }

  /** An element with its number. */
  #element(value: unknown, definition: Definition, type: string, path: string): void {
    if (definition.max === 1) {
      if (Array.isArray(value)) return this.#report(path, value.length > 1 ? 'max' : 'array');
      return this.#one(value, definition, type, path);
    }
    if (!Array.isArray(value)) return this.#report(path, 'array');
    if (value.length === 0) return this.#report(path, 'empty');
    if (value.length > definition.max) this.#report(path, 'max');
    value.forEach((each, i) => this.#one(each, definition, type, `${path}[${i}]`));
  }

  #one(value: unknown, definition: Definition, type: string, path: string): void {
    if (isPrimitive(type)) {
      const broken = brokenRule(systemTypes[type] ?? type, value);
      if (broken) return this.#report(path, broken);
      if (definition.required !== undefined && !this.#codes(definition.required).has(String(value)))
        this.#report(path, 'binding');
      return;
    }
    if (!isObject(value)) return this.#report(path, 'type');
    if (Object.keys(value).length === 0) return this.#report(path, 'empty');
    if (type === 'Resource') {
      if (typeof value['resourceType'] !== 'string') this.#report(`${path}.resourceType`, 'min');
      return;
    }
    if (type === 'Reference') this.#target(value, definition.targets, path);
    this.members(value, type === 'BackboneElement' ? definition.children : dataTypes[type]!, path);
  }

  /** `_name` beside a primitive: its id and extensions. */
  #besidePrimitive(value: unknown, path: string): void {
    for (const each of Array.isArray(value) ? value : [value])
      if (each !== null)
        if (isObject(each))
          this.members(each, new Map(['id', 'extension'].map((name) => [name, dataTypes['Coding']!.get(name)!])), path);
        else this.#report(path, 'type');
  }

  #codes(valueSet: string): ReadonlySet<string> {
    if (valueSet.startsWith('codes:')) return new Set(valueSet.slice('codes:'.length).split('|'));
    const codes = this.rules.codes.get(valueSet);
    if (!codes) throw new Error(`the codes of ${valueSet} were not given`);
    return codes;
  }

  /** A reference names something, of a type that the element may name. */
  #target(
    { reference, type, identifier, display, extension }: Members,
    targets: readonly string[],
    path: string,
  ): void {
    if ([reference, identifier, display, extension].every((each) => each === undefined)) this.#report(path, 'empty');
    const named =
      typeof reference === 'string'
        ? /(?:^|\/)([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/.+)?$/.exec(reference)?.[1]
        : undefined;
    for (const [key, found] of [
      ['reference', named],
      ['type', type],
    ] as const)
      if (typeof found === 'string' && targets.length > 0 && !targets.includes(found))
        this.#report(`${path}.${key}`, 'target');
  }
}

/** Names in JSON with the type of each: of a choice (`value[x]`) one for each type. */
function namesOf({ name, types }: Definition): readonly (readonly [string, string])[] {
  if (!name.endsWith('[x]')) return [[name, types[0] ?? 'Element']];
  const own = name.slice(0, -'[x]'.length);
  const each = types[0] === 'any' ? [...Object.keys(primitives), ...Object.keys(dataTypes)] : types;
  return each.map((type) => [own + type[0]!.toUpperCase() + type.slice(1), type]);
}

function isPrimitive(type: string): boolean {
  return Object.hasOwn(primitives, systemTypes[type] ?? type);
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
