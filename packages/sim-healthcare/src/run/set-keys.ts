import { didYouMean, FedwardError, queryPlanSchema, trainingPlanSchema, type Json } from '@fedward/core';
import * as z from 'zod';
import type { InstalledPlugins } from '../plugins/installed.js';

/** Keys of a plan, as paths with dots, and what each is to be. */
export type SetKeys = Readonly<Record<string, Json>>;

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

/**
 * A plan with other values at some keys. Objects on the way are made where they are missing; a list takes the number of a
 * member, or of the one after the last.
 * @throws {FedwardError} CONFIG_INVALID for a key that no plan has, naming it and the one that is meant
 */
export function withKeys<T extends object>(plan: T, keys: SetKeys, installed: InstalledPlugins): T {
  const changed = structuredClone(plan);
  for (const [key, value] of Object.entries(keys)) setKey(changed, key, value);
  for (const key of Object.keys(keys)) assertOption(changed, key, installed);
  return changed;
}

/** What is under a key that is set, or under one above it. */
export function setAt(keys: SetKeys, key: string): Json | undefined {
  return Object.hasOwn(keys, key) ? keys[key] : undefined;
}

function setKey(plan: object, key: string, value: Json): void {
  const parts = key.split('.');
  let at = plan as Record<string, unknown>;
  let schemas: readonly Schema[] | undefined = [planSchema()];
  for (const [depth, part] of parts.entries()) {
    const known = schemas && keysIn(schemas);
    if (part === '' || Object.hasOwn(Object.prototype, part) || (known && known.length > 0 && !known.includes(part)))
      throw refused(key, `a plan has no ${parts.slice(0, depth + 1).join('.')}${didYouMean(part, known ?? [])}`);
    if (Array.isArray(at) && !(/^\d+$/.test(part) && Number(part) <= at.length))
      throw refused(
        key,
        `${parts.slice(0, depth).join('.')} is a list of ${at.length}: name a member by its number from 0`,
      );
    schemas = schemas && schemas.flatMap((schema) => parts_(schema)).flatMap((schema) => below(schema, part));
    if (depth === parts.length - 1) at[part] = value;
    else if (typeof at[part] === 'object' && at[part] !== null) at = at[part] as Record<string, unknown>;
    else at = at[part] = {};
  }
}

/** The alternatives of a schema, one by one. */
function parts_(schema: Schema): readonly Schema[] {
  const inside = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  return [schema, ...inside.flatMap(parts_)];
}

function keysIn(schemas: readonly Schema[]): string[] {
  return [...new Set(schemas.flatMap(parts_).flatMap(({ properties = {} }) => Object.keys(properties)))];
}

function below({ properties = {}, items }: Schema, part: string): readonly Schema[] {
  if (Object.hasOwn(properties, part)) return [properties[part]!];
  return items && /^\d+$/.test(part) ? [items] : [];
}

const schemaOf = (schema: z.ZodType): Schema =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema;

let made: Schema | undefined;
/** Made when a key is set: it takes as long to make as a small run's data. */
const planSchema = (): Schema => (made ??= { anyOf: [schemaOf(trainingPlanSchema), schemaOf(queryPlanSchema)] });

const optionsOf = /^(aggregator|collector|compression|query|privacy\.mechanisms\.\d+)\.options\.([^.]+)/;

/** A plugin would refuse an option that it does not have too; here it is known which one is meant. */
function assertOption(plan: object, key: string, installed: InstalledPlugins): void {
  const [, at, option] = optionsOf.exec(key) ?? [];
  if (at === undefined || option === undefined) return;
  const name = at.split('.').reduce<unknown>((value, part) => (value as Record<string, unknown>)?.[part], plan);
  const kind = at.startsWith('privacy') ? 'mechanism' : at;
  const plugin = installed.of(kind as 'aggregator').find((each) => each.name === (name as { name?: unknown }).name);
  if (!plugin) return;
  const options = [...new Set(plugin.options.map(({ path }) => path.split('.')[0]!))];
  if (options.includes(option)) return;
  const has = options.length > 0 ? `; it has ${options.join(', ')}` : '';
  throw refused(key, `${plugin.kind} ${plugin.name} has no option ${option}${has}${didYouMean(option, options)}`);
}

function refused(key: string, why: string): FedwardError {
  return new FedwardError('CONFIG_INVALID', `--set ${key}: ${why}`, key);
}
