import type { Handle } from "@sveltejs/kit/hooks";
import { isRightToLeft, language } from "#lib/ui/language.ts";

/** Only the build runs this, for the one page of its language. */
export const handle: Handle = ({ event, resolve }) =>
  resolve(event, {
    transformPageChunk: ({ html }) =>
      html.replace("%language%", language).replace("%direction%", isRightToLeft ? "rtl" : "ltr"),
  });
