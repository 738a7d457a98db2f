/** One sub-item of TRIPOD+AI, in words of this project: the wording that counts is that of the paper. */
export interface TripodItem {
  /** As in the checklist, such as `12a`. */
  readonly number: string;
  readonly section: string;
  /** What is to be reported. */
  readonly topic: string;
  /** What a person has to write that no run knows; undefined where a run can know all of it. */
  readonly write?: string;
}

const of =
  (section: string) =>
  (number: string, topic: string, write?: string): TripodItem => ({
    ...{ number, section, topic },
    ...(write !== undefined && { write }),
  });

const opening = of('Title, abstract and introduction');
const methods = of('Methods');
const open = of('Open science and involvement');
const results = of('Results');
const discussion = of('Discussion');

/** The 27 items of TRIPOD+AI with their sub-items, 52 in all (Collins et al. 2024, BMJ 385:e078378, table 2). */
export const tripodItems: readonly TripodItem[] = [
  opening('1', 'title', 'a title that says: development or evaluation of a prediction model, in whom, of what outcome'),
  opening('2', 'abstract', 'an abstract, by the checklist TRIPOD+AI for Abstracts'),
  opening('3a', 'context and reason', 'diagnosis or prognosis, why the model is needed, and the models that exist'),
  opening('3b', 'people and purpose', 'in whom, where in their care, and by whom it is to be used'),
  opening('3c', 'inequalities', 'which inequalities in health between groups of people are known'),
  opening('4', 'objectives', 'the objectives, and whether a model is developed, evaluated, or both'),
  methods(
    '5a',
    'sources of data',
    'where the data come from (routine care, cohort, registry), why these, whom they stand for',
  ),
  methods('5b', 'dates', 'from when to when people were included, and the end of follow-up'),
  methods('6a', 'setting', 'which kind of care, and where the centres are'),
  methods('6b', 'eligibility', 'who could be included and who not'),
  methods('6c', 'treatments', 'which treatments people had, and how that was dealt with'),
  methods(
    '7',
    'preparation of data',
    'checks of quality before the files were made, and whether they were alike for all groups',
  ),
  methods(
    '8a',
    'outcome',
    'how and when the outcome was established, its time horizon, why this one, alike for all groups or not',
  ),
  methods('8b', 'judges of the outcome', 'who judged outcomes that need judgement, and how qualified they are'),
  methods('8c', 'blinding of outcome', 'what was done so that outcomes were judged without knowledge of predictors'),
  methods('9a', 'choice of predictors', 'why these predictors were considered'),
  methods('9b', 'definition of predictors', 'how and when each was measured'),
  methods('9c', 'judges of predictors', 'who judged predictors that need judgement, and how qualified they are'),
  methods(
    '10',
    'sample size',
    'how the size was arrived at, and why it is enough, for development and evaluation apart',
  ),
  methods('11', 'missing data', 'why values are missing'),
  methods('12a', 'use of the data', 'why the data were parted in this way for this size'),
  methods(
    '12b',
    'handling of predictors',
    'why predictors were handled so, and what was done before the files were made',
  ),
  methods('12c', 'model and its building', 'why this type of model, and what was tried before'),
  methods('12d', 'differences between hospitals', 'how differences between centres were to be judged'),
  methods('12e', 'measures of performance', 'why these measures'),
  methods('12f', 'updating of the model'),
  methods('12g', 'calculation of predictions'),
  methods('13', 'class imbalance', 'why it was or was not addressed, and how the model was recalibrated'),
  methods('14', 'fairness', 'what was done for fairness between groups, and why'),
  methods('15', 'output of the model', 'why this output and this threshold'),
  methods('16', 'training against evaluation', 'differences in setting, eligibility, outcome and predictors'),
  methods('17', 'ethical approval', 'the ethics committee, its approval, and consent or its waiver'),
  open('18a', 'funding', 'who paid, and what part they had'),
  open('18b', 'conflicts of interest', 'of all authors'),
  open('18c', 'protocol', 'where the protocol is, or that there was none'),
  open('18d', 'registration', 'register and number, or that it was not registered'),
  open('18e', 'sharing of data', 'whether and how the data can be had'),
  open('18f', 'sharing of code', 'where the code of the analysis and this run folder can be had'),
  open('19', 'patients and public', 'how patients and the public were involved, or that they were not'),
  results('20a', 'flow of participants', 'how people came to be in the files, and follow-up'),
  results('20b', 'characteristics', 'a table of the people: overall, by centre, by key groups, with missing values'),
  results('20c', 'against the development data', 'the distribution of predictors and outcome in both'),
  results('21', 'participants and events'),
  results('22', 'the full model', 'how others get it, or why they can not'),
  results('23a', 'performance', 'figures of key subgroups, and any interval that is missing'),
  results('23b', 'differences between hospitals', 'what explains them'),
  results('24', 'results of updating'),
  discussion('25', 'interpretation', 'what the results mean, for whom, against earlier models, and for fairness'),
  discussion('26', 'limitations', 'limits of the sample, the outcome, the method; how far the result carries'),
  discussion('27a', 'poor input in use', 'what is to be done in use where inputs are bad or missing'),
  discussion('27b', 'users', 'what users have to do, and what they must know for it'),
  discussion('27c', 'next steps', 'what is to be studied next'),
];
