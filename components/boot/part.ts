/** A file of a host, written before packages are installed. */
export interface BootFile {
  readonly path: string;
  readonly content: string;
  /** Octal; 0644 when left out. */
  readonly permissions?: string;
  /** Written after packages are installed: in a folder of theirs, or what would keep them from starting. */
  readonly defer?: boolean;
  /** Added to what is there. */
  readonly append?: boolean;
}

/** What one concern adds to a host's boot data. */
export interface BootPart {
  readonly packages?: readonly string[];
  /** Units that packages would start by themselves, with settings that are not ours. */
  readonly masked?: readonly string[];
  readonly files?: readonly BootFile[];
  /** System users, who own what a service writes. */
  readonly users?: readonly { readonly name: string; readonly home: string }[];
  /** Shell lines of the first boot, run once, after packages and before units are started. */
  readonly commands?: readonly string[];
  /** Units to enable and start, in this order. */
  readonly units?: readonly string[];
}

/** The file of a systemd unit. */
export const unitFile = (name: string, content: string): BootFile => ({ path: `/etc/systemd/system/${name}`, content });

/** A program of ours. */
export const scriptFile = (name: string, content: string): BootFile => ({
  path: `/usr/local/sbin/${name}`,
  content,
  permissions: '0755',
});
