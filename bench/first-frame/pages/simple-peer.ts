// simple-peer over Socket.IO, as the tutorials of group calls have it: the newcomer gets the list and offers to each.
import SimplePeer from 'simple-peer/simplepeer.min.js';
import type { SignalData } from 'simple-peer/simplepeer.min.js';
import { io } from 'socket.io-client';
import { expose, show } from './stopwatch.ts';

let seated = false;

expose({
  isSeated: () => seated,
  join: room => {
    const camera = navigator.mediaDevices.getUserMedia({ video: true, audio: true });
    void camera.then(stream => show(stream, true));
    const socket = io();
    const peers = new Map<string, SimplePeer>();

    const connectTo = (id: string, initiator: boolean, stream: MediaStream): SimplePeer => {
      const peer = new SimplePeer({ initiator, stream, config: { iceServers: [] } });
      peers.set(id, peer);
      peer.on('signal', signal => socket.emit('signal', id, signal));
      peer.on('stream', remote => show(remote));
      return peer;
    };

    socket.on('connect', () => {
      void camera.then(() => socket.emit('join', room));
    });
    socket.on('users', async (ids: string[]) => {
      seated = true;
      const stream = await camera;
      for (const id of ids) connectTo(id, true, stream);
    });
    socket.on('signal', async (id: string, signal: SignalData) => {
      const stream = await camera;
      (peers.get(id) ?? connectTo(id, false, stream)).signal(signal);
    });
  },
});
