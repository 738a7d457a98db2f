import type { MechanismDraft, Plugin, PluginKind } from '@fedward/core';
import * as z from 'zod';

/** One option of a plugin. */
export interface DescribedOption {
  /** Where it stands among the options, with dots. */
  readonly path: string;
  /** JSON's name of its type; `any` where it has several. */
  readonly type: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly required: boolean;
}

/** What is to be said of a plugin without loading its package. All of it is data. */
export interface DescribedPlugin {
  readonly kind: PluginKind;
  readonly name: string;
  readonly summary: string;
  readonly options: readonly DescribedOption[];
  /** Short options of a command line, by the path of the option that each sets. */
  readonly flags: Readonly<Record<string, string>>;
  /** Of a mechanism that a plan can be given by name: what it needs of the rest of the plan. */
  readonly draft?: Omit<MechanismDraft, 'options'>;
}

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** A plugin as data. */
export function describePlugin({ kind, name, summary, options, flags, draft }: Plugin): DescribedPlugin {
  const schema = z.toJSONSchema(options, { io: 'input', unrepresentable: 'any' }) as Schema;
  const told = draft && (({ options: _, ...needs }) => needs)(draft);
  return { kind, name, summary, options: optionsIn(schema), flags, ...(told && { draft: told }) };
}

function optionsIn({ properties = {}, required = [] }: Schema, above = ''): DescribedOption[] {
  return Object.entries(properties).flatMap(([key, schema]) => {
    const path = `${above}${key}`;
    if (schema.properties) return optionsIn(schema, `${path}.`);
    return {
      path,
      type: schema.type ?? 'any',
      ...(schema.description !== undefined && { description: schema.description }),
      ...(schema.default !== undefined && { default: schema.default }),
      required: required.includes(key) && above === '',
    };
  });
}
