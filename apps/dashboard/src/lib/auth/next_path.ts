/** Where to go after signing in: a path of this site that was asked for, never another site. */
export function nextPath(asked: string | null): string {
  if (asked === null || !asked.startsWith("/") || asked.startsWith("//") || asked.startsWith("/\\"))
    return "/";
  return asked;
}
