// Whether a device that runs must be asked for anew, now that the list of devices is another. Pure.

/** As `MediaDeviceInfo`. In order: the system's default comes first (W3C mediacapture-streams §9.2.1). */
export interface Device {
  kind: MediaDeviceKind;
  deviceId: string;
  groupId: string;
  label: string;
}

export interface DeviceUse {
  kind: 'audioinput' | 'videoinput';
  /** The one that runs. */
  current: string | undefined;
  /** The one that somebody chose, plugged in or not. */
  chosen: string | undefined;
}

/**
 * A device that is gone is left; a chosen one that is back is taken again; and while none is chosen the microphone
 * follows the system's default. A camera does not: a picture that jumps because something was plugged in helps nobody.
 */
export function mustRenew(
  { kind, current, chosen }: DeviceUse,
  before: readonly Device[],
  now: readonly Device[],
): boolean {
  const devices = now.filter(device => device.kind === kind);
  const [first] = devices;
  if (!first) return false;
  const has = (id: string | undefined): boolean => devices.some(({ deviceId }) => deviceId === id);
  if (current !== undefined && !has(current)) return true;
  if (has(chosen)) return chosen !== current;
  const earlier = before.find(device => device.kind === kind);
  return kind === 'audioinput' && earlier !== undefined && identityOf(first) !== identityOf(earlier);
}

/** Chrome lists the default as a device of its own, always with the same id: its group and label tell which it is. */
function identityOf({ deviceId, groupId, label }: Device): string {
  return `${deviceId} ${groupId} ${label}`;
}

/** The camera after this one, round and round; undefined when there is no other. */
export function nextCamera(devices: readonly Device[], current: string | undefined): string | undefined {
  const cameras = devices.filter(({ kind }) => kind === 'videoinput');
  const at = cameras.findIndex(({ deviceId }) => deviceId === current);
  return cameras.length > 1 ? cameras[(at + 1) % cameras.length]?.deviceId : undefined;
}
