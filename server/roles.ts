// Who hosts. Values in, values out.
import type { Role } from '../protocol/events.ts';
import type { Seat } from './rooms.ts';

export const visibleSeats = (seats: readonly Seat[]): Seat[] => seats.filter(({ state }) => state.type !== 'reserved');

/**
 * The role that was granted; while nobody was granted `host`, who has been in the room longest is the host. Never a
 * guest: a stranger must not come to power by staying.
 */
export function roleIn(seats: readonly Seat[], { member, visa }: Seat): Role {
  if (visa.role !== 'member') return visa.role;
  const visible = visibleSeats(seats);
  if (visible.some(each => each.visa.role === 'host')) return 'member';
  return visible.find(each => each.visa.role === 'member')?.member.id === member.id ? 'host' : 'member';
}
