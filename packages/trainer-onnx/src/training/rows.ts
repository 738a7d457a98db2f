/** Some examples of a batch, with what is drawn for each. */
export interface Rows {
  readonly size: number;
  /** [size, ...inputShape] */
  readonly features: Float32Array;
  /** [size] */
  readonly labels: Float32Array;
  /** One a place of dropout: [size, ...shape]. */
  readonly masks: readonly Float32Array[];
}

/** Those from one place up to another, not copied. */
export function slicedRows({ size, features, labels, masks }: Rows, from: number, to: number): Rows {
  if (from === 0 && to === size) return { size, features, labels, masks };
  const part = (values: Float32Array): Float32Array => {
    const width = values.length / size;
    return values.subarray(from * width, to * width);
  };
  return { size: to - from, features: part(features), labels: part(labels), masks: masks.map(part) };
}

/** Those at the given places, copied. */
export function chosenRows({ size, features, labels, masks }: Rows, places: readonly number[]): Rows {
  const part = (values: Float32Array): Float32Array => {
    const width = values.length / size;
    const chosen = new Float32Array(places.length * width);
    places.forEach((place, i) => chosen.set(values.subarray(place * width, (place + 1) * width), i * width));
    return chosen;
  };
  return { size: places.length, features: part(features), labels: part(labels), masks: masks.map(part) };
}

/** Places of the examples of each unit, in the order of first appearance; each example by itself without units. */
export function placesOfUnits(size: number, units?: Uint32Array): number[][] {
  if (!units) return Array.from({ length: size }, (_, place) => [place]);
  const places = new Map<number, number[]>();
  units.forEach((unit, place) => {
    const known = places.get(unit);
    if (known) known.push(place);
    else places.set(unit, [place]);
  });
  return [...places.values()];
}
