/** What a page's token is sealed for: a value copied to another page's row does not open there. */
export function tokenContext(pageFacebookId: string): string {
  return `page-token:${pageFacebookId}`;
}
