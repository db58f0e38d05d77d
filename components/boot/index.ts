export { BootValuesError, UserDataSizeError } from './errors.ts';
export { gatekeeperConfig } from './gatekeeper-config.ts';
export { DRAIN_HOOK, UNKNOWN_ADDRESSES } from './gateway-group.ts';
export { IMAGES, type ImageNames, imagesOf } from './images.ts';
export { zoneName } from './names.ts';
export { type SecretFiles, secretFilesOf } from './secret-files.ts';
export { compressedUserData, LARGEST_USER_DATA, userData } from './user-data.ts';
export type { BootValues, HostAddresses, Images } from './values.ts';
