import { broadcastAt, broadcastShape, generate } from '../float-array.js';
import { number, type Attributes, type Rule } from './rule.js';

const each =
  (f: (x: number, attributes: Attributes) => number): Rule =>
  ([x], attributes) => [{ shape: x!.shape, values: x!.values.map((value) => f(value, attributes)) }];
const pair =
  (f: (a: number, b: number) => number): Rule =>
  ([a, b]) => [
    generate(broadcastShape([a!.shape, b!.shape]), (index) => f(broadcastAt(a!, index), broadcastAt(b!, index))),
  ];

const several =
  (f: (...all: number[]) => number): Rule =>
  (inputs) => [
    generate(broadcastShape(inputs.map(({ shape }) => shape)), (index) =>
      f(...inputs.map((one) => broadcastAt(one, index))),
    ),
  ];

/** Abramowitz and Stegun's series 7.1.5 near 0, and the continued fraction 7.1.14 beyond. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size > 6) return Math.sign(x);
  if (size < 3) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum) && n < 200; n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let n = 200; n >= 1; n--) fraction = n / 2 / (size + fraction);
  return Math.sign(x) * (1 - Math.exp(-x * x) / (Math.sqrt(Math.PI) * (size + fraction)));
}

const gelu = each((x, { approximate }) =>
  approximate === 'tanh'
    ? 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))
    : 0.5 * x * (1 + erf(x / Math.SQRT2)),
);

const clip: Rule = ([x, low, high]) => [
  {
    shape: x!.shape,
    values: x!.values.map((v) => Math.min(Math.max(v, low?.values[0] ?? -Infinity), high?.values[0] ?? Infinity)),
  },
];

const whole = (to: number): boolean => to === 6 || to === 7;

/** Elementwise operators. */
export const elementwise: Readonly<Record<string, Rule>> = {
  Add: pair((a, b) => a + b),
  Sub: pair((a, b) => a - b),
  Mul: pair((a, b) => a * b),
  Div: pair((a, b) => a / b),
  Pow: pair((a, b) => a ** b),
  Equal: pair((a, b) => Number(a === b)),
  Less: pair((a, b) => Number(a < b)),
  LessOrEqual: pair((a, b) => Number(a <= b)),
  Greater: pair((a, b) => Number(a > b)),
  GreaterOrEqual: pair((a, b) => Number(a >= b)),
  Where: ([c, a, b]) => [
    generate(broadcastShape([c!.shape, a!.shape, b!.shape]), (index) =>
      broadcastAt(c!, index) ? broadcastAt(a!, index) : broadcastAt(b!, index),
    ),
  ],
  Neg: each((x) => -x),
  Abs: each(Math.abs),
  Exp: each(Math.exp),
  Log: each(Math.log),
  Sqrt: each(Math.sqrt),
  Reciprocal: each((x) => 1 / x),
  Erf: each(erf),
  Identity: each((x) => x),
  Dropout: each((x) => x),
  Cast: each((x, { to }) => (to === 9 ? Number(x !== 0) : whole(to as number) ? Math.trunc(x) : x)),
  CastLike: ([x]) => [x!], // of floats to floats
  Clip: clip,
  Relu: each((x) => Math.max(x, 0)),
  LeakyRelu: each((x, attributes) => (x > 0 ? x : number(attributes, 'alpha', 0.01) * x)),
  Sigmoid: each((x) => 1 / (1 + Math.exp(-x))),
  Tanh: each(Math.tanh),
  Elu: each((x, attributes) => (x > 0 ? x : number(attributes, 'alpha', 1) * Math.expm1(x))),
  Softplus: each((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  Gelu: gelu,
  HardSigmoid: each((x, a) => Math.min(Math.max(number(a, 'alpha', 0.2) * x + number(a, 'beta', 0.5), 0), 1)),
  HardSwish: each((x) => x * Math.min(Math.max(x / 6 + 0.5, 0), 1)),
  Selu: each((x, a) => number(a, 'gamma', 1.0507010221481323) * (x > 0 ? x : number(a, 'alpha', 1.6732631921768188) * Math.expm1(x))), // prettier-ignore
  Celu: each((x, a) => Math.max(x, 0) + Math.min(0, number(a, 'alpha', 1) * Math.expm1(x / number(a, 'alpha', 1)))),
  Mish: each((x) => x * Math.tanh(Math.log1p(Math.exp(x)))),
  Softsign: each((x) => x / (1 + Math.abs(x))),
  Sin: each(Math.sin),
  Cos: each(Math.cos),
  PRelu: pair((x, slope) => (x > 0 ? x : slope * x)),
  Max: several(Math.max),
  Min: several(Math.min),
  And: pair((a, b) => Number(a !== 0 && b !== 0)),
  Or: pair((a, b) => Number(a !== 0 || b !== 0)),
  Not: each((x) => Number(x === 0)),
  IsNaN: each((x) => Number(Number.isNaN(x))),
};
