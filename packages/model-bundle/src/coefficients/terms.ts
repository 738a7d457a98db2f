import { featuresOf, isArray, type Column } from '@fedward/kit-tables';

/** What one column, or one of its levels, adds to the linear predictor. */
export interface CoefficientTerm {
  readonly column: string;
  /** Of coded columns: added where the column has this level. */
  readonly level?: string;
  /** Added where the column has no value. */
  readonly missing?: true;
  /** Of numbers: what one unit of it is; absent where the schema says none. */
  readonly unit?: string;
  /** Of numbers: the coefficient is that of the logarithm of the number. */
  readonly transform?: 'log2' | 'log10';
  /** Of numbers: in the column's unit, before the logarithm; those beyond count as these. */
  readonly limits?: readonly [low: number, high: number];
  /** [outputs] */
  readonly coefficients: readonly number[];
}

/** What one of a model's inputs is, in the words of its column. */
export interface Term {
  /** @param center in the column's unit, after its logarithm; @param spread the same; @param limit in spreads */
  about(center: number, spread: number, limit: number): Omit<CoefficientTerm, 'coefficients'>;
}

/** [width]: all features of a table, without arrays. */
export function termsOf(columns: readonly Column[]): Term[] {
  return columns.flatMap((column) => {
    const own = featuresOf([column]);
    return own.map(({ name }): Term => {
      const { name: called } = column;
      if (name === `${called} missing` && own.length > 1) return { about: () => ({ column: called, missing: true }) };
      if (column.kind === 'binary') return { about: () => ({ column: called, level: String(column.levels[1]) }) };
      if (column.kind === 'categorical')
        return { about: () => ({ column: called, level: name.slice(called.length + 1) }) };
      return { about: (center, spread, limit) => aboutNumber(column, center, spread, limit) };
    });
  });
}

/** True where a record is one array: then no column has a coefficient of its own. */
export function holdsArray(columns: readonly Column[]): boolean {
  return columns.some(isArray);
}

function aboutNumber(
  column: Column,
  center: number,
  spread: number,
  limit: number,
): Omit<CoefficientTerm, 'coefficients'> {
  const unit = column.kind === 'date' ? `days since ${column.since ?? '1970-01-01'}` : unitOf(column);
  const transform = 'transform' in column ? column.transform : undefined;
  const raw = (value: number): number => (transform ? (transform === 'log2' ? 2 : 10) ** value : value);
  const cut = Number.isFinite(limit) && Number.isFinite(spread);
  return {
    column: column.name,
    ...(unit !== undefined && { unit }),
    ...(transform && { transform }),
    ...(cut && { limits: [raw(center - limit * spread), raw(center + limit * spread)] as const }),
  };
}

function unitOf(column: Column): string | undefined {
  return 'unit' in column ? column.unit : undefined;
}
