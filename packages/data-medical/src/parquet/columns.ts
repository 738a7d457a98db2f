import { canonicalText } from '@fedward/kit-tables';
import { parquetSchema, type FileMetaData, type SchemaTree } from 'hyparquet';
import { cellText, type CellText } from './cells.js';

/** A column that can be read. */
export interface ParquetColumn {
  /** In Unicode NFC. */
  readonly name: string;
  readonly tree: SchemaTree;
  /** From the root to the leaf that has the values. */
  readonly path: readonly SchemaTree[];
  /** Names of the path without the root, joined by points, as chunks have them. */
  readonly key: string;
  /** Of flat columns. Absent for lists of numbers, which become arrays. */
  readonly text?: CellText;
  readonly isBoolean: boolean;
}

/** A column that can't be, and why: the end of a sentence. */
export interface UnreadColumn {
  readonly name: string;
  readonly why: string;
}

/** The columns of a file in its order. @throws whatever a damaged footer makes of it */
export function columnsOf(metadata: FileMetaData): (ParquetColumn | UnreadColumn)[] {
  const root = parquetSchema(metadata);
  return root.children.map((tree) => columnOf(root, tree));
}

function columnOf(root: SchemaTree, tree: SchemaTree): ParquetColumn | UnreadColumn {
  const name = canonicalText(tree.element.name);
  const path = [root, tree];
  for (let node = tree; node.children.length > 0; node = node.children[0]!) {
    if (node.children.length > 1) return { name, why: 'is nested: its cells are records of several fields' };
    path.push(node.children[0]!);
  }
  const leaf = path.at(-1)!;
  const key = leaf.path.join('.');
  const lists = path.filter(({ element }) => element.repetition_type === 'REPEATED').length;
  if (path.length === 2 && lists === 0) {
    const text = cellText(leaf.element);
    if (typeof text === 'string') return { name, why: text };
    return { name, tree, path, key, text, isBoolean: leaf.element.type === 'BOOLEAN' };
  }
  const { type, converted_type: converted, logical_type: logical } = leaf.element;
  const isNumber = ['INT32', 'INT64', 'FLOAT', 'DOUBLE'].includes(type!) && !converted?.match(/DECIMAL|DATE|TIME/);
  const isList = lists === 1 && (path.length === 2 || (path.length <= 4 && tree.element.converted_type === 'LIST'));
  if (!isList || !isNumber || (logical && logical.type !== 'INTEGER'))
    return { name, why: 'is nested: of such columns only lists of numbers are read' };
  return { name, tree, path, key, isBoolean: false };
}

export function isRead(column: ParquetColumn | UnreadColumn): column is ParquetColumn {
  return 'tree' in column;
}
