/** The usage headers of a call, in the shape captured from Meta. `minutes` 0 means "not stated". */
export function usageHeaders(
  pageId: string,
  use: { percent: number; minutes: number },
): Record<string, string> {
  const { percent, minutes } = use;
  const reading = {
    type: "messenger",
    call_count: percent,
    total_cputime: Math.min(percent, 25),
    total_time: Math.min(percent, 25),
    estimated_time_to_regain_access: minutes,
  };
  return {
    "X-Business-Use-Case-Usage": JSON.stringify({ [pageId]: [reading] }),
    "X-App-Usage": JSON.stringify({ call_count: Math.min(percent, 28), total_time: 5, total_cputime: 5 }),
  };
}
