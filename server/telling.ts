// Says what changed to those whom it concerns, over Socket.IO. It decides nothing.
import type { Told } from './room-store.ts';
import type { SignalingServer } from './signaling-types.ts';

/** Prefixed, so that no name of a room can be the id of a socket, whose private channel Socket.IO names so. */
export const channelOf = (room: string): string => `r:${room}`;

/** Whose session ends hears that first and nothing after; what happens in the room, everybody in it, its cause too. */
export function tell(io: SignalingServer, room: string, { events, notices, endings }: Told): void {
  for (const { connectionId, reason } of endings) {
    if (connectionId === undefined) continue;
    io.to(connectionId).emit('ended', { reason });
    io.in(connectionId).disconnectSockets(true);
  }
  const channel = io.to(channelOf(room));
  for (const event of events) {
    switch (event.name) {
      case 'participant-joined':
        channel.emit(event.name, event.message);
        break;
      case 'participant-updated':
        channel.emit(event.name, event.message);
        break;
      case 'participant-left':
        channel.emit(event.name, event.message);
        break;
      case 'room-updated':
        channel.emit(event.name, event.message);
        break;
    }
  }
  for (const notice of notices) {
    const connection = io.to(notice.to);
    switch (notice.name) {
      case 'waiting':
        connection.emit(notice.name, notice.message);
        break;
      case 'admitted':
        connection.emit(notice.name, notice.message);
        break;
      case 'knocking':
        connection.emit(notice.name, notice.message);
        break;
      case 'mute-requested':
        connection.emit(notice.name, notice.message);
        break;
    }
  }
}
