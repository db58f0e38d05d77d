/** Milliseconds: a wait in vain ends before mocha's timeout does, or it would go on behind it. */
const PATIENCE = 15_000;

/** Looks again and again until something holds. Gives what `look` gave. */
export async function until<T>(look: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`waited in vain until ${look}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
