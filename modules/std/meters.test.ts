import { expect, test } from "vitest";
import { createCounter, createHistogram, renderMeters, renderMetric } from "./meters.ts";

const linesOf = (name: string) =>
  renderMeters()
    .split("\n")
    .filter((line) => line.includes(name));

test("createCounter() adds up by labels", () => {
  const counter = createCounter("test_sends_total", "Sends");

  counter.add({ lane: "reply" });
  counter.add({ lane: "reply" }, 2);
  counter.add({ lane: "campaign" });

  expect(linesOf("test_sends_total")).toEqual([
    "# HELP test_sends_total Sends",
    "# TYPE test_sends_total counter",
    'test_sends_total{lane="reply"} 3',
    'test_sends_total{lane="campaign"} 1',
  ]);
});

test("createCounter() starts with the given zeros", () => {
  const counter = createCounter("test_refusals_total", "Refusals", [{ lane: "reply" }, { lane: "media" }]);

  counter.add({ lane: "media" });

  expect(linesOf("test_refusals_total").slice(2)).toEqual([
    'test_refusals_total{lane="reply"} 0',
    'test_refusals_total{lane="media"} 1',
  ]);
});

test("createHistogram() counts values up to and including each bound", () => {
  const histogram = createHistogram("test_seconds", "Seconds", [0.1, 1]);

  for (const seconds of [0.05, 0.1, 0.5, 7]) histogram.observe(seconds);

  expect(linesOf("test_seconds").slice(2)).toEqual([
    'test_seconds_bucket{le="0.1"} 2',
    'test_seconds_bucket{le="1"} 3',
    'test_seconds_bucket{le="+Inf"} 4',
    "test_seconds_sum 7.65",
    "test_seconds_count 4",
  ]);
});

test("labels cannot end their line or quotes", () => {
  const text = renderMetric({ name: "test", help: "Test", type: "gauge" }, [
    { labels: { page: 'a"b\\c\nd' }, value: 1 },
  ]);

  expect(text.split("\n")[2]).toBe('test{page="a\\"b\\\\c\\nd"} 1');
});
