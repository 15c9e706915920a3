// What single connections are told of a change that is not on the roster: places in line, and who waits. Pure.
import type { Knock } from '../protocol/events.ts';
import { roleIn } from './roles.ts';
import { presentConnection, seatOf } from './rooms.ts';
import type { Room } from './rooms.ts';

export type Notice = { readonly to: string } & (
  | { readonly name: 'waiting'; readonly message: { place: number } }
  | { readonly name: 'admitted'; readonly message: Record<string, never> }
  | { readonly name: 'knocking'; readonly message: { knocks: Knock[] } }
  | { readonly name: 'mute-requested'; readonly message: { by: string } }
);

/** In the order in which they must be sent. */
export function noticesOf(before: Room, after: Room): Notice[] {
  return [...places(before, after), ...admissions(before, after), ...knocking(before, after)];
}

/** Who has just come in line is answered with the place. */
function places(before: Room, after: Room): Notice[] {
  const earlier = new Map(before.waiting.map(({ member }, index) => [member.id, index]));
  return after.waiting.flatMap((seat, index): Notice[] => {
    const to = presentConnection(seat);
    const was = earlier.get(seat.member.id);
    if (to === undefined || was === undefined || was === index) return [];
    return [{ to, name: 'waiting', message: { place: index + 1 } }];
  });
}

function admissions(before: Room, after: Room): Notice[] {
  return before.waiting.flatMap(({ member }): Notice[] => {
    const to = presentConnection(seatOf(after.seats, member.id));
    return to === undefined ? [] : [{ to, name: 'admitted', message: {} }];
  });
}

/** Every host hears every change of the line; who becomes a host, or comes back as one, hears who waits. */
function knocking(before: Room, after: Room): Notice[] {
  const knocks = knocksOf(after);
  const isNews = JSON.stringify(knocks) !== JSON.stringify(knocksOf(before));
  const informed = hostConnections(before);
  return [...hostConnections(after)]
    .filter(to => isNews || (knocks.length > 0 && !informed.has(to)))
    .map(to => ({ to, name: 'knocking', message: { knocks } }));
}

const knocksOf = ({ waiting }: Room): Knock[] =>
  waiting.map(({ member: { id, displayName } }) => ({ id, displayName }));

const hostConnections = ({ seats }: Room): Set<string> =>
  new Set(
    seats
      .filter(seat => roleIn(seats, seat) === 'host')
      .map(presentConnection)
      .filter(each => each !== undefined),
  );
