export type ToastKind = "message" | "success" | "error" | "info" | "warning";

export interface ToastOptions {
  /** A second line. */
  description?: string;
  /** How long it stays, in milliseconds. */
  duration?: number;
  action?: { label: string; onClick: () => void };
  /** The same id takes the place of an earlier toast. */
  id?: string;
}

export interface Toast extends ToastOptions {
  key: number;
  kind: ToastKind;
  text: string;
  /** The rest of its time while nobody reads it, in milliseconds. */
  leftMs: number;
}

const SHOWN_MS = 5_000;
const PROBLEM_MS = 8_000;
/** Older ones go when more come than anybody reads. */
const MOST = 20;

/** The list with a further toast, newest first. */
export function withToast(
  toasts: readonly Toast[],
  { key, kind, text, ...options }: Pick<Toast, "key" | "kind" | "text"> & ToastOptions,
): Toast[] {
  const leftMs = options.duration ?? (kind === "error" || kind === "warning" ? PROBLEM_MS : SHOWN_MS);
  const others = toasts.filter(({ id }) => id === undefined || id !== options.id);
  return [{ ...options, key, kind, text, leftMs }, ...others].slice(0, MOST);
}

/** The list after this time, without the toasts whose time is over. */
export function afterTime(toasts: readonly Toast[], ms: number): Toast[] {
  return toasts.map((one) => ({ ...one, leftMs: one.leftMs - ms })).filter(({ leftMs }) => leftMs > 0);
}
