import { FedwardError } from '@fedward/core';
import { EncodedTable, fitScaler, imputationOf, imputeTable, type Table } from '@fedward/kit-tables';
import { fitImputation } from '../impute/fit.js';
import { imputerOf } from '../impute/imputer.js';
import { declaresImputation } from '../impute/records.js';
import { preprocessingOf, type Preprocessing } from './preprocessing.js';

/**
 * What a hospital fits to its own records that takes no part in training: as those do that take part, but on all records,
 * since none is trained on. Labels are not looked at. The table is gone afterwards.
 *
 * @throws {FedwardError} DATA_EMPTY for fewer than two records; CONFIG_INCOMPATIBLE where missing values are learned over a
 *   federation, which one hospital can't
 */
export function fitPreprocessing(records: Table): Preprocessing {
  const { schema, name } = records;
  const learned = declaresImputation({ schema });
  if (learned && imputationOf(schema).fitted === 'federation')
    throw new FedwardError(
      'CONFIG_INCOMPATIBLE',
      `${name}: missing values are learned over a federation, which a hospital alone can't`,
      'imputation',
    );
  const imputation = learned ? fitImputation(records, positions(records.rowCount)) : undefined;
  const table = imputation ? imputeTable(records, imputerOf(imputation, schema)).table : records;
  if (table.count < 2)
    throw new FedwardError('DATA_EMPTY', `${name}: two records are the fewest that scales are fitted to`, name);
  const scaler = fitScaler(new EncodedTable(table), positions(table.count), 'the records of this file');
  return preprocessingOf(schema, { scaler, imputation, standardization: 'site' });
}

function positions(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
