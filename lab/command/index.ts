/**
 * A stand-in for Pulumi's command provider: it speaks the provider protocol to the real engine and really runs what
 * `local.Command` says, as the provider that Pulumi publishes does. That one cannot be built from the Go module proxy: its
 * module has no tagged version.
 */
export { type CommandCall, type CommandProviderOptions, startCommandProvider } from './server.ts';
