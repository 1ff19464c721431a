import type { ToastKind, ToastOptions } from "./toast_list.ts";
import { toasts } from "./toasts.svelte.ts";

/** Reports successes and failures at the lower edge of the window. */
export const toast = {
  message: of("message"),
  success: of("success"),
  error: of("error"),
  info: of("info"),
  warning: of("warning"),
};

function of(kind: ToastKind): (text: string, options?: ToastOptions) => void {
  return (text, options) => toasts.add(kind, text, options);
}
