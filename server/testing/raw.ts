// WebSockets without a client library, for frames that none would send. For tests only.
import { WebSocket } from 'ws';
import type { HostileFrames } from './hostile-frames.ts';
import type { Rig } from './rig.ts';

/** A connection that has done its handshake. */
export async function openRaw({ url }: Rig): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  socket.on('error', () => undefined);
  await new Promise(resolve => socket.once('message', resolve));
  socket.send('40{"protocol":1}');
  await new Promise(resolve => socket.once('message', resolve));
  return socket;
}

/** Sends the frames and then an honest request: either that is answered or the connection is closed. */
export async function fateOf(rig: Rig, frames: HostileFrames): Promise<'closes' | 'stays'> {
  const socket = await openRaw(rig);
  const fate = new Promise<'closes' | 'stays'>(resolve => {
    socket.once('close', () => resolve('closes'));
    socket.on('message', (bytes: Buffer) => bytes.toString().startsWith('4399') && resolve('stays'));
  });
  frames.send(socket);
  if (socket.readyState === WebSocket.OPEN) socket.send('4299["sync",{}]');
  const result = await fate;
  socket.terminate();
  return result;
}
