import type { Control } from "./find_control.ts";

/** A browser for a walk: the same over WebDriver BiDi (Firefox) and plain WebDriver (WebKit). */
export interface Driver {
  /** Console errors, exceptions and failed requests so far. */
  troubles(): Promise<string[]>;
  load(url: string): Promise<void>;
  /** Runs a function that uses nothing from outside in the page. */
  run<T, A>(work: (argument: A) => T, argument: A): Promise<T>;
  has(control: Control): Promise<boolean>;
  /** Clicks the control with the mouse; false if it is not there. */
  click(control: Control): Promise<boolean>;
  type(text: string): Promise<void>;
  /** A key by its name, optionally with Control: `Enter`, `Control+k`. */
  press(key: string): Promise<void>;
  resize(width: number, height: number): Promise<void>;
  screenshot(): Promise<Uint8Array>;
  close(): Promise<void>;
}
