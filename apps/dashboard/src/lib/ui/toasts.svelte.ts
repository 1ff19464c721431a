import { afterTime, type Toast, type ToastKind, type ToastOptions, withToast } from "./toast_list.ts";

/** Messages to the person that are not dismissed yet, newest first. */
class Toasts {
  #nextKey = 0;
  all = $state.raw<readonly Toast[]>([]);

  add(kind: ToastKind, text: string, options: ToastOptions = {}): void {
    this.all = withToast(this.all, { ...options, key: this.#nextKey++, kind, text });
  }

  dismiss(key: number): void {
    this.all = this.all.filter((one) => one.key !== key);
  }

  act(toast: Toast): void {
    this.dismiss(toast.key);
    toast.action?.onClick();
  }

  /** Time passes for all of them at once. */
  pass(ms: number): void {
    if (this.all.length > 0) this.all = afterTime(this.all, ms);
  }
}

export const toasts = new Toasts();
