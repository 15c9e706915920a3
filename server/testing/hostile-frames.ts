// WebSocket frames that no honest client sends, and what becomes of the connection: group Parser of signalling.md §9.
// For tests only.
import type { WebSocket } from 'ws';

export interface HostileFrames {
  readonly what: string;
  readonly send: (socket: WebSocket) => void;
  /** Whether the server closes the connection, or lives on with it. */
  readonly then: 'closes' | 'stays';
}

/** `4` is Engine.IO's message; the digit after it is the type of Socket.IO's packet. */
const text = (what: string, then: HostileFrames['then'], ...frames: (string | Buffer)[]): HostileFrames => ({
  what,
  then,
  send: socket => frames.forEach(frame => socket.send(frame)),
});

const reserved = ['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener'];

export const hostileFrames: readonly HostileFrames[] = [
  text('no packet type', 'closes', '4'),
  text('an unknown packet type', 'closes', '49'),
  text('a packet type that is a letter', 'closes', '4x'),
  text('not JSON', 'closes', '42['),
  text('JSON after JSON', 'closes', '42["sync"]["sync"]'),
  ...['{}', '"sync"', 'null', 'true', '[]', '[null]', '[{}]', '[["sync"]]', '[true]'].map(json =>
    text(`an event that is ${json}`, 'closes', `42${json}`),
  ),
  ...reserved.map(name => text(`the reserved event ${name}`, 'closes', `42["${name}"]`)),
  text('an event without anything', 'stays', '42'),
  text('an acknowledgement id without an event', 'stays', '427'),
  text('a number for an event', 'stays', '42[1,{}]'),
  text('error for an event', 'stays', '42["error","x"]'),
  text('__proto__ for an event', 'stays', '42["__proto__",{"polluted":true}]'),
  text('constructor for an event', 'stays', '42["constructor",{"prototype":{"polluted":true}}]'),
  text('a payload of __proto__', 'stays', '42["update",{"__proto__":{"polluted":true}}]'),
  text('an acknowledgement id above 2^53', 'stays', '429007199254740993["sync",{}]'),
  text('an acknowledgement id of 400 digits', 'stays', `42${'9'.repeat(400)}["sync",{}]`),
  text('the same acknowledgement id twice', 'stays', '427["sync",{}]', '427["sync",{}]'),
  text('an acknowledgement of nothing', 'stays', '437[1]'),
  text('an acknowledgement without id', 'stays', '43[]'),
  text('an acknowledgement that is no list', 'closes', '437{}'),
  text('no attachments where some are announced', 'closes', '450-["sync",{}]'),
  text('10^8 attachments', 'closes', '45100000000-["sync",{}]'),
  text('-1 attachments', 'closes', '45-1-["sync",{}]'),
  text('an attachment that does not come', 'closes', '451-["sync",{"_placeholder":true,"num":0}]', '420["sync",{}]'),
  text('a placeholder out of range', 'closes', '451-["sync",{"_placeholder":true,"num":7}]', Buffer.from('x')),
  text(
    'a placeholder that is __proto__',
    'closes',
    '451-["sync",{"_placeholder":true,"num":"__proto__"}]',
    Buffer.alloc(1),
  ),
  text('an attachment for a payload', 'stays', '451-["sync",{"_placeholder":true,"num":0}]', Buffer.alloc(0)),
  text('an attachment nobody announced', 'closes', Buffer.from([4, 1, 2, 3])),
  text(
    'an attachment below 30,000 lists',
    'closes',
    `451-["join",${'['.repeat(30_000)}${']'.repeat(30_000)}]`,
    Buffer.alloc(1),
  ),
  text(
    '5,000 lists for a signal',
    'stays',
    `42["signal",{"to":"x","signal":${'['.repeat(5_000)}${']'.repeat(5_000)}}]`,
  ),
  text('30,000 lists in a list', 'stays', `42["join",${'['.repeat(30_000)}${']'.repeat(30_000)}]`),
  text('10,000 objects in an object', 'stays', `42["signal",${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}]`),
  text('a second CONNECT', 'closes', '40{"protocol":1}'),
  text('a CONNECT_ERROR', 'closes', '44{"message":"x"}'),
  text('an event after DISCONNECT', 'closes', '41', '42["sync",{}]'),
  text('an event of another namespace', 'closes', '42/admin,["sync",{}]'),
  text('a CONNECT to another namespace', 'stays', '40/admin,{"protocol":1}'),
  text('a CONNECT to the namespace __proto__', 'stays', '40/__proto__,'),
  text('a ping from the client', 'closes', '2'),
  text('a pong nobody asked for', 'stays', '3'),
  text('an unknown Engine.IO packet', 'closes', '7'),
  text('a message above the limit', 'closes', `42["sync","${'x'.repeat(65_536)}"]`),
  text('a string of a megabyte', 'closes', `42["sync","${'x'.repeat(1_000_000)}"]`),
  { what: 'an unmasked frame', then: 'closes', send: socket => socket.send('42["sync",{}]', { mask: false }) },
  {
    what: 'text that is not UTF-8',
    then: 'closes',
    send: socket => socket.send(Buffer.from([0x34, 0x32, 0xc3, 0x28]), { binary: false }),
  },
  {
    what: '10,000 empty fragments',
    then: 'closes',
    send: socket => {
      for (let count = 0; count < 10_000; count++) socket.send('', { fin: false });
    },
  },
  {
    what: 'a message in 1,000 fragments',
    then: 'stays',
    send: socket => {
      socket.send('42["sync",', { fin: false });
      for (let count = 0; count < 1_000; count++) socket.send(' ', { fin: false });
      socket.send('{}]');
    },
  },
];
