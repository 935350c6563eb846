// A table for people: on a phone each row becomes a small card, with the column's name before every figure.
import type { ReactNode } from "react";
import "./table.css";

export interface Column<Row> {
  key: string;
  name: string;
  cell: (row: Row) => ReactNode;
  /** Figures stand at the far end, so that their digits line up. */
  isFigure?: boolean;
}

interface DataTableProps<Row> {
  /** What the table holds, for those who hear it. */
  caption: string;
  /** The first column names the row. */
  columns: Column<Row>[];
  rows: Row[];
  keyOf: (row: Row) => string;
}

export function DataTable<Row>({ caption, columns, rows, keyOf }: DataTableProps<Row>) {
  const [first, ...others] = columns;
  if (!first) return null;
  return (
    // Rows turned into cards would lose their roles in some browsers: they are said again.
    <table className="table" role="table">
      <caption className="hidden">{caption}</caption>
      <thead>
        <tr role="row">
          {columns.map(({ key, name, isFigure }) => (
            <th key={key} role="columnheader" scope="col" data-figure={isFigure || undefined}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)} role="row">
            <th scope="row">{first.cell(row)}</th>
            {others.map(({ key, name, cell, isFigure }) => (
              // eslint-disable-next-line jsx-a11y/no-interactive-element-to-noninteractive-role -- a cell is none
              <td key={key} role="cell" data-name={name} data-figure={isFigure || undefined}>
                <span>{cell(row)}</span>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
