/** Follows a meeting's history while it is written. */
import { closeSync, openSync, readSync } from 'node:fs';
import { z } from 'zod';

const confirmLine = z.object({
  kind: z.string(),
  at: z.number(),
  guardian: z.string().default(''),
  operation: z.string().default(''),
  gatekeeper: z.string().optional(),
});

/** An ACF, BCF or DCF that a guardian got: the store had what it says before it left. */
export interface SeenConfirm {
  readonly guardian: string;
  readonly type: string;
  /** `address:port`. */
  readonly gatekeeper: string;
  readonly at: number;
}

const TYPES: Readonly<Record<string, string>> = { ARQ: 'ACF', BRQ: 'BCF', DRQ: 'DCF' };

export class HistoryTail {
  readonly confirms: SeenConfirm[] = [];
  readonly #file: string;
  readonly #buffer = Buffer.alloc(1 << 18);
  #position = 0;
  #rest = '';

  constructor(file: string) {
    this.#file = file;
  }

  /** Takes in what was added since. */
  read(): void {
    const file = openSync(this.#file, 'r');
    try {
      for (;;) {
        const octets = readSync(file, this.#buffer, 0, this.#buffer.length, this.#position);
        if (octets === 0) return;
        this.#position += octets;
        const lines = `${this.#rest}${this.#buffer.toString('latin1', 0, octets)}`.split('\n');
        this.#rest = lines.pop() ?? '';
        for (const line of lines) this.#take(line);
      }
    } finally {
      closeSync(file);
    }
  }

  #take(line: string): void {
    const { kind, at, guardian, operation, gatekeeper } = confirmLine.parse(JSON.parse(line));
    const type = TYPES[operation];
    if (kind === 'confirm' && type !== undefined && gatekeeper !== undefined)
      this.confirms.push({ guardian, type, gatekeeper, at });
  }
}
