import type { en } from "./en.ts";

export const ar: Record<keyof typeof en, string> = {
  "link.missing": "لم يُعثر على الرابط",
  "link.missing.why": "هذا الرابط غير مكتمل أو حُذفت رسالته. تحقق من اكتمال العنوان.",
};
