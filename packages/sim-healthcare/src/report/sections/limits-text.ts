import type { SimulationResult } from '../../run/result.js';
import { lackingText } from '../participation-text.js';

/** What a reader must not conclude from a result, in sentences: of how it was come by, not of how good it is. */
export function limitsText({
  simulationOnly,
  privacy,
  final,
  about,
  hospitals,
  rounds,
  threshold,
  validation,
  participation,
}: SimulationResult): string[] {
  const { evaluation, subgroups = [] } = final;
  return [
    'The hospitals were simulated: one machine held all data. What real hospitals, networks and people do is not in it.' +
      (hospitals.some(({ sheet }) => sheet) ? ' Where the data come from is said under Data.' : ''),
    ...(simulationOnly
      ? [`${privacy ? 'The privacy noise' : 'What should be secret'} came from a seed and protects nobody.`]
      : []),
    'Each hospital’s records were parted into training and test once. Intervals, where there are any, are of which patients ' +
      'happened to be tested; another division or another seed of training would move the figures further.',
    validation?.kind === 'leave-one-hospital-out'
      ? 'The result is of records of the hospitals that trained. How such models do at a hospital that took no part is said under Validation.'
      : 'Tested were records of the hospitals that trained: nothing here says how the model does at a hospital that took no part.',
    ...(rounds.length > 0
      ? [
          'Test parts were scored after each round too: once settings are chosen by those scores, the figures here are too good.',
        ]
      : []),
    ...(participation && !participation.complete ? [`The run is not complete. ${lackingText(participation)}`] : []),
    ...(evaluation
      ? []
      : ['This result has no intervals and no counts of test patients: it can’t be told how sure its figures are.']),
    ...(subgroups.length > 0 ? [] : ['No subgroups were judged: it is not known for whom the model does worse.']),
    ...(hospitals.some(({ localMetrics, localFailure }) => localMetrics === null && localFailure === undefined)
      ? ['Not every hospital was trained alone, so that it is not known for all what taking part is worth.']
      : []),
    ...(evaluation?.task === 'binary' && threshold?.on === 'default'
      ? [
          `The threshold of ${threshold.value} was not chosen for a use: sensitivity, specificity and what follows from them are those of that threshold alone.`,
        ]
      : []),
    about?.outOfScope === undefined
      ? 'What it must not be used for was not declared.'
      : `Declared as out of scope: ${about.outOfScope}`,
    'Nothing here shows that patients are better off where the model is used: that takes a study of its use.',
  ];
}
