import { FedwardError } from '../base/errors.js';
import type { Applied, Trained, TrainerCapability, TrainingWishes } from '../interfaces/trainer.js';
import { createParameters, type Layout, type Parameters, type TensorLayout } from '../parameters/parameters.js';

/** A tensor that stays at the site. */
export interface PrivateTensor {
  readonly tensor: TensorLayout;
  /** [tensor.size]: what it starts from; null for the payload's values. */
  readonly values: Float32Array | null;
}

/**
 * What is asked of a training beyond the plan, checked against the model.
 * The gradient of a step is: clipped, noised (`GradientPrivacy`), then + proximalMu (w - w0) + correction, then 0
 * in the frozen tensors. Frozen tensors count as 0 in clipping too. The noise of element i of the layout is the
 * same whether other tensors are frozen or not.
 */
export interface PlacedWishes {
  /** Weight of FedProx's pull towards w0, the values that training started from (private ones included); >= 0. */
  readonly proximalMu: number;
  /** Tensors that are not trained, each once, in the order of the layout. */
  readonly frozen: readonly TensorLayout[];
  /** [layout.size], added to the gradient of each step. */
  readonly correction?: Float32Array;
  readonly privateTensors: readonly PrivateTensor[];
}

/**
 * @param layout of the model that is trained
 * @throws {FedwardError} CONFIG_INCOMPATIBLE for a wish that no trainer here knows or an unknown tensor, by name; for a
 *   proximal term that is no finite float32 >= 0; for a correction or private values of another length than the layout says
 */
export function placeWishes(wishes: TrainingWishes, layout: Layout): PlacedWishes {
  const { proximalMu = 0, frozen = [], correction, privateTensors = {}, ...others } = wishes;
  for (const name of Object.keys(others)) throw incompatible(`no trainer here knows the wish ${name}`, name);
  if (!(proximalMu >= 0 && Math.fround(proximalMu) < Infinity))
    throw incompatible(`proximalMu must be a finite float32 >= 0, got ${String(proximalMu)}`, 'proximalMu');
  const named = new Map(layout.tensors.map((tensor) => [tensor.name, tensor]));
  for (const [what, names] of Object.entries({ frozen, privateTensors: Object.keys(privateTensors) })) {
    const unknown = names.find((name) => !named.has(name));
    if (unknown !== undefined) throw incompatible(`${what} names ${unknown}, which is no tensor of the model`, unknown);
  }
  if (correction && correction.length !== layout.size)
    throw incompatible(`the correction has ${correction.length} values, the model ${layout.size}`, 'correction');
  const own = layout.tensors.flatMap((tensor): PrivateTensor[] => {
    if (!Object.hasOwn(privateTensors, tensor.name)) return [];
    const values = privateTensors[tensor.name]!;
    if (values && values.length !== tensor.size)
      throw incompatible(
        `the private tensor ${tensor.name} has ${values.length} values, not ${tensor.size}`,
        tensor.name,
      );
    return [{ tensor, values }];
  });
  return {
    proximalMu,
    frozen: layout.tensors.filter(({ name }) => frozen.includes(name)),
    ...(correction && { correction }),
    privateTensors: own,
  };
}

/** For `Trained.applied`: the wishes that a training carried out, once it has. */
export function appliedWishes({
  proximalMu,
  frozen,
  correction,
  privateTensors,
}: PlacedWishes): Omit<Applied, 'gradientPrivacy'> {
  return {
    ...(proximalMu > 0 && { proximalMu }),
    ...(frozen.length > 0 && { frozen: frozen.map(({ name }) => name) }),
    ...(correction && { correction: true as const }),
    ...(privateTensors.length > 0 && { privateTensors: privateTensors.map(({ tensor }) => tensor.name) }),
  };
}

/** What a trainer must provide to grant these wishes. */
export function capabilitiesFor({ proximalMu, frozen, correction, privateTensors }: Applied): TrainerCapability[] {
  return [
    ...(proximalMu ? ['proximal-term'] : []),
    ...(frozen?.length ? ['frozen-tensors'] : []),
    ...(correction ? ['correction'] : []),
    ...(privateTensors?.length ? ['private-tensors'] : []),
  ];
}

/**
 * The values to train from: the payload's, but for private tensors that the site has values of.
 * @param start [layout.size] to write them to. Default: an array of its own
 */
export function startValues(
  { values }: Parameters,
  { privateTensors }: Pick<PlacedWishes, 'privateTensors'>,
  start: Float32Array = new Float32Array(values.length),
): Float32Array {
  start.set(values);
  for (const { tensor, values } of privateTensors) if (values) start.set(values, tensor.offset);
  return start;
}

/**
 * Trained values, those that leave and those that stay apart: private tensors are in the payload as they came.
 * @param values [layout.size], changed
 */
export function splitTrained(
  values: Float32Array,
  payload: Parameters,
  { privateTensors }: Pick<PlacedWishes, 'privateTensors'>,
): Pick<Trained, 'payload' | 'privateTensors'> {
  const own: Record<string, Float32Array> = {};
  for (const { tensor } of privateTensors) {
    const { name, offset, size } = tensor;
    own[name] = values.slice(offset, offset + size);
    values.set(payload.values.subarray(offset, offset + size), offset);
  }
  const trained = createParameters(payload.layout, values);
  return privateTensors.length > 0 ? { payload: trained, privateTensors: own } : { payload: trained };
}

function incompatible(message: string, subject: string): FedwardError {
  return new FedwardError('CONFIG_INCOMPATIBLE', message, subject);
}
