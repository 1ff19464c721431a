const key = "facebook-login";
const validMs = 30 * 60_000;

/** Notes that this tab went to Facebook: its error pages, such as "Invalid Scopes", do not come back by themselves. */
export function markLogin(): void {
  sessionStorage.setItem(key, String(Date.now()));
}

export function clearLoginMark(): void {
  sessionStorage.removeItem(key);
}

/** Whether this tab went to Facebook a short while ago and was not sent back. */
export function isLoginOpen(): boolean {
  return Date.now() - Number(sessionStorage.getItem(key) ?? 0) < validMs;
}
