import { declaredImputer, type Imputer, type ImputerFit, type TableSchema } from '@fedward/kit-tables';
import { ChainedRecords } from './chain.js';
import { imputedColumns } from './columns.js';
import { parseImputationModel, type ImputationModel } from './model.js';
import { NearestRecords } from './nearest.js';
import { assertSameColumns } from './records.js';

/**
 * What a model fills in, row by row; also of a patient, and of a hospital, that it was not learned from. What becomes of a
 * row hangs on that row and the model alone. First the schema's own rules act: constants are filled in, rows are left out.
 *
 * The table that it is used on is marked: the model is made of statistics of patients, which no epsilon of a record has
 * paid for.
 *
 * @throws {FedwardError} CONFIG_INVALID for no model; CONFIG_INCOMPATIBLE, naming the column, where the schema's columns
 *   are not those that it was learned for
 */
export function imputerOf(model: ImputationModel, schema: TableSchema): Imputer {
  const { columns, constants, ridge, nearest, fitted } = parseImputationModel(model);
  assertSameColumns(imputedColumns(schema), columns, 'the imputation model');
  const declared = declaredImputer(schema);
  const near = nearest && new NearestRecords(columns, nearest);
  const chained = columns.flatMap(({ method }, i) => (method === 'ridge' ? [i] : []));
  const steps = ridge?.steps ?? [];
  return {
    sharedStatistics: wordsOf(columns, fitted),
    impute(row) {
      const { values } = row;
      const reason = declared.impute(row);
      if (reason !== undefined) return reason;
      const own = values.slice();
      near?.fill(own, values);
      if (ridge && chained.some((i) => Number.isNaN(own[i]!))) {
        const chain = new ChainedRecords(columns, own, ridge);
        chain.goOn(steps);
        for (const i of chained) if (Number.isNaN(own[i]!)) values[i] = chain.cell(0, i);
      }
      for (let i = 0; i < columns.length; i++)
        if (constants[i] !== null && Number.isNaN(own[i]!)) values[i] = constants[i]!;
      return undefined;
    },
  };
}

/** A model that is there already, as `prepareRecords` takes it: nothing is learned from the rows. */
export function learnedImputer(model: ImputationModel): ImputerFit {
  return (table) => imputerOf(model, table.schema);
}

/** Such as `ridge of chol and mean of age, learned from the training parts of a federation`. */
function wordsOf(columns: ImputationModel['columns'], fitted: ImputationModel['fitted']): string {
  const methods = new Map<string, string[]>();
  for (const { name, method } of columns) if (method) methods.set(method, [...(methods.get(method) ?? []), name]);
  const parts = [...methods].map(([method, names]) => `${method} of ${names.join(', ')}`);
  const whose = fitted === 'site' ? 'the training part' : 'the training parts of a federation';
  return `${parts.join(' and ')}, learned from ${whose}`;
}
