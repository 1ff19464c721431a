import type uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { isRightToLeft } from "./language.ts";

export interface PlotColours {
  /** A colour of the theme by its name, such as "--accent". */
  colour: (name: string) => string;
  /** Options of all axes. */
  axis: uPlot.Axis;
}

interface PlotParts {
  height: number;
  /** Asked once for each drawing. */
  options: (colours: PlotColours) => Omit<uPlot.Options, "width" | "height">;
  /** Read while it is shown: what changes in it is drawn. */
  data: () => uPlot.AlignedData;
  /** Which point is looked at, and how far from the left; null: none. */
  onpoint?: (index: number | null, left: number) => void;
  onready?: (drawn: uPlot) => void;
}

/** Time runs from right to left, and the values stand where it begins. */
function mirrored<Options extends Omit<uPlot.Options, "width" | "height">>(options: Options): Options {
  const { scales, axes = [] } = options;
  return {
    ...options,
    scales: { ...scales, x: { ...scales?.["x"], dir: -1 } },
    axes: axes.map((axis, index) => (index === 0 ? axis : { ...axis, side: 1 })),
  };
}

/** Draws a plot into an element, as an attachment: as wide as the element is, in the colours of the theme. */
export function plot({ height, options, data, onpoint, onready }: PlotParts) {
  return (host: HTMLElement): (() => void) => {
    let drawn: uPlot | null = null;
    let isGone = false;
    const style = getComputedStyle(host);
    const colour = (name: string): string => style.getPropertyValue(name).trim();
    const axis: uPlot.Axis = {
      stroke: colour("--muted"),
      grid: { stroke: colour("--line"), width: 1 },
      ticks: { show: false },
      font: "12px Inter Variable, sans-serif",
    };
    const resize = new ResizeObserver(() => drawn?.setSize({ width: host.clientWidth, height }));
    void (async () => {
      const { default: Plot } = await import("uplot");
      if (isGone) return;
      const size = {
        width: host.clientWidth,
        height,
        cursor: { points: { size: 6 } },
        legend: { show: false },
        hooks: {
          setCursor: [
            ({ cursor: { idx, left }, over }: uPlot) =>
              onpoint?.(left === undefined || left < 0 ? null : (idx ?? null), over.offsetLeft + (left ?? 0)),
          ],
        },
      };
      const own = options({ colour, axis });
      drawn = new Plot({ ...size, ...(isRightToLeft ? mirrored(own) : own) }, data(), host);
      resize.observe(host);
      onready?.(drawn);
    })();
    $effect(() => {
      // Read also before anything is drawn, so that a change is heard.
      const read = data();
      drawn?.setData(read);
    });
    return () => {
      isGone = true;
      resize.disconnect();
      drawn?.destroy();
    };
  };
}
