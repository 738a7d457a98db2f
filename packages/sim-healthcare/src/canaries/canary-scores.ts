import { modelOf } from '@fedward/core';
import type { Client, LocalTrainer, ModelSpec, Parameters, Task, Tensors, Transport, Update } from '@fedward/core';
import type { HospitalCanaries } from './canaries.js';
import type { ReferenceUpdate } from './reference-update.js';

/** What an adversary who sees each hospital's update makes of it: the larger, the likelier a canary's coin was true. */
export interface CanaryScores {
  /** The same clients; what they answer is looked at on its way. */
  readonly transport: Transport;
  /** [canaries], hospital after hospital, once the run is over. */
  scores(): Float64Array;
}

/**
 * Scores canaries from what is released, and nothing else of the hospital: the model that it was sent in a round, and
 * the change that it gave back.
 *
 * A canary pushes the model towards its own label: in the direction of the gradient of its margin, the output of its
 * label less that of the other one. So its score is how much further the update has moved along that direction than a
 * reference that knows no coins, summed over the rounds, as in the white-box attack of Steinke, Nasr and Jagielski 2023 (section 6), with a finite difference in the
 * place of the inner product with the gradient. Of the update only the first tensor is put into the model: all other
 * weights are moved by all records and by noise, those of the first layer at a canary's own feature mostly by it.
 *
 * @param model with a loss over classes
 */
export function scoreCanaries(
  inner: Transport,
  canaries: readonly HospitalCanaries[],
  { model, trainer, reference }: { model: ModelSpec; trainer: LocalTrainer; reference: ReferenceUpdate },
): CanaryScores {
  const all = new Map(canaries.map((own) => [own.hospitalId, { own, sums: new Float64Array(own.records.count) }]));

  const margins = async (parameters: Parameters, { records, otherLabels }: HospitalCanaries): Promise<Float64Array> =>
    marginsOf(await trainer.predict(model, parameters, records), records.labels, otherLabels);

  const observe = async (task: Task, { clientId, payload }: Update, signal: AbortSignal): Promise<void> => {
    const { own, sums } = all.get(clientId)!;
    const sent = modelOf(task.payload);
    const expected = await margins(movedFirstTensor(sent, await reference(clientId, task, signal)), own);
    const seen = await margins(movedFirstTensor(sent, payload), own);
    for (let canary = 0; canary < sums.length; canary++) sums[canary]! += seen[canary]! - expected[canary]!;
  };

  return {
    transport: {
      clients: () => inner.clients(),
      close: () => inner.close(),
      client(id): Client {
        const client = inner.client(id);
        return {
          ...client,
          async answer(task, signal) {
            const update = await client.answer(task, signal);
            await observe(task, update, signal);
            return update;
          },
        };
      },
    },
    scores: () => Float64Array.from(canaries.flatMap(({ hospitalId }) => [...all.get(hospitalId)!.sums])),
  };
}

/**
 * Output of the one label less that of the other; with a single output, the log-odds of class 1, these or their
 * opposite.
 */
function marginsOf(outputs: Float32Array, labels: Float32Array, others: Float32Array): Float64Array {
  const classes = outputs.length / labels.length;
  return Float64Array.from(labels, (label, row) =>
    classes === 1
      ? outputs[row]! * (label - others[row]!)
      : outputs[row * classes + label]! - outputs[row * classes + others[row]!]!,
  );
}

/** The model with the change of its first tensor alone. */
function movedFirstTensor({ layout, values }: Parameters, change: Tensors): Parameters {
  const { offset, size } = layout.tensors[0]!;
  const moved = values.slice();
  for (let i = offset; i < offset + size; i++) moved[i]! += change.values[i]!;
  return { layout, values: moved };
}
