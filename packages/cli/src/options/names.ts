import { catalogue } from '@fedward/sim-healthcare/catalogue';
import type { DescribedPlugin } from '@fedward/sim-healthcare';
import type { PluginKind } from '@fedward/core';

/** The plugins of a kind that come with fedward; none of them is loaded for it. */
export function pluginsOf(kind: PluginKind): DescribedPlugin[] {
  return catalogue.flatMap(({ plugins }) => plugins.filter((plugin) => plugin.kind === kind));
}

const namesOf = (kind: PluginKind) => pluginsOf(kind).map(({ name }) => name);

/**
 * The names that `--help` shows. Those of plugins are in the catalogue; where the others stand all that they name would
 * be loaded, and `--help` loads nothing: a test holds the two lists together.
 */
export const names = {
  scenarios: [
    ...['tutorial', 'heart-disease', 'heart-disease-all', 'tcga-brca', 'parkinsons'],
    ...['pneumonia', 'ecg', 'leukemia', 'wdbc', 'heart-failure'],
    ...['study', 'csv', 'many-clients'],
  ],
  partitions: [
    'column:NAME',
    'iid:HOSPITALS',
    'dirichlet:HOSPITALS:ALPHA',
    'quantity:HOSPITALS:ALPHA',
    'feature:HOSPITALS:NAME',
  ],
  validations: ['holdout', 'kfold:K', 'leave-one-hospital-out'],
  models: [
    ...['mlp', 'logistic', 'logistic-scaled', 'linear', 'cox', 'imaging-cnn', 'imaging-cnn-small', 'resnet18'],
    ...['signal-cnn', 'wide-linear', 'low-rank'],
  ],
  aggregators: namesOf('aggregator'),
  compressions: namesOf('compression'),
  trainers: namesOf('trainer'),
  privacy: ['none', ...pluginsOf('mechanism').flatMap(({ name, draft }) => (draft ? [name] : []))],
  units: ['record', 'patient', 'hospital'],
  accountants: namesOf('accountant'),
  selects: ['uniform', 'by-size', 'cyclic'],
  optimizers: ['sgd', 'momentum', 'adam'],
} satisfies Record<string, readonly string[]>;

/** `a, b or c`. */
export function oneOf(list: readonly string[]): string {
  return list.length < 2 ? list.join() : `${list.slice(0, -1).join(', ')} or ${list.at(-1)}`;
}
