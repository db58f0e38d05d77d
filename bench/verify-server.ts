/**
 * The limits of signed admission: a process that does nothing but `crypto.verify`, as fast as it can, and one that also
 * signs an answer each time.
 */
import { generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';

/** As many as a council has. */
const keys = Array.from({ length: 12 }, () => generateKeyPairSync('ed25519'));
/** As long as signed ARQs, and no two of them the same. */
const requests = Array.from({ length: 1200 }, (_, n) => {
  const { publicKey, privateKey } = keys[n % keys.length] ?? generateKeyPairSync('ed25519');
  const octets = randomBytes(280);
  return { octets, publicKey, privateKey, signature: sign(null, octets, privateKey) };
});
type Request = (typeof requests)[number];

let asked = 0;
function next(): Request {
  const request = requests[asked++ % requests.length];
  if (request === undefined) throw new RangeError('no requests');
  return request;
}

/** How often a second `work` is done on the event loop. */
function inLine(seconds: number, work: () => void): number {
  const began = performance.now();
  let done = 0;
  for (; performance.now() < began + seconds * 1000; done++) work();
  return (done / (performance.now() - began)) * 1000;
}

function verifyOne(): Request {
  const request = next();
  if (!verify(null, request.octets, request.publicKey, request.signature)) throw new Error('not genuine');
  return request;
}

function verifyAndSign(): void {
  const { octets, privateKey } = verifyOne();
  sign(null, octets, privateKey);
}

/** Verifications a second on Node's threads, `depth` under way. */
function onThreads(seconds: number, depth: number): Promise<number> {
  const began = performance.now();
  let done = 0;
  return new Promise((resolve) => {
    let running = depth;
    const again = (): void => {
      const spent = performance.now() - began;
      if (spent >= seconds * 1000) {
        if (--running === 0) resolve((done / spent) * 1000);
        return;
      }
      const { octets, publicKey, signature } = next();
      verify(null, octets, publicKey, signature, () => {
        done++;
        again();
      });
    };
    for (let i = 0; i < depth; i++) again();
  });
}

/** Each of the limits is measured for so long. */
const SECONDS = 0.3;
inLine(SECONDS, verifyAndSign);
process.on('message', () => {
  const line = inLine(SECONDS, verifyOne);
  const both = inLine(SECONDS, verifyAndSign);
  void onThreads(SECONDS, 32).then((threads) => process.send?.({ kind: 'verified', line, threads, both }));
});
process.on('disconnect', () => process.exit(0));
process.send?.({ kind: 'ready', port: 0 });
