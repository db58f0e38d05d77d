import { styleText } from 'node:util';

/** Where a command writes: results to `out`, everything else to `err`. */
export interface Console {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** People watch `out`: it may have colours and be drawn again. */
  readonly isTerminal: boolean;
}

export const processConsole: Console = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  isTerminal: process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined,
};

type Style = 'green' | 'red' | 'yellow' | 'bold' | 'dim';

/** Colours a text for a terminal; plain elsewhere. */
export const paint = (console: Console, style: Style, text: string): string =>
  console.isTerminal ? styleText(style, text) : text;
