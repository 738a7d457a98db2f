import type { Evaluation, Figure } from '@fedward/metrics-clinical';

/** Whether risks are told right, in one sentence; undefined where nothing is known of it. */
export function calibrationText({ figures, task, level }: Evaluation): string | undefined {
  if (task === 'value') return valueText(figures['bias'], level);
  const whole = figures['observedExpected'] ?? figures['calibrationAtHorizon'];
  const { calibrationSlope: slope } = figures;
  const parts = [
    ...(whole?.value === undefined || whole.value === null ? [] : [wholeText(whole.value, whole.interval)]),
    ...(slope?.value === undefined || slope.value === null ? [] : [slopeText(slope.value, slope.interval)]),
  ];
  if (parts.length > 0) return `Calibration: ${parts.join('; ')} (${Math.round(100 * level)} % intervals).`;
  const because = whole?.because ?? slope?.because;
  return because === undefined ? undefined : `Calibration is not known: ${because}.`;
}

function wholeText(ratio: number, interval: Figure['interval']): string {
  const observed = `${ratio.toFixed(2)} times as many events as predicted${rangeText(interval)}`;
  if (!interval) return `there were ${observed}`;
  if (interval[0] > 1) return `there were ${observed}, so that risks are told too low`;
  if (interval[1] < 1) return `there were ${observed}, so that risks are told too high`;
  return `there were ${observed}, which does not show that risks are told too high or too low`;
}

function slopeText(slope: number, interval: Figure['interval']): string {
  const told = `the slope is ${slope.toFixed(2)}${rangeText(interval)}`;
  if (!interval) return told;
  if (interval[1] < 1) return `${told}, so that high risks are told too high and low ones too low`;
  if (interval[0] > 1) return `${told}, so that high and low risks are told too close to each other`;
  return `${told}, which does not show that predictions are too extreme or too timid`;
}

function valueText(bias: Figure | undefined, level: number): string | undefined {
  if (bias?.value === undefined || bias.value === null) return undefined;
  const { value, interval } = bias;
  const range = interval
    ? ` (${Math.round(100 * level)} % interval ${interval[0].toPrecision(3)} to ${interval[1].toPrecision(3)})`
    : '';
  const which = value > 0 ? 'above' : 'below';
  return `On average predictions are ${Math.abs(value).toPrecision(3)} ${which} what was measured${range ? `; predicted minus measured is ${value.toPrecision(3)}${range}` : ''}.`;
}

function rangeText(interval: Figure['interval']): string {
  return interval ? ` (${interval[0].toFixed(2)} to ${interval[1].toFixed(2)})` : '';
}
