import { InvalidArgumentError } from 'commander';

/** Commander's parsers for numbers; a wrong one is a usage error that names the option. */
export function numberBetween(minimum: number, maximum: number, exclusive = false) {
  return (text: string): number => {
    const value = Number(text);
    const inside = exclusive ? value > minimum && value < maximum : value >= minimum && value <= maximum;
    if (text.trim() === '' || !Number.isFinite(value) || !inside)
      throw new InvalidArgumentError(
        `must be a number ${exclusive ? 'between' : 'from'} ${minimum} ${exclusive ? 'and' : 'to'} ${maximum}`,
      );
    return value;
  };
}

export function positive(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0)
    throw new InvalidArgumentError('must be a number above 0');
  return value;
}

export function notNegative(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('must be a number of at least 0');
  return value;
}

export function wholeNumber(minimum: number) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < minimum)
      throw new InvalidArgumentError(`must be a whole number of at least ${minimum}`);
    return value;
  };
}
