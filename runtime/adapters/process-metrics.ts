import { collectDefaultMetrics, type Registry } from 'prom-client';

/** Adds what Prometheus expects of every process: CPU, memory, open files, event-loop lag, garbage collection. */
export const collectProcessMetrics = (registry: Registry): void => collectDefaultMetrics({ register: registry });
