// The page of the early tutorials: Socket.IO as it comes, whoever joins offers to whoever is there, candidates trickle.
import { io } from 'socket.io-client';
import { expose, show } from './stopwatch.ts';

let seated = false;

expose({
  isSeated: () => seated,
  join: room => {
    const camera = navigator.mediaDevices.getUserMedia({ video: true, audio: true });
    void camera.then(stream => show(stream, true));
    const socket = io();
    const connections = new Map<string, RTCPeerConnection>();

    const connectTo = async (id: string): Promise<RTCPeerConnection> => {
      const stream = await camera;
      const connection = new RTCPeerConnection();
      connections.set(id, connection);
      for (const track of stream.getTracks()) connection.addTrack(track, stream);
      connection.onicecandidate = ({ candidate }) => candidate && socket.emit('signal', id, { candidate });
      connection.ontrack = ({ track, streams }) => {
        if (track.kind === 'video') show(streams[0]!);
      };
      return connection;
    };

    socket.on('connect', () => {
      void camera.then(() => socket.emit('join', room));
    });
    socket.on('users', async (ids: string[]) => {
      seated = true;
      for (const id of ids) {
        const connection = await connectTo(id);
        await connection.setLocalDescription();
        socket.emit('signal', id, { description: connection.localDescription });
      }
    });
    // One after the other: a candidate must not overtake the description that it belongs to.
    let turn = Promise.resolve();
    socket.on('signal', (id: string, signal: { description?: RTCSessionDescription; candidate?: RTCIceCandidate }) => {
      turn = turn.then(async () => {
        const connection = connections.get(id) ?? (await connectTo(id));
        if (signal.candidate) return connection.addIceCandidate(signal.candidate);
        if (!signal.description) return;
        await connection.setRemoteDescription(signal.description);
        if (signal.description.type !== 'offer') return;
        await connection.setLocalDescription();
        socket.emit('signal', id, { description: connection.localDescription });
      });
    });
  },
});
