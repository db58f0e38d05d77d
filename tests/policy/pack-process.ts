import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { credentials } from '@grpc/grpc-js';
import { AnalyzerClient } from '@pulumi/pulumi/proto/analyzer_grpc_pb.js';
import analyzer, { type AnalyzeDiagnostic } from '@pulumi/pulumi/proto/analyzer_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import struct from 'google-protobuf/google/protobuf/struct_pb.js';
import type { StackResource } from '../../policy/index.ts';
import type { Values } from '../../policy/values.ts';

// The generated module is CommonJS whose names Node does not see.
const {
  AnalyzeRequest,
  AnalyzerPropertyDependencies,
  AnalyzerProviderResource,
  AnalyzerResource,
  AnalyzerResourceOptions,
} = analyzer;
const { AnalyzeStackRequest } = analyzer;

const PACK = fileURLToPath(new URL('../../policy', import.meta.url));
const START = fileURLToPath(import.meta.resolve('@pulumi/pulumi/cmd/run-policy-pack/index.js'));

const MAX_MESSAGE = { 'grpc.max_send_message_length': 1 << 26, 'grpc.max_receive_message_length': 1 << 26 };

/** What the pack says: the policy, its level, the URN of whom it speaks, and the message. */
export interface Diagnostic {
  readonly policy: string;
  readonly level: number;
  readonly urn: string;
  readonly message: string;
}

export interface PackProcess {
  /** Names of the policies that it serves. */
  readonly policies: () => Promise<readonly string[]>;
  readonly analyze: (resource: StackResource) => Promise<readonly Diagnostic[]>;
  readonly analyzeStack: (resources: readonly StackResource[]) => Promise<readonly Diagnostic[]>;
  readonly stop: () => Promise<void>;
}

/** Starts the policy pack as Pulumi's language host does, and speaks to it as the engine does. */
export async function startPack(): Promise<PackProcess> {
  // The engine's address comes first; the pack does not use it.
  const child = spawn(process.execPath, [START, '127.0.0.1:1', PACK], { cwd: PACK, stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text;
  });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  const port = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve);
    child.once('close', () => reject(new Error(`the policy pack ended: ${errors}`)));
  });
  const client = new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure(), MAX_MESSAGE);
  return {
    policies: async () => {
      const info = await answer<{ getPoliciesList(): { getName(): string }[] }>((done) =>
        client.getAnalyzerInfo(new empty.Empty(), done),
      );
      return info.getPoliciesList().map((policy) => policy.getName());
    },
    analyze: async (resource) => {
      const response = await answer<Response>((done) => client.analyze(filled(new AnalyzeRequest(), resource), done));
      return response.getDiagnosticsList().map(diagnostic);
    },
    analyzeStack: async (resources) => {
      const request = new AnalyzeStackRequest().setResourcesList(resources.map(stackResource));
      const response = await answer<Response>((done) => client.analyzeStack(request, done));
      return response.getDiagnosticsList().map(diagnostic);
    },
    stop: async () => {
      client.close();
      child.kill();
      await ended;
    },
  };
}

interface Response {
  getDiagnosticsList(): AnalyzeDiagnostic[];
}

const answer = <T>(ask: (done: (error: Error | null, response: T) => void) => void): Promise<T> =>
  new Promise((resolve, reject) => {
    ask((error, response) => (error === null ? resolve(response) : reject(error)));
  });

const diagnostic = (from: AnalyzeDiagnostic): Diagnostic => ({
  policy: from.getPolicyname(),
  level: from.getEnforcementlevel(),
  urn: from.getUrn(),
  message: from.getMessage(),
});

const structOf = (values: Values) => struct.Struct.fromJavaScript({ ...JSON.parse(JSON.stringify(values)) });

/** What both kinds of request say of a resource. */
function filled<T extends analyzer.AnalyzeRequest | analyzer.AnalyzerResource>(request: T, resource: StackResource): T {
  const { urn, type, name, props, protect, deleteBeforeReplace, ignoreChanges, defaultTags } = resource;
  const options = new AnalyzerResourceOptions()
    .setProtect(protect)
    .setIgnorechangesList([...ignoreChanges])
    .setDeletebeforereplace(deleteBeforeReplace ?? false)
    .setDeletebeforereplacedefined(deleteBeforeReplace !== undefined);
  // As providers have their configuration: texts, with JSON in them.
  const provider = new AnalyzerProviderResource()
    .setType('pulumi:providers:aws')
    .setName('aws')
    .setProperties(structOf({ defaultTags: JSON.stringify({ tags: defaultTags }) }));
  request.setUrn(urn).setType(type).setName(name).setProperties(structOf(props)).setOptions(options);
  request.setProvider(provider);
  return request;
}

function stackResource(resource: StackResource): analyzer.AnalyzerResource {
  const made = filled(new AnalyzerResource(), resource).setDependenciesList([...resource.dependsOn]);
  for (const [input, urns] of Object.entries(resource.propertyDependencies)) {
    const own = new AnalyzerPropertyDependencies().setUrnsList([...urns]);
    made.getPropertydependenciesMap().set(input, own);
  }
  return made;
}
