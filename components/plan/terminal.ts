import { styleText } from 'node:util';

export type Style = 'green' | 'red' | 'yellow' | 'bold' | 'dim';

/** Colours a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

/** Whether the terminal takes colours is for the caller to know. */
export const colours: Paint = (style, text) => styleText(style, text, { validateStream: false });

export const plain: Paint = (_style, text) => text;
