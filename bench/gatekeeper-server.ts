/** A gatekeeper as production runs it (witness and metrics on), in a process of its own, with a way to ask for memory. */
import { resolveSettings } from '../runtime/config/index.ts';
import { openLog, startGatekeeper } from '../runtime/service/index.ts';

const [dataDir = '', registry = '', policy = 'open-lab', freshness = '60', etcdEndpoints = '', keyFile] =
  process.argv.slice(2);
const settings = resolveSettings({
  options: {
    host: '127.0.0.1',
    rasPort: '0',
    httpPort: '0',
    gatekeeperId: 'bench-gk',
    dataDir,
    registry,
    policy,
    freshnessSeconds: freshness,
    timeToLiveSeconds: '3600',
    maxEndpoints: '200000',
    verifyQueue: '1024',
    etcdEndpoints,
    ...(keyFile !== undefined && { keyFile }),
  },
});
const gatekeeper = await startGatekeeper(settings, openLog('bench', true));
process.on('message', () => {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  process.send?.({ kind: 'memory', heapUsed, external, rss, endpoints: gatekeeper.machine.state.endpoints.size });
});
process.on('disconnect', () => void gatekeeper.stop().then(() => process.exit(0)));
while (gatekeeper.zone !== undefined && !gatekeeper.zone.leads) await new Promise((resolve) => setTimeout(resolve, 20));
process.send?.({ kind: 'ready', port: gatekeeper.ras.port });
