/** The screens of one page's settings. */
export function pageTabs(pageId: string): { name: string; path: string }[] {
  return [
    { name: "Automatic replies", path: `/pages/${pageId}` },
    { name: "Messenger profile", path: `/pages/${pageId}/profile` },
  ];
}
