import type { ExternalToast } from "svelte-sonner";

type Kind = "message" | "success" | "error" | "info" | "warning";

/** Tells what was done or what failed, at the lower edge of the window. */
export const toast = {
  message: later("message"),
  success: later("success"),
  error: later("error"),
  info: later("info"),
  warning: later("warning"),
};

/** Loads the library with the first toast, so that no screen waits for it. */
function later(kind: Kind): (text: string, options?: ExternalToast) => Promise<void> {
  return async (text, options) => {
    const { toast: sonner } = await import("svelte-sonner");
    sonner[kind](text, options);
  };
}
