// Which worker of the relay a room belongs to. It knows no worker and no port.
import { createHash } from 'node:crypto';

/**
 * The same for all who are in a room, at any node and after any restart: what they relay to each other then stays inside
 * one worker. Rooms spread evenly.
 * @param count of workers; 0 gives `NaN`, which no list has
 */
export const workerOf = (room: string, count: number): number =>
  createHash('sha256').update(room).digest().readUInt32BE(0) % count;
