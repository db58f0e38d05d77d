import { promisify } from 'node:util';
import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import plugin from '@pulumi/pulumi/proto/plugin_pb.js';
import { ResourceProviderService } from '@pulumi/pulumi/proto/provider_grpc_pb.js';
import type * as wire from '@pulumi/pulumi/proto/provider_pb.js';
import messages from '@pulumi/pulumi/proto/provider_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import struct from 'google-protobuf/google/protobuf/struct_pb.js';
import { COMMAND_TYPE, type CommandState, checkInputs } from './inputs.ts';
import { create, difference, remove, update } from './provider.ts';

/** The release of the published provider whose behaviour this one has. */
const VERSION = '1.2.1';

/** A command that begins to run, has run, or has failed; previews run none. */
export interface CommandCall {
  readonly action: 'create' | 'update' | 'delete';
  readonly phase: 'begin' | 'end' | 'fail';
  /** Always `command:local:Command`. */
  readonly type: string;
  /** The resource's name in the program. */
  readonly name: string;
  readonly urn: string;
  /** '' at the begin of a create. */
  readonly id: string;
  /** With `fail`. */
  readonly error?: string;
}

export interface CommandProviderOptions {
  /** What commands find in their environment besides what the program gives them; this process's own if left out. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Where commands run that name no `dir`; this process's own folder if left out. */
  readonly directory?: string;
  readonly onCall?: (call: CommandCall) => void;
  /** On 127.0.0.1; 0, or left out, takes a free one. */
  readonly port?: number;
}

/** A call by any of the provider's methods that are about one resource. */
interface About {
  getUrn(): string;
  getName(): string;
}

const plain = (values: { toJavaScript(): unknown } | undefined): unknown => values?.toJavaScript() ?? {};

/** A struct of what JSON can say of `values`: properties that are undefined are left out. */
const packed = (values: CommandState) => struct.Struct.fromJavaScript(JSON.parse(JSON.stringify(values)));

/** A method of the protocol from a function that throws: the engine gets the message. */
function answers<Q, A>(handle: (request: Q) => A | Promise<A>) {
  return (call: ServerUnaryCall<Q, A>, callback: sendUnaryData<A>): void => {
    new Promise<A>((resolve) => resolve(handle(call.request))).then(
      (answer) => callback(null, answer),
      (error: unknown) => {
        const details = error instanceof Error ? error.message : String(error);
        callback({ code: status.UNKNOWN, details });
      },
    );
  };
}

function refuseOthers(request: About): void {
  const type = request.getUrn().split('::')[2]?.split('$').at(-1);
  if (type !== COMMAND_TYPE) throw new Error(`this provider has ${COMMAND_TYPE} and nothing else: ${request.getUrn()}`);
}

/**
 * Serves the provider's protocol on loopback: attach it with `PULUMI_DEBUG_PROVIDERS=command:PORT`. Closing it ends the
 * commands that still run.
 */
export async function startCommandProvider({
  environment = process.env,
  directory = process.cwd(),
  onCall = () => {},
  port = 0,
}: CommandProviderOptions = {}): Promise<{ port: number; close(): Promise<void> }> {
  // One for each run of the engine: a provider that is attached outlives a run that was cancelled.
  let ending = new AbortController();
  const settings = () => ({ environment, directory, signal: ending.signal });

  /** Tells of a call before and after it. */
  async function told<T>(
    action: CommandCall['action'],
    request: About,
    id: string,
    isPreview: boolean,
    work: () => Promise<T>,
    idOf: (result: T) => string = () => id,
  ): Promise<T> {
    refuseOthers(request);
    if (isPreview) return work();
    const about = { action, type: COMMAND_TYPE, name: request.getName(), urn: request.getUrn() };
    onCall({ ...about, phase: 'begin', id });
    try {
      const result = await work();
      onCall({ ...about, phase: 'end', id: idOf(result) });
      return result;
    } catch (error) {
      onCall({ ...about, phase: 'fail', id, error: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  }

  const methods: UntypedServiceImplementation = {
    getPluginInfo: answers(() => new plugin.PluginInfo().setVersion(VERSION)),
    attach: answers(() => new empty.Empty()),
    cancel: answers(() => {
      ending.abort();
      ending = new AbortController();
      return new empty.Empty();
    }),
    getSchema: answers(() => new messages.GetSchemaResponse().setSchema('{}')),
    checkConfig: answers((request: wire.CheckRequest) => new messages.CheckResponse().setInputs(request.getNews())),
    diffConfig: answers(() => new messages.DiffResponse().setChanges(messages.DiffResponse.DiffChanges.DIFF_NONE)),
    configure: answers(() => new messages.ConfigureResponse().setSupportspreview(true)),
    check: answers((request: wire.CheckRequest) => {
      refuseOthers(request);
      const failures = checkInputs(plain(request.getNews())).map(({ property, reason }) =>
        new messages.CheckFailure().setProperty(property).setReason(reason),
      );
      return new messages.CheckResponse().setInputs(request.getNews()).setFailuresList(failures);
    }),
    diff: answers((request: wire.DiffRequest) => {
      refuseOthers(request);
      const { changed, replacing } = difference(plain(request.getOldInputs()), plain(request.getNews()));
      const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
      return new messages.DiffResponse()
        .setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE)
        .setDiffsList([...changed])
        .setReplacesList([...replacing]);
    }),
    create: answers(async (request: wire.CreateRequest) => {
      const isPreview = request.getPreview();
      const work = () => create(request.getName(), plain(request.getProperties()), isPreview, settings());
      const { id, state } = await told('create', request, '', isPreview, work, (made) => made.id);
      return new messages.CreateResponse().setId(id).setProperties(packed(state));
    }),
    update: answers(async (request: wire.UpdateRequest) => {
      const isPreview = request.getPreview();
      const work = () => update(plain(request.getOlds()), plain(request.getNews()), isPreview, settings());
      const state = await told('update', request, request.getId(), isPreview, work);
      return new messages.UpdateResponse().setProperties(packed(state));
    }),
    delete: answers(async (request: wire.DeleteRequest) => {
      await told('delete', request, request.getId(), false, () => remove(plain(request.getProperties()), settings()));
      return new empty.Empty();
    }),
    // What a command did is not to be seen anywhere else: a refresh finds it as it was.
    read: answers((request: wire.ReadRequest) =>
      new messages.ReadResponse()
        .setId(request.getId())
        .setProperties(request.getProperties())
        .setInputs(request.getInputs()),
    ),
  };

  const server = new Server();
  server.addService(ResourceProviderService, methods);
  const bound = await promisify(server.bindAsync.bind(server))(`127.0.0.1:${port}`, ServerCredentials.createInsecure());
  return {
    port: bound,
    close: async () => {
      ending.abort();
      server.forceShutdown();
    },
  };
}
