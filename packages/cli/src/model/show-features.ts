import { anyPreprocessing, type BundleManifest } from '@fedward/model-bundle';

type Columns = NonNullable<NonNullable<BundleManifest['preprocessing']>['all']>['schema']['columns'];
type Column = Columns[number];

/** The columns that a model reads, as cells of a table: name, kind, unit and levels or range, what a missing value does. */
export function featuresOf({ preprocessing, features }: BundleManifest): string[][] {
  if (!preprocessing) return features.map((name) => [name, 'numeric', '', '']);
  const any = anyPreprocessing({ preprocessing });
  return (any?.schema.columns ?? []).map((column) => [
    column.name,
    column.kind,
    aboutValues(column),
    missingWords(column),
  ]);
}

function aboutValues(column: Column): string {
  if (column.kind === 'binary' || column.kind === 'categorical') return column.levels.join(', ');
  const { range, scale } = column;
  const unit = 'unit' in column && column.unit !== undefined ? column.unit : '';
  const parts = [
    unit,
    'shape' in column ? column.shape.join(' x ') : '',
    range ? `${range[0]} to ${range[1]}` : scale ? `about ${scale.center}, give or take ${scale.spread}` : '',
    'transform' in column && column.transform ? column.transform : '',
  ];
  return parts.filter((part) => part !== '').join('; ');
}

function missingWords({ missing }: Column): string {
  if (typeof missing === 'string') return missing === 'impute' ? 'filled in' : 'the row is not scored';
  return 'fill' in missing ? `${missing.fill} is filled in` : `filled in by ${missing.impute}`;
}
