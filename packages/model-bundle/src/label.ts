import { anyPreprocessing, type BundleManifest } from './manifest.js';

/** What tells of a bundle's label. */
export type Labelled = Pick<BundleManifest, 'task' | 'label' | 'model' | 'preprocessing'>;

/** What is to be told: as the manifest has it, or where that says no more than `label`, as the schema of its records does. */
export function labelOf({ label, preprocessing }: Pick<Labelled, 'label' | 'preprocessing'>): BundleManifest['label'] {
  const schema = anyPreprocessing({ preprocessing })?.schema;
  if (!schema) return label;
  const { name, kind } = schema.label;
  const unit = 'unit' in schema.label ? schema.label.unit : undefined;
  return {
    ...(unit !== undefined && { unit }),
    ...(kind === 'class' && { classes: schema.label.classes.map((one) => one.name) }),
    ...label,
    name: label.name === 'label' ? name : label.name,
  };
}
