import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { type EtcdMember, type EtcdMemberOptions, startEtcdMember } from '../etcd-process.ts';
import { makeFolder } from '../folder.ts';

export interface EtcdClusterOptions {
  /** Path of the program. */
  readonly binary: string;
  /** Gets a folder with data and a log for each member; what is there already is used again. */
  readonly folder: string;
  /** How many; an odd number. */
  readonly members: number;
  /** Address that all of them listen on. */
  readonly host: string;
  /** Further flags of each member. */
  readonly flags?: readonly string[];
}

export interface EtcdCluster {
  /** Client URLs, member by member. */
  readonly endpoints: readonly string[];
  /** `name=peerUrl` of each member, joined with commas. */
  readonly initialCluster: string;
  /** The process that last ran as this member, 0 and up. */
  member(index: number): EtcdMember;
  /** Starts a member that has ended again, with its old data. */
  restart(index: number): EtcdMember;
  stop(): Promise<void>;
}

const QUOTA = 256 * 1024 * 1024;

/**
 * A cluster of real members on this machine, on ports that are free now, over plain HTTP. Resolves when all are healthy.
 * @throws Error where one is not; none is left running then
 */
export async function startEtcdCluster(options: EtcdClusterOptions): Promise<EtcdCluster> {
  const { binary, folder, host } = options;
  const ports = await freePorts(host, options.members * 2);
  const url = (at: number): string => `http://${host.includes(':') ? `[${host}]` : host}:${ports[at]}`;
  const indexes = Array.from({ length: options.members }, (_, index) => index);
  const name = (index: number): string => `member-${index + 1}`;
  const initialCluster = indexes.map((index) => `${name(index)}=${url(index * 2)}`).join(',');
  const endpoints = indexes.map((index) => url(index * 2 + 1));

  makeFolder(folder, 0o700);
  const described = indexes.map(
    (index): EtcdMemberOptions => ({
      binary,
      name: name(index),
      dataDir: join(folder, name(index)),
      peerUrl: url(index * 2),
      clientUrl: url(index * 2 + 1),
      initialCluster,
      state: 'new',
      log: join(folder, `${name(index)}.log`),
      flags: [`--quota-backend-bytes=${QUOTA}`, ...(options.flags ?? [])],
    }),
  );
  const members = described.map(startEtcdMember);
  const stop = async (): Promise<void> => {
    await Promise.all(members.map((member) => member.stop()));
  };
  const at = <T>(list: readonly T[], index: number): T => {
    const found = list[index];
    if (found === undefined) throw new RangeError(`there is no member ${index}`);
    return found;
  };
  try {
    await Promise.all(members.map((member) => member.healthy()));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    endpoints,
    initialCluster,
    member: (index) => at(members, index),
    restart(index) {
      const member = startEtcdMember(at(described, index));
      members[index] = member;
      return member;
    },
    stop,
  };
}

/** All at once, so that they differ. Somebody else may take one before it is used. */
export async function freePorts(host: string, count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listen(host)));
  return Promise.all(
    servers.map((server) => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      return new Promise<number>((resolve) => server.close(() => resolve(port)));
    }),
  );
}

function listen(host: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, host, () => resolve(server));
  });
}
