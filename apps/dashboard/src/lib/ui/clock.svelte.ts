/** The time as the screen sees it: moves every 20 seconds, so that ages and windows count down by themselves. */
class ScreenClock {
  now = $state(Date.now());

  start(): () => void {
    const timer = setInterval(() => this.tick(), 20_000);
    const onVisible = (): void => this.tick();
    document.addEventListener("visibilitychange", onVisible);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", onVisible);
    };
  }

  private tick(): void {
    if (document.visibilityState === "visible") this.now = Date.now();
  }
}

export const screenClock = new ScreenClock();
