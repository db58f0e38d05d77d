import pino, { type Logger } from 'pino';

/** The operators' log: what the service does and what is wrong with it. Never a guardian's data, a key or a signature. */
export type Log = Pick<Logger, 'info' | 'warn' | 'error'>;

/** Writes JSON lines to standard error, or nothing. */
export function openLog(name: string, quiet: boolean): Log {
  const level = quiet ? 'silent' : 'info';
  return pino({ name, level, base: { name }, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
}
