// oxlint-disable-next-line no-control-regex -- NUL is what it looks for
const nul = /\u0000/g;

/** Text that Postgres can store: without NUL, lone surrogates replaced, at most `longest` UTF-16 units. */
export function storable(text: string, longest: number): string {
  const cut = text.length > longest ? text.slice(0, longest) : text;
  const whole = cut.isWellFormed() ? cut : cut.toWellFormed();
  return whole.includes("\u0000") ? whole.replace(nul, "") : whole;
}
