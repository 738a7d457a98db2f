import type { Permit } from './declarations.js';

/** A use of data, as far as it is known where a permit is held to it; what is left out is not looked at. */
export interface PermitUse {
  /** ISO 8601. */
  readonly today: string;
  readonly users?: readonly string[];
  /** Hospitals, with the digest of their data sheet where there is one: a permit names either. */
  readonly datasets?: readonly { readonly id: string; readonly digest?: string | undefined }[];
  readonly outputs?: readonly string[];
}

/** What a permit does not allow, and who or what it is about. */
export interface PermitFault {
  readonly about: 'period' | 'users' | 'datasets' | 'outputs';
  /** A clause. */
  readonly words: string;
}

/**
 * What of a use a data permit does not allow (Regulation (EU) 2025/327, Articles 61 and 68); empty where it allows all of it. For
 * checks before a run, and at each site in the midst of one: a permit may end while a run goes on.
 */
export function permitFaults(
  permit: Permit,
  { today, users = [], datasets = [], outputs = [] }: PermitUse,
): readonly PermitFault[] {
  const { id, from, until } = permit;
  const named = (names: readonly string[], allowed: readonly string[]): string =>
    names.filter((name) => !allowed.includes(name)).join(', ');
  const others = {
    users: named(users, permit.users),
    datasets: datasets
      .filter((set) => !permit.datasets.includes(set.id) && !permit.datasets.includes(set.digest ?? set.id))
      .map((set) => set.id)
      .join(', '),
    outputs: named(outputs, permit.outputs),
  };
  const faults: readonly (PermitFault | false)[] = [
    today < from && { about: 'period', words: `the permit ${id} begins on ${from}` },
    today > until && { about: 'period', words: `the permit ${id} ended on ${until}` },
    others.users !== '' && { about: 'users', words: `not named in the permit ${id} as users: ${others.users}` },
    others.datasets !== '' && {
      about: 'datasets',
      words: `not named in the permit ${id} as data: ${others.datasets}`,
    },
    others.outputs !== '' && {
      about: 'outputs',
      words: `not named in the permit ${id} as outputs: ${others.outputs}`,
    },
  ];
  return faults.filter((fault) => fault !== false);
}
