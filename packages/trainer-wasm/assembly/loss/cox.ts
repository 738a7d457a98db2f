import { at } from '../memory';

/** Room that `cox` needs for its order of times and its risk sets, in 32-bit values. */
export function coxRoom(examples: i32): i32 {
  return 4 * examples + 2;
}

/**
 * Cox's negative log partial likelihood (Cox 1972; ties by Breslow 1974): the sum over events i of
 * log sum_{j: T_j >= T_i} exp(s_j) - s_i. A label is the time, negative where censored.
 *
 * Records are gone through from the latest time to the earliest, so that each risk set is the one before and its
 * newcomers; a second pass back adds up, for every record, the events in whose risk set it was. Sums of exponentials
 * are kept as their logarithms, so that nothing over- or underflows whatever the scores.
 *
 * @param scores [examples]: log hazards
 * @param room see `coxRoom`
 */
export function cox(examples: i32, scores: usize, labels: usize, gradient: usize, room: usize): f64 {
  if (examples == 0) return 0;
  const logRisks = room;
  const order = at(room, 2 * examples);
  for (let i = 0; i < examples; i++) store<u32>(at(order, i), i);
  sortByTime(order, labels, examples);

  let loss: f64 = 0;
  let logRisk = -Infinity;
  for (let first = 0; first < examples; ) {
    const end = endOfTies(order, labels, first, examples);
    for (let i = first; i < end; i++) logRisk = logAdd(logRisk, scoreOf(scores, load<u32>(at(order, i))));
    for (let i = first; i < end; i++) {
      const record = load<u32>(at(order, i));
      store<f64>(logRisks + (<usize>i << 3), logRisk);
      if (happened(labels, record)) loss += logRisk - scoreOf(scores, record);
    }
    first = end;
  }

  // Back from the earliest: `logEvents` is of the sum of 1 / risk over all events up to a record's time.
  let logEvents = -Infinity;
  for (let end = examples; end > 0; ) {
    let first = end - 1;
    while (first > 0 && timeOf(labels, order, first - 1) == timeOf(labels, order, first)) first--;
    for (let i = first; i < end; i++)
      if (happened(labels, load<u32>(at(order, i))))
        logEvents = logAdd(logEvents, -load<f64>(logRisks + (<usize>i << 3)));
    for (let i = first; i < end; i++) {
      const record = load<u32>(at(order, i));
      const share = Math.exp(scoreOf(scores, record) + logEvents);
      store<f32>(at(gradient, record), <f32>(happened(labels, record) ? share - 1 : share));
    }
    end = first;
  }
  return loss;
}

/** log(e^a + e^b), b finite */
function logAdd(a: f64, b: f64): f64 {
  return max(a, b) + Math.log1p(Math.exp(-abs(a - b)));
}

function happened(labels: usize, record: u32): bool {
  return load<f32>(at(labels, record)) > 0;
}

function scoreOf(scores: usize, record: u32): f64 {
  return load<f32>(at(scores, record));
}

function timeOf(labels: usize, order: usize, place: i32): f32 {
  return abs(load<f32>(at(labels, load<u32>(at(order, place)))));
}

function endOfTies(order: usize, labels: usize, first: i32, examples: i32): i32 {
  const time = timeOf(labels, order, first);
  let end = first + 1;
  while (end < examples && timeOf(labels, order, end) == time) end++;
  return end;
}

/** Heap sort by descending time (Williams 1964). */
function sortByTime(order: usize, labels: usize, count: i32): void {
  for (let root = count / 2 - 1; root >= 0; root--) sink(order, labels, root, count);
  for (let end = count - 1; end > 0; end--) {
    swap(order, 0, end);
    sink(order, labels, 0, end);
  }
}

function sink(order: usize, labels: usize, root: i32, count: i32): void {
  while (2 * root + 1 < count) {
    let child = 2 * root + 1;
    if (child + 1 < count && timeOf(labels, order, child + 1) < timeOf(labels, order, child)) child++;
    if (timeOf(labels, order, root) <= timeOf(labels, order, child)) return;
    swap(order, root, child);
    root = child;
  }
}

function swap(order: usize, a: i32, b: i32): void {
  const kept = load<u32>(at(order, a));
  store<u32>(at(order, a), load<u32>(at(order, b)));
  store<u32>(at(order, b), kept);
}
