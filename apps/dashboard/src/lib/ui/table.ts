/** A column of a list that looks like a table. */
export interface Column<Key extends string = string> {
  key: Key;
  name: string;
  /** The list can be ordered by it. */
  sorts?: boolean;
  /** Which way its first click orders: numbers and times from the greatest, names from A. */
  first?: "asc" | "desc";
  /** Numbers stand at the end of the line. */
  end?: boolean;
  /** Its name is only said by screen readers. */
  isHidden?: boolean;
  /** At which widths it is shown. */
  class?: string;
}

export interface Sorting<Key extends string = string> {
  key: Key;
  order: "asc" | "desc";
}
