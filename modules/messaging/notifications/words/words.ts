import type { Language } from "#std";
import { ar } from "./ar.ts";
import { en } from "./en.ts";
import { es } from "./es.ts";

export const words: Record<Language, typeof en> = { en, es, ar };
