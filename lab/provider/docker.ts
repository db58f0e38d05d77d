import { createHash } from 'node:crypto';
import plugin from '@pulumi/pulumi/proto/plugin_pb.js';
import type * as messages from '@pulumi/pulumi/proto/provider_pb.js';
import pb from '@pulumi/pulumi/proto/provider_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import { LabError } from './errors.ts';
import type { RunningProvider } from './options.ts';
import { answer, listen } from './rpc/server.ts';
import { fromStruct, toStruct } from './rpc/struct.ts';
import { text } from './values.ts';

export interface DockerOptions {
  /** Digests of images by name and tag; one that is not listed has a digest made from its name. */
  readonly digests?: Map<string, string>;
  /** Images that their registry has no more. */
  readonly gone?: Set<string>;
  readonly port?: number;
}

const LOOK_UP = 'docker:index/getRegistryImage:getRegistryImage';

/** A digest as registries have them, always the same for the same name. */
export const digestOf = (image: string): string => `sha256:${createHash('sha256').update(image).digest('hex')}`;

/** Serves the one function of Pulumi's docker provider that the program calls; `digests` and `gone` may change meanwhile. */
export function startDockerProvider({ digests, gone, port = 0 }: DockerOptions = {}): Promise<RunningProvider> {
  const handlers = {
    handshake: answer(() => new pb.ProviderHandshakeResponse()),
    attach: answer(() => new empty.Empty()),
    cancel: answer(() => new empty.Empty()),
    getPluginInfo: answer(() => new plugin.PluginInfo()),
    checkConfig: answer((request: messages.CheckRequest) => {
      const response = new pb.CheckResponse();
      response.setInputs(request.getNews());
      return response;
    }),
    diffConfig: answer(() => new pb.DiffResponse()),
    configure: answer(() => new pb.ConfigureResponse()),
    invoke: answer((request: messages.InvokeRequest) => {
      const args = fromStruct(request.getArgs());
      const name = text(args, 'name');
      if (request.getTok() !== LOOK_UP)
        throw new LabError(`the stand-in docker provider knows only ${LOOK_UP}, not ${request.getTok()}`);
      const response = new pb.InvokeResponse();
      const unknown = Object.keys(args).find((key) => !['name', 'insecureSkipVerify'].includes(key));
      if (unknown !== undefined || name === '') {
        const failure = new pb.CheckFailure();
        failure.setProperty(unknown ?? 'name');
        failure.setReason(unknown === undefined ? "missing required property 'name'" : `unknown property '${unknown}'`);
        response.setFailuresList([failure]);
        return response;
      }
      if (gone?.has(name))
        throw new LabError(
          `Got error when attempting to fetch image version ${name} from registry: bad response: 404 Not Found`,
        );
      response.setReturn(
        toStruct({
          id: digests?.get(name) ?? digestOf(name),
          name,
          sha256Digest: digests?.get(name) ?? digestOf(name),
        }),
      );
      return response;
    }),
  };
  return listen(handlers, port);
}
