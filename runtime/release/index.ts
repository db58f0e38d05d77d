export { type Bundle, type BundleFile, sha256Of, writeBundle } from './bundle.ts';
export { BundleError, ReleaseError } from './errors.ts';
export { MANIFEST, type Manifest, type ReleaseFacts } from './manifest.ts';
export { BUNDLE_PREFIX, bundleKey, isSha256, isStackName, NO_RELEASE, nodeKey, parameters } from './names.ts';
export { NODE_RUNTIME, type NodeRuntime, nodePackage } from './node-runtime.ts';
export { LARGEST_BUNDLE, readBundle } from './read-bundle.ts';
