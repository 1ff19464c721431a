import { trimEnd } from "#std";
import { readFileSync } from "node:fs";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads settings by name; adds mistakes to `problems` in words and continues with a fallback. */
export interface EnvReader {
  problems: string[];
  /** Trimmed, from the variable or from the file that NAME_FILE names; undefined when empty. */
  text(name: string): string | undefined;
  /** Parts between commas. */
  list(name: string): string[];
  choice<T extends string>(name: string, allowed: readonly T[], fallback: T): T;
  /** From 0 to 65535. */
  wholeNumber(name: string, fallback: number): number;
  /** Without a slash at its end. */
  url(name: string, protocols: readonly string[], fallback: string | null): string | null;
}

/** A secret in a file, as container engines provide it: NAME_FILE has the path. */
export function fromFile(name: string, path: string | undefined, problems: string[]): string | undefined {
  if (!path) return undefined;
  try {
    return readFileSync(path, "utf8");
  } catch {
    problems.push(`${name}_FILE names a file that cannot be read: ${path}`);
    return undefined;
  }
}

export function createEnvReader(env: Environment): EnvReader {
  const problems: string[] = [];
  const text: EnvReader["text"] = (name) =>
    (env[name] ?? fromFile(name, env[`${name}_FILE`], problems))?.trim() || undefined;
  return {
    problems,
    text,
    list: (name) =>
      (text(name) ?? "")
        .split(",")
        .map((part) => part.trim())
        .filter(Boolean),
    choice(name, allowed, fallback) {
      const value = text(name);
      const found = allowed.find((option) => option === value);
      if (value !== undefined && !found)
        problems.push(`${name} is "${value}": use one of ${allowed.join(", ")}`);
      return found ?? fallback;
    },
    wholeNumber(name, fallback) {
      const value = text(name);
      if (value === undefined) return fallback;
      const number = Number(value);
      if (Number.isInteger(number) && number >= 0 && number <= 65_535) return number;
      problems.push(`${name} is "${value}": use a whole number from 0 to 65535`);
      return fallback;
    },
    url(name, protocols, fallback) {
      const value = text(name);
      if (value === undefined) return fallback;
      if (URL.canParse(value) && protocols.includes(new URL(value).protocol)) return trimEnd(value, /\//);
      problems.push(
        `${name} is not an address that starts with ${protocols.map((p) => `${p}//`).join(" or ")}`,
      );
      return fallback;
    },
  };
}
