import { atoms, prefixes, type Dimension, type Unit } from './atoms.js';

/** A longer text is no unit of a measurement, and bounds how deep brackets go. */
const longest = 64;

const one: Unit = { mantissa: 1, exponent: 0, powers: {} };

/**
 * Reads a unit in the case-sensitive codes of UCUM (its grammar: section 2.1, table 1), such as `mg/dL`, `10*3/uL`,
 * `mL/min/{1.73_m2}`. What stands in braces is an annotation and counts for nothing: `{score}` is 1.
 *
 * @returns undefined for what is none, or has a unit that is not in the table. Temperatures other than kelvin are no
 *   multiples of it, and are `converter`'s to know
 */
export function parseUnit(code: string): Unit | undefined {
  if (code.length === 0 || code.length > longest) return undefined;
  const reader = new Reader(code);
  const unit = reader.term();
  return unit && reader.atEnd ? unit : undefined;
}

class Reader {
  #at = 0;

  constructor(private readonly code: string) {}

  get atEnd(): boolean {
    return this.#at === this.code.length;
  }

  /** term := '/'? component (('.' | '/') component)* */
  term(): Unit | undefined {
    let divided = this.#take(/\//y) !== undefined;
    let product: Unit | undefined = one;
    for (;;) {
      const next = this.#component();
      if (!next) return undefined;
      product = times(product, next, divided ? -1 : 1);
      const operator = this.#take(/[./]/y);
      if (operator === undefined) return product;
      divided = operator === '/';
    }
  }

  /** component := '(' term ')' | annotation | simple exponent? annotation? | number annotation? */
  #component(): Unit | undefined {
    if (this.#take(/\(/y)) {
      const inner = this.term();
      return inner && this.#take(/\)/y) !== undefined ? this.#annotated(inner) : undefined;
    }
    if (this.#take(annotation) !== undefined) return one;
    const number = this.#take(/\d+/y);
    const symbol = this.#take(/10[*^]/y);
    if (symbol === undefined && number === '10' && this.#take(/[*^]/y) !== undefined)
      return this.#raised(atoms['10*']!);
    if (number !== undefined)
      return Number(number) > 0 ? this.#annotated({ ...one, mantissa: Number(number) }) : undefined;
    const unit = simple(this.#take(/(?:[A-Za-z%]|\[[A-Za-z0-9_]{1,20}\])+/y) ?? '');
    return unit && this.#raised(unit);
  }

  #raised(unit: Unit): Unit {
    const exponent = this.#take(/[+-]?\d{1,2}/y);
    return this.#annotated(exponent === undefined ? unit : times(one, unit, Number(exponent)));
  }

  #annotated(unit: Unit): Unit {
    this.#take(annotation);
    return unit;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.code)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }
}

const annotation = /\{[\x21-\x7a|~]*\}/y;

/** An atom, or a prefix and a metric atom. */
function simple(symbol: string): Unit | undefined {
  if (Object.hasOwn(atoms, symbol)) return atoms[symbol];
  for (const length of [1, 2]) {
    const [prefix, rest] = [symbol.slice(0, length), symbol.slice(length)];
    if (!Object.hasOwn(prefixes, prefix) || !Object.hasOwn(atoms, rest)) continue;
    const atom = atoms[rest]!;
    if (atom.metric) return { ...atom, exponent: atom.exponent + prefixes[prefix]! };
  }
  return undefined;
}

/** `left * right^power` */
function times(left: Unit, right: Unit, power: number): Unit {
  const sums = new Map(Object.entries(left.powers) as [Dimension, number][]);
  for (const [dimension, n] of Object.entries(right.powers) as [Dimension, number][])
    sums.set(dimension, (sums.get(dimension) ?? 0) + n * power);
  const powers: Unit['powers'] = Object.fromEntries([...sums].filter(([, n]) => n !== 0));
  const mantissa = power === -1 ? left.mantissa / right.mantissa : left.mantissa * right.mantissa ** power;
  return { mantissa, exponent: left.exponent + right.exponent * power, powers };
}
