/** Seconds. From a warm answer out of the cache to the promise of 200 ms an admission, and what is beyond saving. */
const BOUNDS = [
  0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5,
] as const;

/**
 * How long something took, as a Prometheus histogram that costs the one who counts a short loop and two additions, and
 * no memory: the text is made when it is scraped.
 */
export class DurationHistogram {
  /** Observations up to each bound and above the one before; the last is for those beyond all bounds. */
  private readonly counts = new Float64Array(BOUNDS.length + 1);
  private sum = 0;

  /** Counts one duration, in seconds. What is no number or less than 0 (a clock set back) counts as 0. */
  observe(seconds: number): void {
    const value = seconds > 0 ? seconds : 0;
    let bucket = 0;
    while (bucket < BOUNDS.length && value > (BOUNDS[bucket] ?? 0)) bucket += 1;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.sum += value;
  }

  /** The metric in Prometheus's text format 0.0.4, with its HELP and TYPE. */
  exposition(name: string, help: string): string {
    let total = 0;
    let text = `# HELP ${name} ${help}\n# TYPE ${name} histogram\n`;
    for (let bucket = 0; bucket < this.counts.length; bucket += 1) {
      total += this.counts[bucket] ?? 0;
      text += `${name}_bucket{le="${BOUNDS[bucket] ?? '+Inf'}"} ${total}\n`;
    }
    return `${text}${name}_sum ${this.sum}\n${name}_count ${total}\n`;
  }
}
