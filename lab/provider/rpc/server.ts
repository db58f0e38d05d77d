import { type handleUnaryCall, Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js';
import plugin from '@pulumi/pulumi/proto/plugin_pb.js';
import { ResourceProviderService } from '@pulumi/pulumi/proto/provider_grpc_pb.js';
import type * as messages from '@pulumi/pulumi/proto/provider_pb.js';
import pb from '@pulumi/pulumi/proto/provider_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import { LabError } from '../errors.ts';
import type { ProviderOptions, RunningProvider } from '../options.ts';
import type { Problem } from '../schema/check.ts';
import type { Change } from '../schema/diff.ts';
import { awsSchema } from '../schema/schema.ts';
import { same } from '../values.ts';
import type { Target } from './operations.ts';
import { Provider } from './provider.ts';
import { fromStruct, toStruct } from './struct.ts';

/** A message is at most this long; the engine allows 400 MB. */
const LONGEST_MESSAGE = 64 * 1024 * 1024;

/**
 * Serves the AWS provider's protocol on loopback. Attach it with `PULUMI_DEBUG_PROVIDERS=aws:PORT`; with the docker one:
 * `aws:PORT,docker:PORT2`.
 */
export function startProvider(options: ProviderOptions): Promise<RunningProvider> {
  const provider = new Provider(options);
  return listen(handlers(provider), options.port ?? 0);
}

/** Serves the provider protocol with these handlers; methods without one answer UNIMPLEMENTED. */
export async function listen(
  implementation: Parameters<Server['addService']>[1],
  port: number,
): Promise<RunningProvider> {
  const server = new Server({
    'grpc.max_receive_message_length': LONGEST_MESSAGE,
    'grpc.max_send_message_length': LONGEST_MESSAGE,
  });
  server.addService(ResourceProviderService, implementation);
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, chosen) =>
      error ? reject(error) : resolve(chosen),
    );
  });
  // A call that hangs at a gate must not hold the end of a test.
  const close = async (): Promise<void> => server.forceShutdown();
  return { port: bound, close };
}

/** Answers a call with what a function returns; what it throws becomes an error with its message. */
export function answer<Request, Response>(
  respond: (request: Request) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    const failed = (error: unknown): void => {
      const details = error instanceof Error ? error.message : String(error);
      // What is no refusal of AWS's is a fault of the stand-in: its place helps.
      const where = error instanceof LabError || !(error instanceof Error) ? '' : `\n${error.stack}`;
      callback({ code: status.UNKNOWN, details: `${details}${where}`, metadata: new Metadata() });
    };
    Promise.resolve(call.request)
      .then(respond)
      .then((response) => callback(null, response), failed);
  };
}

function targetOf(urn: string): Target {
  const [, , types = '', name = ''] = urn.split('::');
  return { urn, name, type: types.slice(types.lastIndexOf('$') + 1) };
}

function failuresOf(problems: readonly Problem[]): messages.CheckFailure[] {
  return problems.map(({ property, reason }) => {
    const failure = new pb.CheckFailure();
    failure.setProperty(property);
    failure.setReason(reason);
    return failure;
  });
}

function checked(inputs: Parameters<typeof toStruct>[0], problems: readonly Problem[]): messages.CheckResponse {
  const response = new pb.CheckResponse();
  response.setInputs(toStruct(inputs));
  response.setFailuresList(failuresOf(problems));
  return response;
}

function diffResponse(changes: readonly Change[], deleteBeforeReplace: boolean): messages.DiffResponse {
  const response = new pb.DiffResponse();
  const top = (list: readonly Change[]): string[] => [...new Set(list.map(({ path }) => path.replace(/[.[].*$/, '')))];
  response.setChanges(
    changes.length > 0 ? pb.DiffResponse.DiffChanges.DIFF_SOME : pb.DiffResponse.DiffChanges.DIFF_NONE,
  );
  response.setDiffsList(top(changes));
  response.setReplacesList(top(changes.filter(({ replaces }) => replaces)));
  response.setDeletebeforereplace(deleteBeforeReplace);
  response.setHasdetaileddiff(true);
  for (const { path, kind, replaces } of changes) {
    const detail = new pb.PropertyDiff();
    detail.setKind(kindOf(kind, replaces));
    detail.setInputdiff(true);
    response.getDetaileddiffMap().set(path, detail);
  }
  return response;
}

function kindOf(kind: Change['kind'], replaces: boolean): messages.PropertyDiff.Kind {
  const { ADD, ADD_REPLACE, DELETE, DELETE_REPLACE, UPDATE, UPDATE_REPLACE } = pb.PropertyDiff.Kind;
  if (kind === 'add') return replaces ? ADD_REPLACE : ADD;
  if (kind === 'delete') return replaces ? DELETE_REPLACE : DELETE;
  return replaces ? UPDATE_REPLACE : UPDATE;
}

function handlers(provider: Provider): Parameters<Server['addService']>[1] {
  return {
    handshake: answer(() => new pb.ProviderHandshakeResponse()),
    attach: answer(() => new empty.Empty()),
    cancel: answer(() => new empty.Empty()),
    getPluginInfo: answer(() => {
      const info = new plugin.PluginInfo();
      info.setVersion(awsSchema().version);
      return info;
    }),
    getSchema: answer(() => {
      const response = new pb.GetSchemaResponse();
      response.setSchema(JSON.stringify({ name: 'aws', version: awsSchema().version }));
      return response;
    }),
    checkConfig: answer((request: messages.CheckRequest) => {
      const { inputs, problems } = provider.checkConfig(fromStruct(request.getNews()));
      return checked(inputs, problems);
    }),
    diffConfig: answer((request: messages.DiffRequest) => {
      const [olds, news] = [fromStruct(request.getOldInputs() ?? request.getOlds()), fromStruct(request.getNews())];
      const names = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter(
        (name) => !same(olds[name], news[name]),
      );
      return diffResponse(
        names.map((path) => ({ path, kind: 'update', replaces: path === 'region' })),
        false,
      );
    }),
    configure: answer((request: messages.ConfigureRequest) => {
      provider.configure(fromStruct(request.getArgs()));
      const response = new pb.ConfigureResponse();
      response.setSupportspreview(true);
      return response;
    }),
    check: answer((request: messages.CheckRequest) => {
      const seed = Buffer.from(request.getRandomseed_asU8());
      const { inputs, problems } = provider.check(
        targetOf(request.getUrn()),
        fromStruct(request.getOlds()),
        fromStruct(request.getNews()),
        seed,
      );
      return checked(inputs, problems);
    }),
    diff: answer((request: messages.DiffRequest) => {
      const olds = fromStruct(request.getOldInputs());
      const { changes, deleteBeforeReplace } = provider.diff(
        targetOf(request.getUrn()),
        olds,
        fromStruct(request.getNews()),
      );
      return diffResponse(changes, deleteBeforeReplace);
    }),
    create: answer(async (request: messages.CreateRequest) => {
      const [target, inputs] = [targetOf(request.getUrn()), fromStruct(request.getProperties())];
      const response = new pb.CreateResponse();
      if (request.getPreview()) {
        response.setProperties(toStruct(provider.preview(target, inputs)));
        return response;
      }
      const { id, outputs } = await provider.create(target, inputs);
      response.setId(id);
      response.setProperties(toStruct({ ...outputs, id }));
      return response;
    }),
    update: answer(async (request: messages.UpdateRequest) => {
      const [target, news] = [targetOf(request.getUrn()), fromStruct(request.getNews())];
      const response = new pb.UpdateResponse();
      const updated = request.getPreview()
        ? { ...fromStruct(request.getOlds()), ...news }
        : (await provider.update(target, request.getId(), news)).outputs;
      response.setProperties(toStruct({ ...updated, id: request.getId() }));
      return response;
    }),
    read: answer(async (request: messages.ReadRequest) => {
      const response = new pb.ReadResponse();
      const found = await provider.read(targetOf(request.getUrn()), request.getId());
      // No id: it is gone.
      if (!found) return response;
      response.setId(found.id);
      response.setProperties(toStruct({ ...found.outputs, id: found.id }));
      response.setInputs(toStruct(found.inputs));
      return response;
    }),
    delete: answer(async (request: messages.DeleteRequest) => {
      const inputs = fromStruct(request.getOldInputs() ?? request.getProperties());
      await provider.delete(targetOf(request.getUrn()), request.getId(), inputs);
      return new empty.Empty();
    }),
    invoke: answer((request: messages.InvokeRequest) => {
      const { result, problems } = provider.invoke(request.getTok(), fromStruct(request.getArgs()));
      const response = new pb.InvokeResponse();
      response.setReturn(toStruct(result));
      response.setFailuresList(failuresOf(problems));
      return response;
    }),
  };
}
