/**
 * The names that `--help` shows. The registries would tell them too, but only once every plugin is loaded, and
 * `--help` loads none; a test holds the two lists together.
 */
export const names = {
  scenarios: ['tutorial', 'heart-disease', 'parkinsons', 'csv', 'many-clients'],
  models: ['mlp', 'logistic', 'logistic-scaled', 'linear'],
  aggregators: ['fedavg', 'fedprox'],
  trainers: ['wasm', 'tfjs'],
  privacy: ['none', 'dp-sgd', 'tutorial-041', 'central', 'local', 'dp-ftrl'],
  units: ['record', 'patient', 'hospital'],
  accountants: ['pld', 'rdp', 'gaussian'],
  optimizers: ['sgd', 'momentum', 'adam'],
} as const satisfies Record<string, readonly string[]>;

/** `a, b or c`. */
export function oneOf(list: readonly string[]): string {
  return list.length < 2 ? list.join() : `${list.slice(0, -1).join(', ')} or ${list.at(-1)}`;
}
