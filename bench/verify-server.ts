/**
 * The limits of signed admission: a process that does nothing but `crypto.verify`, as fast as it can, and one that also
 * signs an answer each time.
 */
import { generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
/** As long as a signed ARQ. */
const octets = randomBytes(280);
const signature = sign(null, octets, privateKey);

/** How often a second `work` is done on the event loop. */
function inLine(seconds: number, work: () => void): number {
  const until = performance.now() + seconds * 1000;
  let done = 0;
  while (performance.now() < until) {
    work();
    done++;
  }
  return done / seconds;
}

function verifyOne(): void {
  if (!verify(null, octets, publicKey, signature)) throw new Error('not genuine');
}

function verifyAndSign(): void {
  verifyOne();
  sign(null, octets, privateKey);
}

/** Verifications a second on Node's threads, `depth` under way. */ function onThreads(
  seconds: number,
  depth: number,
): Promise<number> {
  const until = performance.now() + seconds * 1000;
  let done = 0;
  return new Promise((resolve) => {
    let running = depth;
    const next = (): void => {
      if (performance.now() >= until) {
        if (--running === 0) resolve(done / seconds);
        return;
      }
      verify(null, octets, publicKey, signature, () => {
        done++;
        next();
      });
    };
    for (let i = 0; i < depth; i++) next();
  });
}

inLine(0.3, verifyAndSign);
process.on('message', () => {
  const line = inLine(2, verifyOne);
  const both = inLine(2, verifyAndSign);
  void onThreads(2, 32).then((threads) => process.send?.({ kind: 'verified', line, threads, both }));
});
process.on('disconnect', () => process.exit(0));
process.send?.({ kind: 'ready', port: 0 });
