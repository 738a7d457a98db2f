import { outputSize } from '@fedward/core';
import type { BundleManifest } from '@fedward/model-bundle';
import type { ElementType, Graph, Value } from '@fedward/kit-onnx';

/**
 * What the model's outputs say, in the words of its task: probabilities and the class, a value, or the log hazard and the
 * probability of the event. Computed in float64. A row without a prediction is NaN, its label -1, its class the empty text.
 *
 * @param outputs [N, outputs], float32: logits, values or log hazards
 * @param refused [N, 1], bool
 */
export function addAnswers(graph: Graph, manifest: BundleManifest, outputs: Value, refused: Value): void {
  const { task, label } = manifest;
  const unit = label.unit === undefined ? '' : `, in ${label.unit}`;
  const told = graph.cast(outputs, 'float64');
  const put = (name: string, value: Value, meaning: string): void => {
    const answered = graph.node('Where', [refused, graph.number(NaN), value]);
    graph.output(graph.cast(answered, 'float32'), port(graph, name, 'float32', ['N', 1], meaning));
  };
  if (task === 'value') put('value', told, `${label.name}${unit}; NaN: no prediction`);
  else if (task === 'survival') {
    put('log_hazard', told, 'log hazard; NaN: no prediction');
    addEventProbability(graph, manifest, told, put);
  } else addClasses(graph, manifest, told, refused);
}

/** 1 - exp(-H0(t) exp(log hazard)) at the declared horizon, H0 by Breslow (1972); nothing where either is not known. */
function addEventProbability(
  graph: Graph,
  { baseline, evaluationSettings: { horizon } }: BundleManifest,
  logHazard: Value,
  put: (name: string, value: Value, meaning: string) => void,
): void {
  if (!baseline || horizon === undefined) return;
  let cumulative = 0;
  baseline.times.forEach((time, i) => {
    if (time <= horizon) cumulative = baseline.cumulative[i]!;
  });
  const hazard = graph.node('Mul', [graph.node('Exp', [logHazard]), graph.number(-cumulative)]);
  const probability = graph.node('Sub', [graph.number(1), graph.node('Exp', [hazard])]);
  put(
    'event_probability',
    probability,
    `probability of the event by ${Number(horizon.toPrecision(6))}; NaN: no prediction`,
  );
}

function addClasses(graph: Graph, manifest: BundleManifest, told: Value, refused: Value): void {
  const classes = classesOf(manifest);
  const names = classes.map((name) => JSON.stringify(name)).join(', ');
  const width = outputSize(manifest.model);
  const probabilities =
    width === 1
      ? graph.node('Concat', [sigmoid(graph, graph.node('Neg', [told])), sigmoid(graph, told)], { axis: 1 })
      : graph.node('Softmax', [told], { axis: 1 });
  const threshold = manifest.threshold?.value ?? 0.5;
  const label =
    classes.length === 2
      ? graph.cast(graph.node('GreaterOrEqual', [second(graph, probabilities), graph.number(threshold)]), 'int64')
      : graph.node('ArgMax', [told], { axis: 1, keepdims: 1 });
  const masked = graph.node('Where', [refused, graph.number(NaN), probabilities]);
  graph.output(
    graph.cast(masked, 'float32'),
    port(graph, 'probabilities', 'float32', ['N', classes.length], `probability of ${names}; NaN: no prediction`),
  );
  const flat = (value: Value): Value => graph.node('Reshape', [value, graph.int64([-1])]);
  const rule = classes.length === 2 ? `1 where its probability is ${threshold} or more` : 'the most probable class';
  graph.output(
    flat(graph.node('Where', [refused, graph.int64([-1]), label])),
    port(graph, 'label', 'int64', ['N'], `${rule}, by its position in ${names}; -1: no prediction`),
  );
  const position = graph.node('Where', [refused, graph.int64([classes.length]), label]);
  graph.output(
    flat(graph.node('Gather', [graph.strings([...classes, '']), position])),
    port(graph, 'class', 'string', ['N'], `the same by its name: one of ${names}; empty: no prediction`),
  );
}

function sigmoid(graph: Graph, value: Value): Value {
  return graph.node('Sigmoid', [value]);
}

/** [N, 1] of [N, 2] */
function second(graph: Graph, probabilities: Value): Value {
  return graph.node('Gather', [probabilities, graph.int64([1])], { axis: 1 });
}

/** Names of the classes; numbers where the bundle has no names. */
export function classesOf({ label, model }: Pick<BundleManifest, 'label' | 'model'>): readonly string[] {
  return label.classes ?? Array.from({ length: Math.max(2, outputSize(model)) }, (_, i) => String(i));
}

/** An output whose name no column has. */
function port(graph: Graph, name: string, type: ElementType, shape: readonly ('N' | number)[], meaning: string) {
  const taken = graph.inputs.some((input) => input.name === name);
  return { name: taken ? `predicted ${name}` : name, type, shape, meaning };
}
