type Labels = Readonly<Record<string, string>>;

/** One line of a measurement: its labels and its number. */
export interface Sample {
  labels?: Labels;
  value: number;
  /** A suffix of the name, such as `_bucket`. */
  suffix?: string;
}

interface Meter {
  name: string;
  help: string;
  type: "counter" | "histogram";
  samples(): Sample[];
}

const meters = new Map<string, Meter>();

/**
 * Counts events of this process, by labels with few values. One per name. Series of `zeros` exist from the start:
 * Prometheus sees growth only between two values, so it misses the first value of a new series.
 */
export function createCounter(
  name: string,
  help: string,
  zeros: readonly Labels[] = [],
): { add(labels?: Labels, by?: number): void } {
  const keyOf = (labels: Labels) => Object.values(labels).join(" ");
  const counts = new Map<string, Sample>(zeros.map((labels) => [keyOf(labels), { labels, value: 0 }]));
  meters.set(name, { name, help, type: "counter", samples: () => [...counts.values()] });
  return {
    add(labels = {}, by = 1) {
      const key = keyOf(labels);
      const count = counts.get(key);
      if (count) count.value += by;
      else counts.set(key, { labels, value: by });
    },
  };
}

/** Durations in this process in seconds, in buckets that end at `bounds`. One per name. */
export function createHistogram(
  name: string,
  help: string,
  bounds: readonly number[],
): { observe(seconds: number, labels?: Labels): void } {
  const rows = new Map<string, { labels: Labels; buckets: number[]; sum: number; count: number }>();
  meters.set(name, {
    name,
    help,
    type: "histogram",
    samples: () =>
      [...rows.values()].flatMap(({ labels, buckets, sum, count }) => [
        ...bounds.map((bound, n) => ({
          labels: { ...labels, le: String(bound) },
          value: buckets[n] ?? 0,
          suffix: "_bucket",
        })),
        { labels: { ...labels, le: "+Inf" }, value: count, suffix: "_bucket" },
        { labels, value: sum, suffix: "_sum" },
        { labels, value: count, suffix: "_count" },
      ]),
  });
  return {
    observe(seconds, labels = {}) {
      const key = Object.values(labels).join(" ");
      let row = rows.get(key);
      if (!row) rows.set(key, (row = { labels, buckets: bounds.map(() => 0), sum: 0, count: 0 }));
      row.sum += seconds;
      row.count += 1;
      for (let n = bounds.length - 1; n >= 0 && seconds <= (bounds[n] ?? 0); n -= 1)
        row.buckets[n] = (row.buckets[n] ?? 0) + 1;
    },
  };
}

/** All counters and histograms of this process as Prometheus reads them (text format 0.0.4). */
export function renderMeters(): string {
  return [...meters.values()].map((meter) => renderMetric(meter, meter.samples())).join("");
}

/** One metric with its samples, as Prometheus reads it; without samples it is only announced. */
export function renderMetric(
  { name, help, type }: { name: string; help: string; type: "counter" | "gauge" | "histogram" },
  samples: readonly Sample[],
): string {
  const lines = samples.map(({ labels = {}, value, suffix = "" }) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escape(text)}"`);
    return `${name}${suffix}${pairs.length > 0 ? `{${pairs.join(",")}}` : ""} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

const escape = (text: string) => text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
