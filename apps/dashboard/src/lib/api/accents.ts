/** The closed list of workspace accents, as the server accepts them; app.css holds the colour of each. */
export const ACCENTS = ["blue", "indigo", "violet", "rose", "orange", "green", "teal", "slate"] as const;

export type Accent = (typeof ACCENTS)[number];

/** An accent that this version does not know (it came from a newer one) shows as blue. */
export function knownAccent(name: string | undefined): Accent {
  return ACCENTS.find((accent) => accent === name) ?? "blue";
}
