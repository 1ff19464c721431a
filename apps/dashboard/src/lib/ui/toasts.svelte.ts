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
  /** What is left of its time while nobody reads it, in milliseconds. */
  leftMs: number;
}

const SHOWN_MS = 5_000;
const PROBLEM_MS = 8_000;
/** Older ones go when more come than anybody reads. */
const MOST = 20;

/** What people were told and have not dismissed, newest first. */
class Toasts {
  #nextKey = 0;
  all = $state.raw<readonly Toast[]>([]);

  add(kind: ToastKind, text: string, options: ToastOptions = {}): void {
    const leftMs = options.duration ?? (kind === "error" || kind === "warning" ? PROBLEM_MS : SHOWN_MS);
    const others = this.all.filter(({ id }) => id === undefined || id !== options.id);
    this.all = [{ ...options, key: this.#nextKey++, kind, text, leftMs }, ...others].slice(0, MOST);
  }

  dismiss(key: number): void {
    this.all = this.all.filter((one) => one.key !== key);
  }

  act(toast: Toast): void {
    this.dismiss(toast.key);
    toast.action?.onClick();
  }

  /** Time passes for all of them at once; those whose time is over go. */
  pass(ms: number): void {
    if (this.all.length > 0)
      this.all = this.all
        .map((one) => ({ ...one, leftMs: one.leftMs - ms }))
        .filter(({ leftMs }) => leftMs > 0);
  }
}

export const toasts = new Toasts();
